import type { Node } from './ast.ts';
import type { Entry, Estimate } from './estimate.ts';
import { elementsMax } from './declared-sizes.ts';
import { either, fixed, product, scaled, sum, unknownRange } from './range.ts';
import type { Range } from './range.ts';
import { itemsOf } from '../structural/schema.ts';

/** What a call costs beside its arguments, and how large what comes of it may be. */
export interface CallEstimate {
  cost: Range;
  size?: Range | undefined;
  entry?: Entry | undefined;
}

/** Of each letter that is looked at. */
const perLetter = 0.1;
/** Of each letter of a pattern: an expression in it has some four. */
const perPatternLetter = 0.25;
/** The longest pattern of a named format. */
const formatLettersMax = 128;
const formatNameMax = 64;
/** An address has 4 or 16 bytes. */
const addressBytes: Range = { min: 4, max: 16 };
const once = fixed(1);
const sizeOf = (estimate: Estimate | undefined): Range => estimate?.size ?? unknownRange;

/** `target` is what stands before the name: `target.contains(arg)`. */
type Reckon = (
  target: Estimate | undefined,
  args: readonly Estimate[],
  nodes: readonly Node[],
) => CallEstimate;

const read = (range: Range, factor = perLetter): CallEstimate => ({ cost: scaled(range, factor) });
const readFirst: Reckon = (_target, [first]) => read(sizeOf(first));
const readTarget: Reckon = (target) => ({ ...read(sizeOf(target)), size: sizeOf(target) });
const readFirstWhole: Reckon = (_target, [first]) => ({ ...read(sizeOf(first)), size: sizeOf(first) });
const isText = ({ type }: Estimate) => type.is === 'string' || type.is === 'bytes' || type.is === 'dyn';
const isList = ({ type }: Estimate) => type.is === 'list' || type.is === 'dyn';
/** A text matched against a pattern: each letter may be held against each expression. */
const matched = (text: Range, pattern: Range): Range =>
  product(scaled(sum(text, once), perLetter), scaled(pattern, perPatternLetter));

const sorted: Reckon = (target) => {
  if (target?.type.is !== 'list') return read(sizeOf(target));
  const { of } = target.type;
  const items = itemsOf(target.place?.schema);
  const item: Range = items ? { min: 0, max: elementsMax(items) } : unknownRange;
  const each = of.is === 'string' || of.is === 'bytes' ? sum(once, scaled(item, perLetter)) : once;
  return { cost: product(sizeOf(target), each) };
};

const joined: Reckon = (target, [separator]) => {
  const count = sizeOf(target);
  const items = itemsOf(target?.place?.schema);
  const parts = product(count, items ? { min: 0, max: elementsMax(items) } : unknownRange);
  const gaps = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  const size = separator ? sum(parts, product(sizeOf(separator), gaps)) : parts;
  return { ...read(size), size };
};

const split: Reckon = (target, _args, nodes) => {
  const limit = nodes[1];
  const max =
    limit?.op === 'const' && typeof limit.value === 'bigint' ? Number(limit.value) : sizeOf(target).max;
  return { ...read(sizeOf(target), 2 * perLetter), size: { min: 0, max: max < 0 ? Infinity : max } };
};

const replaced: Reckon = (target, args) => {
  const [text, from, to] = [sizeOf(target), sizeOf(args[0]), sizeOf(args[1])];
  const grown = (letters: number, of: number, isLonger: boolean): [count: number, rest: number] => {
    if (of === 0) return [letters + 1, letters];
    return isLonger ? [Math.ceil(letters / of), 0] : [0, letters];
  };
  const [most, mostRest] = grown(text.max, from.min, to.max > from.min);
  const [least, leastRest] = grown(text.min, from.max, from.max > to.min);
  const size = sum(product({ min: least, max: most }, to), { min: leastRest, max: mostRest });
  return { ...read(text, 2 * perLetter), size };
};

const added: Reckon = (_target, args) => {
  const size = sum(...args.map(sizeOf));
  const [left, right] = args.map(({ entry }) => entry);
  const entry =
    left && right ? { key: either(left.key, right.key), value: either(left.value, right.value) } : undefined;
  if (args.every(isText)) return { cost: scaled(size, perLetter), size };
  return args.every(isList) ? { cost: once, size, entry } : { cost: once };
};

/** The shorter of two says when they differ. */
const compared = (args: readonly Estimate[]): Range => {
  const max = Math.min(...args.map((each) => sizeOf(each).max));
  return scaled({ min: max > 0 ? 1 : 0, max }, perLetter);
};
const ordered: Reckon = (_target, args) => ({
  cost: args.every(isText) ? compared(args) : once,
});
/** Kubernetes' own types are compared in one step; two of them as their texts. */
const equal: Reckon = (_target, args) => {
  const [left, right] = args.map(({ type }) => type.is);
  if (left === right && ['ip', 'cidr', 'quantity'].includes(left ?? '')) return { cost: once };
  if (left === right && left === 'format') return read({ min: 1, max: formatNameMax });
  if (left === right && left === 'url') return read({ min: 1, max: args[1]?.size ? sizeOf(args[1]).max : 1 });
  return { cost: compared(args) };
};
const ofSets =
  (factor: number): Reckon =>
  (_target, [left, right]) => ({
    cost: sum(scaled(product(sizeOf(left), sizeOf(right)), factor), once),
  });
/** What is a text has to be read first. */
const within = (bytes: Range, [inner]: readonly Estimate[]): CallEstimate => ({
  cost: inner?.type.is === 'string' ? sum(bytes, scaled(sizeOf(inner), perLetter)) : bytes,
});

/**
 * By the names of functions; all others cost one.
 *
 * Source: k8s.io/apiserver/pkg/cel/library/cost.go, github.com/google/cel-go/checker/cost.go, github.com/google/cel-go/ext/sets.go
 */
const reckonings: Readonly<Record<string, Reckon>> = {
  ...named(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'], sorted),
  ...named(['lowerAscii', 'upperAscii', 'substring', 'trim'], readTarget),
  ...named(['startsWith', 'endsWith', 'cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'ip'], readFirst),
  ...named(['_<_', '_<=_', '_>_', '_>=_'], ordered),
  ...named(['sets.contains', 'sets.intersects'], ofSets(1)),
  'sets.equivalent': ofSets(2),
  '_==_': equal,
  '_!=_': (_target, args) => ({ cost: compared(args) }),
  '_+_': added,
  url: readFirstWhole,
  replace: replaced,
  split,
  join: joined,
  find: (target, [pattern]) => ({
    cost: matched(sizeOf(target), sizeOf(pattern)),
    size: { min: 0, max: sizeOf(target).max },
  }),
  findAll: (target, [pattern]) => ({
    cost: matched(sizeOf(target), sizeOf(pattern)),
    size: { min: 0, max: sizeOf(target).max },
  }),
  matches: (target, args) => {
    // Also `matches(text, pattern)`, of which Kubernetes reckons one.
    return target ? { cost: matched(sizeOf(target), sizeOf(args[0])) } : { cost: once };
  },
  contains: (target, args) => ({
    cost: product(scaled(sizeOf(target), perLetter), scaled(sizeOf(args[0]), perLetter)),
  }),
  format: (target) => read(sizeOf(target)),
  'ip.isCanonical': (_target, [first]) => read(sizeOf(first), 2 * perLetter),
  containsIP: (_target, args) => within(scaled(sum(addressBytes, addressBytes), perLetter), args),
  containsCIDR: (_target, args) =>
    within(
      sum(scaled(sum(addressBytes, addressBytes), perLetter), scaled(addressBytes, perLetter), once),
      args,
    ),
  validate: (_target, [text]) => ({
    cost: scaled(scaled(sizeOf(text), perLetter), formatLettersMax * perPatternLetter),
  }),
  '@in': (_target, [, list]) => (list?.type.is === 'map' ? { cost: once } : { cost: sizeOf(list) }),
  bytes: (_target, [text]) => {
    const size = sizeOf(text);
    return text?.type.is === 'string'
      ? { ...read(size), size: { min: size.min, max: size.max * 4 } }
      : { cost: once };
  },
  string: (_target, [bytes]) => {
    const size = sizeOf(bytes);
    return bytes?.type.is === 'bytes'
      ? { ...read(size), size: { min: Math.floor(size.min / 4), max: size.max } }
      : { cost: once };
  },
  'strings.quote': (_target, [text]) => {
    const size = sizeOf(text);
    return { ...read(size), size: { min: size.min + 2, max: size.max * 2 + 2 } };
  },
};

function named(names: readonly string[], reckon: Reckon): Record<string, Reckon> {
  return Object.fromEntries(names.map((name) => [name, reckon]));
}

export function callCost(
  name: string,
  target: Estimate | undefined,
  args: readonly Estimate[],
  nodes: readonly Node[],
): CallEstimate {
  // `cidr.ip()` has no text to read.
  if (name === 'ip' && args.length === 0) return { cost: once };
  return Object.hasOwn(reckonings, name) ? reckonings[name]!(target, args, nodes) : { cost: once };
}
