import { patternOf } from '../../structural/pattern.ts';
import { formatText } from '../format.ts';
import type { Cost } from '../run.ts';
import { List } from '../values.ts';
import type { Value } from '../values.ts';
import { def, fail, points, ofText } from './definition.ts';
import type { Def } from './definition.ts';

const matches = ([text, pattern]: [string, string], cost: Cost): boolean => {
  cost.spend(Math.ceil((text.length + 1) * 0.1) * Math.ceil(Math.max(1, pattern.length) * 0.25));
  try {
    return patternOf(pattern).fits(text);
  } catch (error) {
    return fail((error as Error).message);
  }
};

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
/** What rules do with texts. */
export const texts: readonly Def[] = [
  ofText<[string, string]>('string.contains(string): bool', ([all, part], cost) => {
    searching(cost, all, part);
    return all.includes(part);
  }),
  ofText<[string, string]>('string.startsWith(string): bool', ([all, part]) => all.startsWith(part)),
  ofText<[string, string]>('string.endsWith(string): bool', ([all, part]) => all.endsWith(part)),
  def<[string, string]>('string.matches(string): bool', matches),
  def<[string, string]>('matches(string, string): bool', matches),
  ofText<[string]>('string.lowerAscii(): string', ([all]) =>
    all.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  ofText<[string]>('string.upperAscii(): string', ([all]) =>
    all.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ),
  ofText<[string]>('string.trim(): string', ([all]) => all.trim()),
  ofText<[string, bigint]>(
    'string.charAt(int): string',
    ([all, index]) => points(all)[position(points(all), index, '')] ?? '',
  ),
  ofText<[string, string]>('string.indexOf(string): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, 0, false);
  }),
  ofText<[string, string, bigint]>('string.indexOf(string, int): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, position(points(args[0]), args[2], ''), false);
  }),
  ofText<[string, string]>('string.lastIndexOf(string): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    // cel-go begins at the last character, which a text without any has not.
    if (args[0] === '' && args[1] !== '') return fail('index out of range: -1');
    return find(args, Infinity, true);
  }),
  ofText<[string, string, bigint]>('string.lastIndexOf(string, int): int', (args, cost) => {
    searching(cost, args[0], args[1]);
    return find(args, position(points(args[0]), args[2], ''), true);
  }),
  ofText<[string, string, string]>('string.replace(string, string): string', ([all, part, by], cost) =>
    grown(boundedReplace(all, part, by, -1n, cost), cost),
  ),
  ofText<[string, string, string, bigint]>(
    'string.replace(string, string, int): string',
    ([all, part, by, max], cost) => grown(boundedReplace(all, part, by, max, cost), cost),
  ),
  ofText<[string, string]>('string.split(string): list<string>', ([all, by], cost) =>
    pieces(by === '' ? points(all) : all.split(by), cost),
  ),
  ofText<[string, string, bigint]>('string.split(string, int): list<string>', ([all, by, max], cost) => {
    if (max === 0n) return List.of([]);
    const parts = by === '' ? points(all) : all.split(by);
    if (max < 0n || BigInt(parts.length) <= max) return pieces(parts, cost);
    const count = Number(max) - 1;
    return pieces([...parts.slice(0, count), parts.slice(count).join(by)], cost);
  }),
  ofText<[string, bigint]>('string.substring(int): string', ([all, from]) => {
    const chars = points(all);
    return chars.slice(position(chars, from, '')).join('');
  }),
  ofText<[string, bigint, bigint]>('string.substring(int, int): string', ([all, from, to]) => {
    const chars = points(all);
    if (from > to) return fail(`invalid substring range. start: ${from}, end: ${to}`);
    return chars.slice(position(chars, from, ''), position(chars, to, '')).join('');
  }),
  ofText<[string]>(
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
