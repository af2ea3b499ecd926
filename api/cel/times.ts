const units: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const durationMax = 2n ** 63n;

/** A duration of Go (`1h30m`, `-1.5s`, `0`) in nanoseconds; undefined where it is none. */
export function parseDuration(text: string): bigint | undefined {
  const signed = /^([+-]?)(.+)$/s.exec(text);
  if (!signed) return undefined;
  const [, sign, body] = signed;
  if (body === '0') return 0n;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body!)) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit] of body!.matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const factor = units[unit!]!;
    if (whole.length > 20) return undefined;
    total += BigInt(whole || '0') * factor;
    const digits = fraction.slice(0, 18);
    if (digits) total += (BigInt(digits) * factor) / 10n ** BigInt(digits.length);
  }
  if (total >= durationMax) return undefined;
  return sign === '-' ? -total : total;
}

/** A moment of RFC 3339 in nanoseconds since 1970; undefined where it is none. */
export function parseTimestamp(text: string): bigint | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/.exec(
    text,
  );
  if (!match) return undefined;
  const ms = Date.parse(`${match[1]}${match[3]}`.toUpperCase());
  if (Number.isNaN(ms)) return undefined;
  // JavaScript makes the second of March of the thirtieth of February.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  if (new Date(Date.UTC(2000, month, 0)).getUTCDate() < day || (month === 2 && day === 29 && !isLeap(year)))
    return undefined;
  return BigInt(ms) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** As CEL writes it: seconds, with a fraction where there is one. */
export function durationText(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = (size % units['s']!).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${size / units['s']!}${fraction && `.${fraction}`}s`;
}

export function timestampText(nanos: bigint): string {
  const second = units['s']!;
  const rest = ((nanos % second) + second) % second;
  const iso = new Date(Number((nanos - rest) / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = rest.toString().padStart(9, '0').replace(/0+$/, '');
  return `${iso}${fraction && `.${fraction}`}Z`;
}

const offsetPattern = /^([+-]?)(\d{2}):(\d{2})$/;

/** How far a named zone (`Europe/Berlin`) is ahead at a moment, in milliseconds; undefined where there is none of that name. */
function offsetOf(zone: string, nanos: bigint): number | undefined {
  try {
    const ms = Number(nanos / 1_000_000_000n) * 1000;
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      timeZoneName: 'longOffset',
    }).formatToParts(ms);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const offset = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
    if (!offset) return 0;
    return (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
  } catch {
    return undefined;
  }
}

/** A part of a moment (`getHours`), in UTC or at an offset; undefined where there is no such zone. */
export function timePart(nanos: bigint, part: string, zone = 'UTC'): bigint | undefined {
  const offset = offsetPattern.exec(zone);
  let shift = 0;
  if (offset) shift = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
  else if (zone !== 'UTC' && zone !== '') {
    const found = offsetOf(zone, nanos);
    if (found === undefined) return undefined;
    shift = found;
  }
  const ms = Number(nanos >= 0n ? nanos / 1_000_000n : (nanos - 999_999n) / 1_000_000n);
  const date = new Date(ms + shift);
  const parts: Record<string, number> = {
    getFullYear: date.getUTCFullYear(),
    getMonth: date.getUTCMonth(),
    getDate: date.getUTCDate(),
    getDayOfMonth: date.getUTCDate() - 1,
    getDayOfWeek: date.getUTCDay(),
    getDayOfYear: Math.floor(
      (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
        Date.UTC(date.getUTCFullYear(), 0, 1)) /
        86_400_000,
    ),
    getHours: date.getUTCHours(),
    getMinutes: date.getUTCMinutes(),
    getSeconds: date.getUTCSeconds(),
    getMilliseconds: date.getUTCMilliseconds(),
  };
  return Object.hasOwn(parts, part) ? BigInt(parts[part]!) : undefined;
}
