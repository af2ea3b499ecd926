import { textOf } from '../format.ts';
import { kindOf } from '../overloads.ts';
import { parseDuration, parseTimestamp } from '../times.ts';
import { Dict, Duration, List, Timestamp, TypeValue, Uint } from '../values.ts';
import type { Value } from '../values.ts';
import { def, fail, int64, lengthOf, moment, uint64 } from './definition.ts';
import type { Def } from './definition.ts';

export const sizes: readonly Def[] = (
  [
    ['string', (value: Value) => lengthOf(value as string)],
    ['bytes', (value: Value) => (value as Uint8Array).length],
    ['list<A>', (value: Value) => (value as List).size],
    ['map<A, B>', (value: Value) => (value as Dict).size],
  ] as const
).flatMap(([type, size]) => [
  def<[Value]>(`size(${type}): int`, ([value]) => BigInt(size(value))),
  def<[Value]>(`${type}.size(): int`, ([value]) => BigInt(size(value))),
]);

const wholeOf = (value: number): bigint =>
  Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : fail('integer overflow');

const typeNames: Partial<Record<string, string>> = {
  null: 'null_type',
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
};
/** From one type to another. */
export const conversions: readonly Def[] = [
  def<[Value]>('dyn(A): dyn', ([value]) => value),
  def<[Value]>('type(A): type', ([value]) => new TypeValue(typeNames[kindOf(value)] ?? kindOf(value))),
  def<[bigint]>('int(int): int', ([value]) => value),
  def<[Uint]>('int(uint): int', ([{ value }]) => int64(value)),
  def<[number]>('int(double): int', ([value]) => wholeOf(value)),
  def<[string]>('int(string): int', ([text]) =>
    /^[+-]?\d{1,20}$/.test(text) ? int64(BigInt(text)) : fail(`type conversion error from 'string' to 'int'`),
  ),
  def<[Timestamp]>('int(timestamp): int', ([{ value }]) => value / 1_000_000_000n),
  def<[Duration]>('int(duration): int', ([{ value }]) => value),
  def<[bigint]>('uint(int): uint', ([value]) => uint64(value)),
  def<[Uint]>('uint(uint): uint', ([value]) => value),
  def<[number]>('uint(double): uint', ([value]) => uint64(wholeOf(value))),
  def<[string]>('uint(string): uint', ([text]) =>
    /^\d{1,20}$/.test(text) ? uint64(BigInt(text)) : fail(`type conversion error from 'string' to 'uint'`),
  ),
  def<[bigint]>('double(int): double', ([value]) => Number(value)),
  def<[Uint]>('double(uint): double', ([{ value }]) => Number(value)),
  def<[number]>('double(double): double', ([value]) => value),
  def<[string]>('double(string): double', ([text]) =>
    text.trim() === text && text !== '' && !Number.isNaN(Number(text))
      ? Number(text)
      : fail(`type conversion error from 'string' to 'double'`),
  ),
  def<[boolean]>('bool(bool): bool', ([value]) => value),
  def<[string]>('bool(string): bool', ([text]) => {
    if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
    return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)
      ? false
      : fail(`type conversion error from 'string' to 'bool'`);
  }),
  ...['int', 'uint', 'double', 'bool', 'bytes', 'timestamp', 'duration', 'string', 'url', 'ip', 'cidr'].map(
    (type) =>
      def<[Value]>(`string(${type}): string`, ([value], cost) => {
        const text = textOf(value);
        cost.read(text.length);
        return text;
      }),
  ),
  def<[string]>('bytes(string): bytes', ([text], cost) => {
    cost.read(text.length);
    return Uint8Array.from(Buffer.from(text));
  }),
  def<[Uint8Array]>('bytes(bytes): bytes', ([value]) => value),
  def<[string]>('duration(string): duration', ([text]) => {
    const value = parseDuration(text);
    return value === undefined
      ? fail(`type conversion error from 'string' to 'google.protobuf.Duration'`)
      : new Duration(value);
  }),
  def<[Duration]>('duration(duration): duration', ([value]) => value),
  def<[string]>('timestamp(string): timestamp', ([text]) => {
    const value = parseTimestamp(text);
    return value === undefined
      ? fail(`type conversion error from 'string' to 'google.protobuf.Timestamp'`)
      : new Timestamp(value);
  }),
  def<[bigint]>('timestamp(int): timestamp', ([seconds]) => moment(seconds * 1_000_000_000n)),
  def<[Timestamp]>('timestamp(timestamp): timestamp', ([value]) => value),
];
