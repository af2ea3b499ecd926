/** Something that was set to happen; cancelling it twice, or after it happened, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as an argument. Everything outside `process/` that waits, expires or stamps takes a Clock, so that a simulated
 * hour takes a second and a failure replays from its seed.
 */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary origin: only differences mean anything. */
  now(): number;
  /** Wall-clock time, for timestamps that people and the API read. Never measure durations with it. */
  date(): Date;
  /** Calls `action` once, `delayMs` from now. */
  after(delayMs: number, action: () => void): Timer;
  /** Calls `action` each `periodMs` until cancelled. */
  every(periodMs: number, action: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** `sleep` for any clock, on top of its `after`. */
export function sleepOn(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  every(periodMs, action) {
    const handle = setInterval(action, periodMs);
    return { cancel: () => clearInterval(handle) };
  },
  sleep: (delayMs, signal) => sleepOn(systemClock, delayMs, signal),
};
