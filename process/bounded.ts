import type { Clock } from './clock.ts';

/** What `work` gives, if it does so within `ms`; else rejects with what `tooLate` makes. `work` itself goes on. */
export async function within<T>(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<T>,
  tooLate: () => Error,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.after(ms, () => late.reject(tooLate()));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    timer.cancel();
  }
}

/** Waits until `work` has ended, but no longer than `ms`. Being late is no failure; its own failure is passed on. */
export async function waitAtMost(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(ms, resolve);
  try {
    await Promise.race([work, enough]);
  } finally {
    timer.cancel();
  }
}
