import { CelError } from '../run.ts';
import type { Cost } from '../run.ts';
import { Timestamp, Uint } from '../values.ts';
import type { Value } from '../values.ts';

/** A function in one of its forms: `string.contains(string): bool`, and what it does with its arguments. */
export type Def = readonly [signature: string, run: (args: never, cost: Cost) => Value];
/** A `Def` whose arguments have the types that its signature names. */
export const def = <A extends readonly Value[]>(
  signature: string,
  run: (args: A, cost: Cost) => Value,
): Def => [signature, run as never];

/** @throws CelError beyond 64 bits */
export const int64 = (value: bigint): bigint => {
  if (value < -(2n ** 63n) || value >= 2n ** 63n) throw new CelError('integer overflow');
  return value;
};
export const uint64 = (value: bigint): Uint => {
  if (value < 0n || value >= 2n ** 64n) throw new CelError('unsigned integer overflow');
  return new Uint(value);
};
/** From the year 1 to 9999, which is what a time of CEL may be, in nanoseconds since 1970. */
const momentMin = -62_135_596_800_000_000_000n;
const momentMax = 253_402_300_799_999_999_999n;
/** @throws CelError for a moment that no calendar of four digits has */
export const moment = (nanos: bigint): Timestamp => {
  if (nanos < momentMin || nanos > momentMax) throw new CelError('timestamp overflow');
  return new Timestamp(nanos);
};
/** @throws CelError */
export const fail = (message: string): never => {
  throw new CelError(message);
};

/** Texts are counted in characters, as Go counts runes. */
export const points = (text: string): string[] => Array.from(text);
export const lengthOf = (text: string) => (/[\uD800-\uDFFF]/.test(text) ? points(text).length : text.length);

/** A text function that reads all of its text once. */
export const reading =
  <A extends readonly [string, ...Value[]]>(run: (args: A, cost: Cost) => Value) =>
  (args: A, cost: Cost): Value => {
    cost.read(args[0].length);
    return run(args, cost);
  };
export const ofText = <A extends readonly [string, ...Value[]]>(
  signature: string,
  run: (args: A, cost: Cost) => Value,
): Def => def<A>(signature, reading(run));
