import { order, same } from '../equality.ts';
import { Dict, List } from '../values.ts';
import type { Value } from '../values.ts';
import { def } from './definition.ts';
import type { Def } from './definition.ts';

const ordered = ['int', 'uint', 'double', 'string', 'bool', 'bytes', 'duration', 'timestamp'];
const numbers = ['int', 'uint', 'double'];
const orderings: readonly (readonly [string, (sign: number) => boolean])[] = [
  ['<', (sign) => sign < 0],
  ['<=', (sign) => sign <= 0],
  ['>', (sign) => sign > 0],
  ['>=', (sign) => sign >= 0],
];
/** What is the same, smaller, or in something. */
export const comparisons: readonly Def[] = [
  def<[Value, Value]>('_==_(A, A): bool', ([a, b], cost) => same(a, b, cost)),
  def<[Value, Value]>('_!=_(A, A): bool', ([a, b], cost) => !same(a, b, cost)),
  ...orderings.flatMap(([sign, holds]) =>
    ordered.flatMap((left) =>
      (numbers.includes(left) ? numbers : [left]).map((right) =>
        def<[Value, Value]>(`_${sign}_(${left}, ${right}): bool`, ([a, b], cost) => {
          const difference = order(a, b, cost);
          return difference !== undefined && holds(difference);
        }),
      ),
    ),
  ),
  def<[Value, List]>('@in(A, list<A>): bool', ([item, list], cost) => {
    for (const each of list) {
      cost.spend(1);
      if (same(item, each, cost)) return true;
    }
    return false;
  }),
  def<[Value, Dict]>('@in(A, map<A, B>): bool', ([key, map]) => map.get(key) !== undefined),
];
