import { systemClock } from '../../../process/clock.ts';
import { seededRandom } from '../../../process/random.ts';
import { faults, type Fault } from './faulty-store.ts';

/** The fault of this process, and what it draws by. */
export const chosen = process.env['KITH_TEST_FAULT'] as Fault | undefined;
if (chosen !== undefined && !faults.includes(chosen))
  throw new Error(`KITH_TEST_FAULT names no fault: ${chosen}`);

export const chance = {
  clock: systemClock,
  random: seededRandom(Number(process.env['KITH_TEST_SEED'] ?? 1)),
};

/** The built module under the given path of the program, as it is without a wrapper. */
export async function original<T>(path: string): Promise<T> {
  return (await import(`${new URL(`../../../dist/${path}`, import.meta.url).href}?original`)) as T;
}
