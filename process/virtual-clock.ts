import { sleepOn, type Clock, type Timer } from './clock.ts';

interface Entry {
  at: number;
  order: number;
  action: () => void;
}

/**
 * A clock that moves only when told to. Timers fire in order of their time, then of their creation; between two timers
 * every promise that can settle has settled, so a run is the same each time.
 *
 * @example
 *     const clock = new VirtualClock();
 *     clock.after(3_600_000, () => console.log('an hour'));
 *     await clock.advance(3_600_000);
 */
export class VirtualClock implements Clock {
  #now = 0;
  #order = 0;
  #entries: Entry[] = [];
  readonly #epoch: number;

  /** @param epoch what `date()` says at time zero. */
  constructor(epoch = new Date('2026-01-01T00:00:00Z')) {
    this.#epoch = epoch.getTime();
  }

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#epoch + this.#now);
  }

  after(delayMs: number, action: () => void): Timer {
    const entry: Entry = { at: this.#now + Math.max(0, delayMs), order: this.#order++, action };
    // Binary insertion keeps the list sorted; `order` grows, so an equal time goes behind.
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.at <= entry.at) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    return {
      cancel: () => {
        const index = this.#entries.indexOf(entry);
        if (index >= 0) this.#entries.splice(index, 1);
      },
    };
  }

  every(periodMs: number, action: () => void): Timer {
    const tick = () => {
      timer = this.after(periodMs, tick);
      action();
    };
    let timer = this.after(periodMs, tick);
    return { cancel: () => timer.cancel() };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Moves time forward, firing all that falls due on the way. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    await settled();
    for (let next = this.#entries[0]; next && next.at <= until; next = this.#entries[0]) {
      this.#entries.shift();
      this.#now = next.at;
      next.action();
      await settled();
    }
    this.#now = until;
  }
}

/** Resolves when no promise is left that could settle without I/O or time. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
