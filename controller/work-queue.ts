import type { Clock, Timer } from '../process/clock.ts';
import { jittered, type Random } from '../process/random.ts';

/** The first retry comes this soon: most failures are conflicts, gone as soon as the watch has caught up. */
export const retryMsMin = 10;
/** A key that keeps failing is still looked at this often, so that an outage ends without anybody's help. */
export const retryMsMax = 30_000;
/** Keys of one controller in flight at once. Enough to share a group commit, few enough to leave the event loop to others. */
export const concurrencyMax = 16;
/** So many keys that are taken already stay in front of the others before these are moved up: a copy of all now and then. */
const takenKeptMax = 10_000;

/**
 * Keys waiting to be worked on. A key is in work at most once at a time; added while in work, it comes again afterwards.
 * Failures are retried with doubling, jittered pauses; one success forgets them.
 */
export class WorkQueue {
  readonly #work: (key: string) => Promise<void>;
  readonly #clock: Clock;
  readonly #random: Random;
  /** In order, those before `#first` taken already: a Set from whose front 100,000 keys are taken walks over the gaps each time. */
  #order: string[] = [];
  #first = 0;
  readonly #waiting = new Set<string>();
  readonly #busy = new Set<string>();
  /** Added while in work. */
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #later = new Map<string, { at: number; timer: Timer }>();
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(work: (key: string) => Promise<void>, clock: Clock, random: Random) {
    this.#work = work;
    this.#clock = clock;
    this.#random = random;
  }

  add(key: string): void {
    if (this.#stopped) return;
    if (this.#busy.has(key)) return void this.#again.add(key);
    if (this.#waiting.has(key)) return;
    this.#waiting.add(key);
    this.#order.push(key);
    this.#next();
  }

  /** Adds the key after a while; of several such wishes the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    const at = this.#clock.now() + delayMs;
    const earlier = this.#later.get(key);
    if (earlier && earlier.at <= at) return;
    earlier?.timer.cancel();
    const timer = this.#clock.after(delayMs, () => {
      this.#later.delete(key);
      this.add(key);
    });
    this.#later.set(key, { at, timer });
  }

  /** How often in a row the key has failed. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Takes no more keys; resolves when those in work are done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.clear();
    this.#order = [];
    this.#first = 0;
    for (const { timer } of this.#later.values()) timer.cancel();
    this.#later.clear();
    if (this.#busy.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    while (this.#first < this.#order.length && this.#busy.size < concurrencyMax) {
      const key = this.#order[this.#first++]!;
      this.#waiting.delete(key);
      this.#busy.add(key);
      void this.#run(key);
    }
    if (this.#first < takenKeptMax && this.#first < this.#order.length) return;
    this.#order = this.#order.slice(this.#first);
    this.#first = 0;
  }

  async #run(key: string): Promise<void> {
    try {
      await this.#work(key);
      this.#failures.delete(key);
    } catch {
      // The work itself has said why in the log; what is left is to try again.
      const failures = this.failures(key) + 1;
      this.#failures.set(key, failures);
      this.addAfter(key, jittered(this.#random, retryMs(failures)));
    } finally {
      this.#busy.delete(key);
      if (this.#again.delete(key)) this.add(key);
      if (this.#stopped && this.#busy.size === 0) this.#idle.splice(0).forEach((resolve) => resolve());
      this.#next();
    }
  }
}

/** The pause after so many failures in a row. */
export function retryMs(failures: number): number {
  return Math.min(retryMsMax, retryMsMin * 2 ** (failures - 1));
}
