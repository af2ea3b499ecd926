import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';

/** Long enough for what a start brings with it, well before anybody calls the program idle. */
const settledAfterMs = 20_000;

/**
 * Gives back, once, what a start has used up: V8 keeps the pages of a busy beginning for as long as a program idles, and on a home
 * computer that is memory which its owner lacks.
 */
export function settle(clock: Clock): void {
  clock.after(settledAfterMs, () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: object) => unknown;
    collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
  });
}
