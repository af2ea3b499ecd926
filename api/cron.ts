/**
 * What a CronJob's `schedule` says: times of the calendar, each as the numbers at which it is due, or a span between two runs.
 * `isAnyDay` tells that the day of the month and of the week are not both asked for: if both are, either will do.
 *
 * Source: github.com/robfig/cron/v3 ParseStandard, which Kubernetes reads schedules with, and whose words the errors are.
 */
export type Schedule =
  | {
      every: 'calendar';
      minutes: ReadonlySet<number>;
      hours: ReadonlySet<number>;
      daysOfMonth: ReadonlySet<number>;
      months: ReadonlySet<number>;
      daysOfWeek: ReadonlySet<number>;
      isAnyDay: boolean;
    }
  | { every: 'span'; ms: number };

interface Bounds {
  min: number;
  max: number;
  names?: readonly string[];
}

const bounds: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  {
    min: 1,
    max: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const span = '@every ';

/**
 * Reads `*\/5 8-17 * * mon-fri`, `@daily`, `@every 90m`. A `TZ=` or `CRON_TZ=` in front is passed over: that it may not be there is for
 * validation to say, which knows the object's `timeZone`.
 *
 * @throws Error that says what cannot be read
 */
export function parseSchedule(text: string): Schedule {
  const schedule = text.replace(/^(CRON_)?TZ=\S* +/, '').trim();
  if (schedule.startsWith('@')) return parseMacro(schedule);
  const fields = schedule.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== bounds.length)
    throw new Error(
      `expected exactly ${bounds.length} fields, found ${fields.length}: [${fields.join(' ')}]`,
    );
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = fields.map((field, index) =>
    parseField(field, bounds[index]!),
  );
  return {
    every: 'calendar',
    minutes: minutes!,
    hours: hours!,
    daysOfMonth: daysOfMonth!,
    months: months!,
    daysOfWeek: daysOfWeek!,
    isAnyDay: isStar(fields[2]!) || isStar(fields[4]!),
  };
}

function parseMacro(macro: string): Schedule {
  const known = Object.hasOwn(macros, macro) ? macros[macro] : undefined;
  if (known) return parseSchedule(known);
  if (!macro.startsWith(span)) throw new Error(`unrecognized descriptor: ${macro}`);
  try {
    // Shorter spans than a second are one, and parts of a second are dropped.
    return {
      every: 'span',
      ms: Math.max(1000, Math.floor(parseSpan(macro.slice(span.length)) / 1000) * 1000),
    };
  } catch (error) {
    throw new Error(`failed to parse duration ${macro}: ${(error as Error).message}`, { cause: error });
  }
}

function parseField(field: string, limits: Bounds): Set<number> {
  const numbers = new Set<number>();
  for (const range of field.split(',').filter((each) => each !== ''))
    for (const number of parseRange(range, limits)) numbers.add(number);
  return numbers;
}

/** `3`, `mon-fri`, `*`, `10-20/5`; `10/5` goes on to the end. */
function parseRange(range: string, limits: Bounds): number[] {
  const [ends, step = '1', ...more] = range.split('/') as [string, ...string[]];
  const [low, high, ...others] = ends.split('-') as [string, ...string[]];
  let [start, end] = [limits.min, limits.max];
  if (low !== '*' && low !== '?') {
    start = parseNumber(low, limits.names);
    if (others.length > 0) throw new Error(`too many hyphens: ${range}`);
    end = high === undefined ? start : parseNumber(high, limits.names);
  }
  if (more.length > 0) throw new Error(`too many slashes: ${range}`);
  const by = parseNumber(step);
  if (range.includes('/') && high === undefined) end = limits.max;
  if (start < limits.min)
    throw new Error(`beginning of range (${start}) below minimum (${limits.min}): ${range}`);
  if (end > limits.max) throw new Error(`end of range (${end}) above maximum (${limits.max}): ${range}`);
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${range}`);
  if (by === 0) throw new Error(`step of range should be a positive number: ${range}`);
  return Array.from({ length: Math.floor((end - start) / by) + 1 }, (_, index) => start + index * by);
}

function parseNumber(text: string, names: readonly string[] = []): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  if (named >= 0) return named;
  if (!/^[+-]?\d+$/.test(text))
    throw new Error(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  const number = Number(text);
  if (number < 0) throw new Error(`negative number (${number}) not allowed: ${text}`);
  return number;
}

/** Whether the field asks for nothing: a star without a step. */
function isStar(field: string): boolean {
  return field.split(',').some((range) => /^[*?][^/]*(\/1)?$/.test(range));
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a span as Go writes it: `1h30m`, `90s`, `-1.5h`. */
function parseSpan(text: string): number {
  const [, sign = '', whole = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (whole === '0') return 0;
  let rest = whole;
  let ms = 0;
  if (rest === '') throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  while (rest !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
    rest = rest.slice(number.length);
    const unit = /^[^\d.]*/.exec(rest)![0];
    if (unit === '') throw new Error(`time: missing unit in duration ${JSON.stringify(text)}`);
    if (!Object.hasOwn(units, unit))
      throw new Error(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    ms += Number(number) * units[unit]!;
    rest = rest.slice(unit.length);
  }
  return sign === '-' ? -ms : ms;
}
