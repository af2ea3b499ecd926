import type { Clock, Timer } from '../../../process/clock.ts';

/** When the last of several is said again: a busy machine reads late, and a person waits for the screen. */
const afterMs = [300, 2_000];

/**
 * Says the last of what came again, and once more. Under load the keeper of a podman container (conmon 2.1) was seen to lose the second of two sizes of
 * a terminal that reach it at once, as kubectl sends them when it attaches; the same size twice does nothing.
 */
export class SaidAgain<T> {
  readonly #clock: Clock;
  readonly #say: (value: T) => Promise<unknown>;
  #timers: Timer[] = [];

  constructor(clock: Clock, say: (value: T) => Promise<unknown>) {
    this.#clock = clock;
    this.#say = say;
  }

  async say(value: T): Promise<void> {
    this.stop();
    // What it is said to may have ended by then, and the first time was the answer.
    const again = () => void this.#say(value).catch(() => {});
    this.#timers = afterMs.map((ms) => this.#clock.after(ms, again));
    await this.#say(value);
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}
