import { parseQuantity, quantityProblem } from '../quantity.ts';
import { patternOf } from '../structural/pattern.ts';
import { addressTests, contains, masked, parseCidr, parseIp } from './addresses.ts';
import type { Cidr, Ip } from './addresses.ts';
import { order, same } from './equality.ts';
import { formatText, textOf } from './format.ts';
import { namedFormat } from './named-formats.ts';
import { overload } from './overloads.ts';
import type { Overload } from './overloads.ts';
import { CelError } from './run.ts';
import type { Cost } from './run.ts';
import { parseDuration, parseTimestamp, timePart } from './times.ts';
import {
  Dict,
  Duration,
  Format,
  List,
  Optional,
  QuantityValue,
  Timestamp,
  TypeValue,
  Uint,
  UrlValue,
} from './values.ts';
import type { Value } from './values.ts';
import { kindOf } from './overloads.ts';

type Def = readonly [signature: string, run: (args: never, cost: Cost) => Value];
const def = <A extends readonly Value[]>(signature: string, run: (args: A, cost: Cost) => Value): Def => [
  signature,
  run as never,
];

const int64 = (value: bigint): bigint => {
  if (value < -(2n ** 63n) || value >= 2n ** 63n) throw new CelError('integer overflow');
  return value;
};
const uint64 = (value: bigint): Uint => {
  if (value < 0n || value >= 2n ** 64n) throw new CelError('unsigned integer overflow');
  return new Uint(value);
};
const fail = (message: string): never => {
  throw new CelError(message);
};
const nonZero = (value: bigint, what: string): bigint => (value === 0n ? fail(`${what} by zero`) : value);
/** Texts are counted in characters, as Go counts runes. */
const points = (text: string): string[] => Array.from(text);
const lengthOf = (text: string) => (/[\uD800-\uDFFF]/.test(text) ? points(text).length : text.length);

const arithmetic: Def[] = [
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
  def<[Timestamp, Duration]>(
    '_+_(timestamp, duration): timestamp',
    ([a, b]) => new Timestamp(a.value + b.value),
  ),
  def<[Duration, Timestamp]>(
    '_+_(duration, timestamp): timestamp',
    ([a, b]) => new Timestamp(a.value + b.value),
  ),
  def<[Timestamp, Duration]>(
    '_-_(timestamp, duration): timestamp',
    ([a, b]) => new Timestamp(a.value - b.value),
  ),
  def<[Timestamp, Timestamp]>(
    '_-_(timestamp, timestamp): duration',
    ([a, b]) => new Duration(int64(a.value - b.value)),
  ),
];

const ordered = ['int', 'uint', 'double', 'string', 'bool', 'bytes', 'duration', 'timestamp'];
const numbers = ['int', 'uint', 'double'];
const orderings: readonly (readonly [string, (sign: number) => boolean])[] = [
  ['<', (sign) => sign < 0],
  ['<=', (sign) => sign <= 0],
  ['>', (sign) => sign > 0],
  ['>=', (sign) => sign >= 0],
];
const comparisons: Def[] = [
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

const sizes: Def[] = (
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
const conversions: Def[] = [
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
  def<[bigint]>('timestamp(int): timestamp', ([seconds]) => new Timestamp(seconds * 1_000_000_000n)),
  def<[Timestamp]>('timestamp(timestamp): timestamp', ([value]) => value),
];

const matches = ([text, pattern]: [string, string], cost: Cost): boolean => {
  cost.spend(Math.ceil((text.length + 1) * 0.1) * Math.ceil(Math.max(1, pattern.length) * 0.25));
  try {
    return patternOf(pattern).fits(text);
  } catch (error) {
    return fail((error as Error).message);
  }
};

/** A text function that reads all of its text once. */
const reading =
  <A extends readonly [string, ...Value[]]>(run: (args: A, cost: Cost) => Value) =>
  (args: A, cost: Cost): Value => {
    cost.read(args[0].length);
    return run(args, cost);
  };
const text = <A extends readonly [string, ...Value[]]>(
  signature: string,
  run: (args: A, cost: Cost) => Value,
): Def => def<A>(signature, reading(run));

const position = (list: string[], index: bigint, what: string): number =>
  index < 0n || index > BigInt(list.length) ? fail(`index out of range: ${index}${what}`) : Number(index);

const find = ([all, part]: readonly [string, string, ...Value[]], from: number, isLast: boolean): bigint => {
  const [chars, wanted] = [points(all), points(part)];
  const matchesAt = (at: number) => wanted.every((char, index) => chars[at + index] === char);
  const last = chars.length - wanted.length;
  if (isLast) {
    for (let at = Math.min(from, last); at >= 0; at--) if (matchesAt(at)) return BigInt(at);
  } else for (let at = from; at <= last; at++) if (matchesAt(at)) return BigInt(at);
  return -1n;
};
/** What searching costs: every place of the text against every character of the part. */
const searching = (cost: Cost, all: string, part: string) =>
  cost.spend(Math.ceil(all.length * 0.1) * Math.ceil(part.length * 0.1 + 1));

const replaced = (all: string, part: string, by: string, max: bigint): string => {
  if (max === 0n) return all;
  const pieces = all.split(part);
  if (max < 0n || BigInt(pieces.length - 1) <= max) return pieces.join(by);
  const count = Number(max);
  return [pieces.slice(0, count + 1).join(by), ...pieces.slice(count + 1)].join(part);
};
const grown = (value: string, cost: Cost): string => {
  cost.read(value.length);
  return value;
};
const pieces = (list: readonly string[], cost: Cost): List => {
  cost.spend(list.length);
  return List.of(list);
};

const quotes: Record<string, string> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\v': '\\v',
  '\x07': '\\a',
  '\b': '\\b',
};
const texts: Def[] = [
  text<[string, string]>('string.contains(string): bool', ([all, part], cost) => {
    searching(cost, all, part);
    return all.includes(part);
  }),
  text<[string, string]>('string.startsWith(string): bool', ([all, part]) => all.startsWith(part)),
  text<[string, string]>('string.endsWith(string): bool', ([all, part]) => all.endsWith(part)),
  def<[string, string]>('string.matches(string): bool', matches),
  def<[string, string]>('matches(string, string): bool', matches),
  text<[string]>('string.lowerAscii(): string', ([all]) =>
    all.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  text<[string]>('string.upperAscii(): string', ([all]) =>
    all.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ),
  text<[string]>('string.trim(): string', ([all]) => all.trim()),
  text<[string, bigint]>(
    'string.charAt(int): string',
    ([all, index]) => points(all)[position(points(all), index, '')] ?? '',
  ),
  text<[string, string]>('string.indexOf(string): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, 0, false);
  }),
  text<[string, string, bigint]>('string.indexOf(string, int): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, position(points(args[0]), args[2], ''), false);
  }),
  text<[string, string]>('string.lastIndexOf(string): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, Infinity, true);
  }),
  text<[string, string, bigint]>('string.lastIndexOf(string, int): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, position(points(args[0]), args[2], ''), true);
  }),
  text<[string, string, string]>('string.replace(string, string): string', ([all, part, by], cost) =>
    grown(boundedReplace(all, part, by, -1n, cost), cost),
  ),
  text<[string, string, string, bigint]>(
    'string.replace(string, string, int): string',
    ([all, part, by, max], cost) => grown(boundedReplace(all, part, by, max, cost), cost),
  ),
  text<[string, string]>('string.split(string): list<string>', ([all, by], cost) =>
    pieces(by === '' ? points(all) : all.split(by), cost),
  ),
  text<[string, string, bigint]>('string.split(string, int): list<string>', ([all, by, max], cost) => {
    if (max === 0n) return List.of([]);
    const parts = by === '' ? points(all) : all.split(by);
    if (max < 0n || BigInt(parts.length) <= max) return pieces(parts, cost);
    const count = Number(max) - 1;
    return pieces([...parts.slice(0, count), parts.slice(count).join(by)], cost);
  }),
  text<[string, bigint]>('string.substring(int): string', ([all, from]) => {
    const chars = points(all);
    return chars.slice(position(chars, from, '')).join('');
  }),
  text<[string, bigint, bigint]>('string.substring(int, int): string', ([all, from, to]) => {
    const chars = points(all);
    if (from > to) return fail(`invalid substring range. start: ${from}, end: ${to}`);
    return chars.slice(position(chars, from, ''), position(chars, to, '')).join('');
  }),
  text<[string]>(
    'strings.quote(string): string',
    ([all]) => `"${Array.from(all, (char) => quotes[char] ?? char).join('')}"`,
  ),
  def<[string, List]>('string.format(list<dyn>): string', ([pattern, list], cost) =>
    formatText(pattern, list, cost),
  ),
  def<[string, string]>('string.find(string): string', (args, cost) => {
    matches(args, cost);
    return patternOf(args[1]).finds(args[0], 1)[0] ?? '';
  }),
  def<[string, string]>('string.findAll(string): list<string>', (args, cost) => {
    matches(args, cost);
    return pieces(patternOf(args[1]).finds(args[0], args[0].length + 1), cost);
  }),
  def<[string, string, bigint]>('string.findAll(string, int): list<string>', ([all, pattern, max], cost) => {
    matches([all, pattern], cost);
    return pieces(patternOf(pattern).finds(all, max < 0n ? all.length + 1 : Number(max)), cost);
  }),
];

/** A text that grows is paid for before it is made. */
function boundedReplace(all: string, part: string, by: string, max: bigint, cost: Cost): string {
  const times = part === '' ? points(all).length + 1 : all.split(part).length - 1;
  cost.read(all.length + times * by.length);
  if (part !== '') return replaced(all, part, by, max);
  const chars = points(all);
  const count = max < 0n ? Infinity : Number(max);
  return (
    chars.map((char, index) => (index < count ? by : '') + char).join('') + (chars.length < count ? by : '')
  );
}

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
const includes = (list: List, item: Value, cost: Cost): boolean => indexIn(list, item, cost, false) >= 0n;
const containsAll = (list: List, part: List, cost: Cost): boolean =>
  [...part].every((each) => includes(list, each, cost));

const lists: Def[] = [
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

const durationParts: readonly (readonly [string, bigint])[] = [
  ['getHours', 3_600_000_000_000n],
  ['getMinutes', 60_000_000_000n],
  ['getSeconds', 1_000_000_000n],
];
const timeParts =
  'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds'.split(
    ' ',
  );
const times: Def[] = [
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

const urlOf = (value: string): URL | undefined => {
  if (/[\s\p{Cc}]/u.test(value)) return undefined;
  if (value.startsWith('/'))
    return URL.canParse(value, 'relative://host') ? new URL(value, 'relative://host') : undefined;
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(value) && URL.canParse(value) ? new URL(value) : undefined;
};
const isRelative = ({ url }: UrlValue) => url.protocol === 'relative:';
const urls: Def[] = [
  text<[string]>('isURL(string): bool', ([value]) => urlOf(value) !== undefined),
  text<[string]>('url(string): url', ([value]) => {
    const url = urlOf(value);
    return url
      ? new UrlValue(value, url)
      : fail(
          `URL parse error during conversion from string: parse ${JSON.stringify(value)}: invalid URI for request`,
        );
  }),
  def<[UrlValue]>('url.getScheme(): string', ([value]) =>
    isRelative(value) ? '' : value.url.protocol.slice(0, -1),
  ),
  def<[UrlValue]>('url.getHost(): string', ([value]) => (isRelative(value) ? '' : hostOf(value))),
  def<[UrlValue]>('url.getHostname(): string', ([value]) =>
    isRelative(value) ? '' : value.url.hostname.replace(/^\[|\]$/g, ''),
  ),
  def<[UrlValue]>('url.getPort(): string', ([value]) => (isRelative(value) ? '' : portOf(value))),
  def<[UrlValue]>('url.getEscapedPath(): string', ([value]) =>
    /^[^/]*\/\/[^/]*$/.test(value.text) ? '' : value.url.pathname,
  ),
  def<[UrlValue]>('url.getQuery(): map<string, list<string>>', ([{ url }]) =>
    Dict.of(
      [...new Set(url.searchParams.keys())].map(
        (key) => [key, List.of(url.searchParams.getAll(key))] as const,
      ),
    ),
  ),
];

/** The port as it was written: JavaScript drops those that a scheme has anyway. */
function portOf({ text: written, url }: UrlValue): string {
  return url.port || (/^[^/]*\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(written)?.[1] ?? '');
}
function hostOf(value: UrlValue): string {
  const port = portOf(value);
  return port ? `${value.url.hostname}:${port}` : value.url.hostname;
}

const noIp = (value: string): never =>
  fail(
    `IP Address ${JSON.stringify(value)} parse error during conversion from string: ParseAddr(${JSON.stringify(value)}): unable to parse IP`,
  );
const noCidr = (value: string): never =>
  fail(
    `network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(value)}): no '/'`,
  );

const addresses: Def[] = [
  def<[Cidr, string]>('cidr.containsCIDR(string): bool', ([range, inner]) => {
    const part = parseCidr(inner) ?? noCidr(inner);
    return part.bits >= range.bits && contains(range, part.ip);
  }),
  def<[Cidr]>('cidr.masked(): cidr', ([range]) => masked(range)),
  text<[string]>('isIP(string): bool', ([value]) => parseIp(value) !== undefined),
  text<[string]>('isCIDR(string): bool', ([value]) => parseCidr(value) !== undefined),
  text<[string]>('ip(string): ip', ([value]) => parseIp(value) ?? noIp(value)),
  text<[string]>('cidr(string): cidr', ([value]) => parseCidr(value) ?? noCidr(value)),
  text<[string]>('ip.isCanonical(string): bool', ([value]) => parseIp(value)?.text === value),
  def<[Ip]>('ip.family(): int', ([{ family }]) => BigInt(family)),
  ...Object.entries(addressTests).map(([name, test]) => def<[Ip]>(`ip.${name}(): bool`, ([ip]) => test(ip))),
  def<[Cidr]>('cidr.ip(): ip', ([{ ip }]) => ip),
  def<[Cidr]>('cidr.prefixLength(): int', ([{ bits }]) => BigInt(bits)),
  def<[Cidr, Ip]>('cidr.containsIP(ip): bool', ([range, ip]) => contains(range, ip)),
  def<[Cidr, string]>('cidr.containsIP(string): bool', ([range, ip]) =>
    contains(range, parseIp(ip) ?? noIp(ip)),
  ),
  def<[Cidr, Cidr]>(
    'cidr.containsCIDR(cidr): bool',
    ([range, part]) => part.bits >= range.bits && contains(range, part.ip),
  ),
];

const quantityOf = (value: string): QuantityValue =>
  quantityProblem(value) === undefined
    ? new QuantityValue(parseQuantity(value))
    : fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
const quantities: Def[] = [
  text<[string]>('isQuantity(string): bool', ([value]) => quantityProblem(value) === undefined),
  text<[string]>('quantity(string): quantity', ([value]) => quantityOf(value)),
  def<[QuantityValue]>('quantity.sign(): int', ([{ amount }]) => BigInt(Math.sign(amount))),
  def<[QuantityValue]>('quantity.isInteger(): bool', ([{ amount }]) => Number.isInteger(amount)),
  def<[QuantityValue]>('quantity.asInteger(): int', ([{ amount }]) =>
    Number.isInteger(amount) ? BigInt(amount) : fail('cannot convert value to integer'),
  ),
  def<[QuantityValue]>('quantity.asApproximateFloat(): double', ([{ amount }]) => amount),
  def<[QuantityValue, QuantityValue]>(
    'quantity.add(quantity): quantity',
    ([a, b]) => new QuantityValue(a.amount + b.amount),
  ),
  def<[QuantityValue, bigint]>(
    'quantity.add(int): quantity',
    ([a, b]) => new QuantityValue(a.amount + Number(b)),
  ),
  def<[QuantityValue, QuantityValue]>(
    'quantity.sub(quantity): quantity',
    ([a, b]) => new QuantityValue(a.amount - b.amount),
  ),
  def<[QuantityValue, bigint]>(
    'quantity.sub(int): quantity',
    ([a, b]) => new QuantityValue(a.amount - Number(b)),
  ),
  def<[QuantityValue, QuantityValue]>('quantity.isLessThan(quantity): bool', ([a, b]) => a.amount < b.amount),
  def<[QuantityValue, QuantityValue]>(
    'quantity.isGreaterThan(quantity): bool',
    ([a, b]) => a.amount > b.amount,
  ),
  def<[QuantityValue, QuantityValue]>('quantity.compareTo(quantity): int', ([a, b]) =>
    BigInt(Math.sign(a.amount - b.amount)),
  ),
];

const isZero = (value: Value): boolean =>
  value === null ||
  value === false ||
  value === 0n ||
  value === 0 ||
  value === '' ||
  ((value instanceof List || value instanceof Dict) && value.size === 0);
const optionals: Def[] = [
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

const formats: Def[] = [
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

const namespaces = new Set(['sets', 'optional', 'ip', 'format', 'strings']);

/** Every function that a rule may call, by its name; those of a namespace (`sets.contains`) by both. */
export const functions: ReadonlyMap<string, readonly Overload[]> = tableOf([
  ...arithmetic,
  ...comparisons,
  ...sizes,
  ...conversions,
  ...texts,
  ...lists,
  ...times,
  ...urls,
  ...addresses,
  ...quantities,
  ...optionals,
  ...formats,
]);

function tableOf(defs: readonly Def[]): Map<string, Overload[]> {
  const table = new Map<string, Overload[]>();
  for (const [signature, run] of defs) {
    const scoped = /^(sets|optional|strings|ip\.isCanonical|format\.named)\b/.exec(signature);
    const space = scoped && signature.split('.')[0]!;
    const isNamespaced =
      space !== null &&
      namespaces.has(space) &&
      /^(sets\.|optional\.|strings\.|ip\.isCanonical|format\.named)/.test(signature);
    const read = overload(isNamespaced ? signature.slice(space.length + 1) : signature, run);
    const name = isNamespaced ? `${space}.${read.name}` : read.name;
    table.set(name, [...(table.get(name) ?? []), read.overload]);
  }
  return table;
}
