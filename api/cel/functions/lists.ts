import { order, same } from '../equality.ts';
import type { Cost } from '../run.ts';
import { Duration, List, Uint } from '../values.ts';
import type { Value } from '../values.ts';
import { def, fail, int64, uint64 } from './definition.ts';
import type { Def } from './definition.ts';

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const isMonotone = (list: List, cost: Cost): boolean => {
  for (let index = 1; index < list.size; index++) {
    cost.spend(1);
    if ((order(list.at(index - 1), list.at(index), cost) ?? 1) > 0) return false;
  }
  return true;
};
const extreme = (list: List, sign: 1 | -1, cost: Cost): Value => {
  if (list.size === 0) return fail(`${sign > 0 ? 'max' : 'min'} called on empty list`);
  let best = list.at(0);
  for (const each of list) {
    cost.spend(1);
    if ((order(each, best, cost) ?? 0) * sign > 0) best = each;
  }
  return best;
};
const sum = (list: List, cost: Cost): Value => {
  let total: bigint | number = 0n;
  for (const each of list) {
    cost.spend(1);
    if (each instanceof Uint || each instanceof Duration) total = (total as bigint) + each.value;
    else if (typeof each === 'number') total = Number(total) + each;
    else total = int64((total as bigint) + (each as bigint));
  }
  return total;
};
const indexIn = (list: List, item: Value, cost: Cost, isLast: boolean): bigint => {
  let found = -1n;
  for (let index = 0; index < list.size; index++) {
    cost.spend(1);
    if (!same(list.at(index), item, cost)) continue;
    found = BigInt(index);
    if (!isLast) break;
  }
  return found;
};
/** What it makes is paid for before it is made. */
const joined = (list: List, separator: string, cost: Cost): string => {
  const parts: string[] = [];
  for (const each of list) {
    if (typeof each !== 'string') return fail('join: invalid input');
    cost.spend(1);
    cost.read(each.length + separator.length);
    parts.push(each);
  }
  return parts.join(separator);
};
const includes = (list: List, item: Value, cost: Cost): boolean => indexIn(list, item, cost, false) >= 0n;
const containsAll = (list: List, part: List, cost: Cost): boolean =>
  [...part].every((each) => includes(list, each, cost));

/** What rules do with lists, and with lists as sets. */
export const lists: readonly Def[] = [
  ...comparable.flatMap((type) => [
    def<[List]>(`list<${type}>.isSorted(): bool`, ([list], cost) => isMonotone(list, cost)),
    def<[List]>(`list<${type}>.min(): ${type}`, ([list], cost) => extreme(list, -1, cost)),
    def<[List]>(`list<${type}>.max(): ${type}`, ([list], cost) => extreme(list, 1, cost)),
  ]),
  def<[List]>('list<int>.sum(): int', ([list], cost) => sum(list, cost)),
  def<[List]>('list<double>.sum(): double', ([list], cost) => Number(sum(list, cost))),
  def<[List]>('list<uint>.sum(): uint', ([list], cost) => uint64(sum(list, cost) as bigint)),
  def<[List]>(
    'list<duration>.sum(): duration',
    ([list], cost) => new Duration(int64(sum(list, cost) as bigint)),
  ),
  def<[List, Value]>('list<A>.indexOf(A): int', ([list, item], cost) => indexIn(list, item, cost, false)),
  def<[List, Value]>('list<A>.lastIndexOf(A): int', ([list, item], cost) => indexIn(list, item, cost, true)),
  def<[List]>('list<string>.join(): string', ([list], cost) => joined(list, '', cost)),
  def<[List, string]>('list<string>.join(string): string', ([list, separator], cost) =>
    joined(list, separator, cost),
  ),
  def<[List, List]>('sets.contains(list<A>, list<A>): bool', ([list, part], cost) =>
    containsAll(list, part, cost),
  ),
  def<[List, List]>(
    'sets.equivalent(list<A>, list<A>): bool',
    ([a, b], cost) => containsAll(a, b, cost) && containsAll(b, a, cost),
  ),
  def<[List, List]>('sets.intersects(list<A>, list<A>): bool', ([a, b], cost) =>
    [...b].some((each) => includes(a, each, cost)),
  ),
];
