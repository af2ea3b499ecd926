import { timePart } from '../times.ts';
import { Duration, Timestamp } from '../values.ts';
import { def, fail } from './definition.ts';
import type { Def } from './definition.ts';

const durationParts: readonly (readonly [string, bigint])[] = [
  ['getHours', 3_600_000_000_000n],
  ['getMinutes', 60_000_000_000n],
  ['getSeconds', 1_000_000_000n],
];
const timeParts =
  'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds'.split(
    ' ',
  );
/** Parts of durations and moments. */
export const times: readonly Def[] = [
  ...durationParts.map(([name, unit]) =>
    def<[Duration]>(`duration.${name}(): int`, ([{ value }]) => value / unit),
  ),
  def<[Duration]>('duration.getMilliseconds(): int', ([{ value }]) => value / 1_000_000n),
  ...timeParts.flatMap((part) => [
    def<[Timestamp]>(`timestamp.${part}(): int`, ([{ value }]) => timePart(value, part)!),
    def<[Timestamp, string]>(
      `timestamp.${part}(string): int`,
      ([{ value }, zone]) => timePart(value, part, zone) ?? fail(`unknown time zone ${zone}`),
    ),
  ]),
];
