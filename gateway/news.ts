import type { Clock } from '../process/clock.ts';

/** How long a request that has run out of endpoints waits for news of others. */
const newsMsMax = 1_000;
/** So many requests may wait so; each holds a few kilobytes. */
const waitersMax = 1_000;

/** Requests that wait for the next directory. */
export class News {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves with the next directory, or after a moment; at once where too many wait already. */
  next(): Promise<void> {
    if (this.#waiting.size >= waitersMax) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        this.#waiting.delete(done);
        resolve();
      };
      const timer = this.#clock.after(newsMsMax, done);
      this.#waiting.add(done);
    });
  }

  /** There is a new directory. */
  tell(): void {
    // Each takes itself out, which a Set allows while it is walked.
    for (const done of this.#waiting) done();
  }
}
