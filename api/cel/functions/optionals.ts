import { namedFormat } from '../named-formats.ts';
import { Dict, Format, List, Optional } from '../values.ts';
import type { Value } from '../values.ts';
import { def, fail } from './definition.ts';
import type { Def } from './definition.ts';

const isZero = (value: Value): boolean =>
  value === null ||
  value === false ||
  value === 0n ||
  value === 0 ||
  value === '' ||
  ((value instanceof List || value instanceof Dict) && value.size === 0);
/** Values that may be missing. */
export const optionals: readonly Def[] = [
  def<[Value]>('optional.of(A): optional<A>', ([value]) => new Optional(value)),
  def<[]>('optional.none(): optional<A>', () => new Optional()),
  def<[Value]>('optional.ofNonZeroValue(A): optional<A>', ([value]) =>
    isZero(value) ? new Optional() : new Optional(value),
  ),
  def<[Optional]>('optional<A>.hasValue(): bool', ([{ value }]) => value !== undefined),
  def<[Optional]>('optional<A>.value(): A', ([{ value }]) =>
    value === undefined ? fail('optional.none() dereference') : value,
  ),
  def<[Optional, Value]>('optional<A>.orValue(A): A', ([{ value }, other]) =>
    value === undefined ? other : value,
  ),
  def<[Optional, Optional]>('optional<A>.or(optional<A>): optional<A>', ([one, other]) =>
    one.value === undefined ? other : one,
  ),
];

export const formats: readonly Def[] = [
  def<[Format, string]>('format.validate(string): optional<list<string>>', ([format, value], cost) => {
    cost.read(value.length);
    const problems = format.check(value);
    return problems.length > 0 ? new Optional(List.of(problems)) : new Optional();
  }),
  def<[string]>('format.named(string): optional<format>', ([name]) => {
    const format = namedFormat(name);
    return format ? new Optional(format) : new Optional();
  }),
];
