import type { Clock } from '../process/clock.ts';

/** A controller that is there answers sooner. Later it is worth a word only rarely. */
const noticeMs = { first: 3_000, again: 60_000 };

/** Waits for `work`, which needs a controller; says so where there seems to be none, so that nobody stares at an empty terminal. */
export async function sayingSo<T>(
  work: Promise<T>,
  options: { cluster: string; clock: Pick<Clock, 'after' | 'every'>; say: (line: string) => void },
): Promise<T> {
  const { cluster, clock, say } = options;
  const line = `Still looking for a controller of "${cluster}": it may be away, or UDP may be blocked here. Ctrl-C stops.`;
  let timer = clock.after(noticeMs.first, () => {
    say(line);
    timer = clock.every(noticeMs.again, () => say(line));
  });
  try {
    return await work;
  } finally {
    timer.cancel();
  }
}
