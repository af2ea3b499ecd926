import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';

/** A cause that lasts is told again so often, with the number of pods that it hits: a full disk of a night is not 100,000 lines. */
const tellAgainMs = 600_000;

/**
 * Pods whose state could not be noted on disk. It is told once for all pods of the host and each cause, then rarely, and once
 * more when all of them are noted again.
 */
export class DiskTrouble {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pods = new Set<string>();
  readonly #toldAt = new Map<string, number>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  failed(pod: string, error: unknown): void {
    this.#pods.add(pod);
    // The message names a file, which differs; the cause is one.
    const cause = String((error as { code?: unknown } | undefined)?.code ?? error);
    const toldAt = this.#toldAt.get(cause);
    if (toldAt !== undefined && this.#clock.now() - toldAt < tellAgainMs) return;
    this.#toldAt.set(cause, this.#clock.now());
    this.#log.error(
      'a pod could not be noted on disk and is tried again; until then a reboot would bring back its older state, or none',
      { pod, pods: this.#pods.size, error },
    );
  }

  /** It is on disk, or needs no place there any more. */
  over(pod: string): void {
    if (!this.#pods.delete(pod) || this.#pods.size > 0) return;
    this.#toldAt.clear();
    this.#log.info('all pods are noted on disk again');
  }
}
