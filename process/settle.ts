import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';

/** Long enough for what a start brings with it, well before anybody calls the program idle. */
const settledAfterMs = 20_000;
/** Work that leaves enough behind to be worth a collection, which takes a tenth of a second. */
const workMsMin = 3_000;
/** In as long as `settledAfterMs`: a program that does no more is at rest, and nobody waits for it. */
const restMsMax = 1_000;

/**
 * Gives back what a start has used up, and each time that the program comes to rest after work: V8 keeps the pages of a busy time for
 * as long as a program idles, and on a home computer that is memory which its owner lacks.
 *
 * For as long as the process lives, which it does by that: it ends by `onShutdown`.
 *
 * @param workedMs how long the program's threads have worked so far
 */
export function settle(clock: Clock, workedMs: () => number = ownWorkMs): void {
  let seenMs = 0;
  // A start is always worth it.
  let unsettledMs = workMsMin;
  clock.every(settledAfterMs, () => {
    const isStart = seenMs === 0;
    const now = workedMs();
    const spentMs = now - seenMs;
    seenMs = now;
    unsettledMs += spentMs;
    if (unsettledMs < workMsMin || (spentMs > restMsMax && !isStart)) return;
    unsettledMs = 0;
    collect();
  });
}

function ownWorkMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  const run = runInNewContext('gc') as (options: object) => unknown;
  run({ type: 'major', execution: 'async', flavor: 'last-resort' });
}
