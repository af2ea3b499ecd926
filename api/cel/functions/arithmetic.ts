import { Duration, List, Timestamp, Uint } from '../values.ts';
import { def, fail, int64, moment, uint64 } from './definition.ts';
import type { Def } from './definition.ts';

const nonZero = (value: bigint, what: string): bigint => (value === 0n ? fail(`${what} by zero`) : value);

/** What is added, taken away, multiplied and divided. */
export const arithmetic: readonly Def[] = [
  def<[bigint, bigint]>('_+_(int, int): int', ([a, b]) => int64(a + b)),
  def<[bigint, bigint]>('_-_(int, int): int', ([a, b]) => int64(a - b)),
  def<[bigint, bigint]>('_*_(int, int): int', ([a, b]) => int64(a * b)),
  def<[bigint, bigint]>('_/_(int, int): int', ([a, b]) => int64(a / nonZero(b, 'division'))),
  def<[bigint, bigint]>('_%_(int, int): int', ([a, b]) => a % nonZero(b, 'modulus')),
  def<[Uint, Uint]>('_+_(uint, uint): uint', ([a, b]) => uint64(a.value + b.value)),
  def<[Uint, Uint]>('_-_(uint, uint): uint', ([a, b]) => uint64(a.value - b.value)),
  def<[Uint, Uint]>('_*_(uint, uint): uint', ([a, b]) => uint64(a.value * b.value)),
  def<[Uint, Uint]>('_/_(uint, uint): uint', ([a, b]) => uint64(a.value / nonZero(b.value, 'division'))),
  def<[Uint, Uint]>('_%_(uint, uint): uint', ([a, b]) => uint64(a.value % nonZero(b.value, 'modulus'))),
  def<[number, number]>('_+_(double, double): double', ([a, b]) => a + b),
  def<[number, number]>('_-_(double, double): double', ([a, b]) => a - b),
  def<[number, number]>('_*_(double, double): double', ([a, b]) => a * b),
  def<[number, number]>('_/_(double, double): double', ([a, b]) => a / b),
  def<[bigint]>('-_(int): int', ([a]) => int64(-a)),
  def<[number]>('-_(double): double', ([a]) => -a),
  def<[boolean]>('!_(bool): bool', ([a]) => !a),
  def<[string, string]>('_+_(string, string): string', ([a, b], cost) => {
    cost.read(a.length + b.length);
    return a + b;
  }),
  def<[Uint8Array, Uint8Array]>('_+_(bytes, bytes): bytes', ([a, b], cost) => {
    cost.read(a.length + b.length);
    return Uint8Array.from([...a, ...b]);
  }),
  def<[List, List]>(
    '_+_(list<A>, list<A>): list<A>',
    ([a, b]) => new List(a.size + b.size, (index) => (index < a.size ? a.at(index) : b.at(index - a.size))),
  ),
  def<[Duration, Duration]>(
    '_+_(duration, duration): duration',
    ([a, b]) => new Duration(int64(a.value + b.value)),
  ),
  def<[Duration, Duration]>(
    '_-_(duration, duration): duration',
    ([a, b]) => new Duration(int64(a.value - b.value)),
  ),
  def<[Timestamp, Duration]>('_+_(timestamp, duration): timestamp', ([a, b]) => moment(a.value + b.value)),
  def<[Duration, Timestamp]>('_+_(duration, timestamp): timestamp', ([a, b]) => moment(a.value + b.value)),
  def<[Timestamp, Duration]>('_-_(timestamp, duration): timestamp', ([a, b]) => moment(a.value - b.value)),
  def<[Timestamp, Timestamp]>(
    '_-_(timestamp, timestamp): duration',
    ([a, b]) => new Duration(int64(a.value - b.value)),
  ),
];
