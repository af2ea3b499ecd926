import type { Literal, Node } from './ast.ts';
import { functions } from './functions.ts';
import { namedFormat } from './named-formats.ts';
import { fits } from './overloads.ts';
import { CelError } from './run.ts';
import type { Cost } from './run.ts';
import { unescapeName } from './types.ts';
import { Dict, List, Optional, TypeValue, Uint } from './values.ts';
import type { Value } from './values.ts';

/** What names stand for while a rule runs; each loop adds its own. */
export class Scope {
  readonly #name: string;
  readonly #value: Value;
  readonly #outer: Scope | undefined;
  constructor(name: string, value: Value, outer?: Scope) {
    this.#name = name;
    this.#value = value;
    this.#outer = outer;
  }
  get(name: string): Value | undefined {
    if (name === this.#name) return this.#value;
    return this.#outer?.get(name);
  }
}

/** The value of a rule. @throws CelError where it has none, CostExceeded where it takes too long to find */
export function evaluate(node: Node, scope: Scope, cost: Cost): Value {
  switch (node.op) {
    case 'const':
      return literal(node.value);
    case 'ident':
      cost.spend(1);
      return scope.get(node.name) ?? new TypeValue(node.name);
    case 'select': {
      cost.spend(1);
      const of = evaluate(node.of, scope, cost);
      const isOptional = node.optional || of instanceof Optional;
      const found = field(of, node.field);
      if (isOptional) return optional(found);
      if (found === undefined) throw new CelError(`no such key: ${node.field}`);
      return found;
    }
    case 'has':
      cost.spend(1);
      return field(evaluate(node.of, scope, cost), node.field) !== undefined;
    case 'index':
      return evaluateIndex(node, scope, cost);
    case 'call':
      return evaluateCall(node, scope, cost);
    case 'list': {
      cost.spend(10);
      const items: Value[] = [];
      for (const { value, optional: isOptional } of node.items) {
        const item = evaluate(value, scope, cost);
        if (!isOptional) items.push(item);
        else if (item instanceof Optional && item.value !== undefined) items.push(item.value);
      }
      return List.of(items);
    }
    case 'map':
      return evaluateMap(node, scope, cost);
    case 'and':
      return junction(node, scope, cost, false);
    case 'or':
      return junction(node, scope, cost, true);
    case 'cond':
      return evaluate(truth(evaluate(node.test, scope, cost)) ? node.yes : node.no, scope, cost);
    case 'loop':
      return evaluateLoop(node, scope, cost);
  }
}

function literal(value: Literal): Value {
  return typeof value === 'object' && value !== null && 'uint' in value ? new Uint(value.uint) : value;
}

function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw new CelError('no such overload');
  return value;
}

function optional(value: Value | undefined): Optional {
  return value instanceof Optional ? value : new Optional(value);
}

function field(of: Value, written: string): Value | undefined {
  const target = of instanceof Optional ? of.value : of;
  if (target === undefined) return undefined;
  if (!(target instanceof Dict)) throw new CelError('no such overload');
  // A key of a map is written as it is; a field of an object may need another spelling.
  return (
    target.get(written) ?? (written.includes('__') ? target.get(unescapeName(written) ?? written) : undefined)
  );
}

function evaluateIndex(node: Extract<Node, { op: 'index' }>, scope: Scope, cost: Cost): Value {
  cost.spend(1);
  const of = evaluate(node.of, scope, cost);
  const index = evaluate(node.index, scope, cost);
  const target = of instanceof Optional ? of.value : of;
  const isOptional = node.optional || of instanceof Optional;
  if (target === undefined) return new Optional();
  let found: Value | undefined;
  if (target instanceof Dict) found = target.get(index);
  else if (target instanceof List) {
    const at =
      index instanceof Uint
        ? Number(index.value)
        : typeof index === 'bigint' || typeof index === 'number'
          ? Number(index)
          : NaN;
    if (!Number.isInteger(at)) throw new CelError('no such overload');
    found = at >= 0 && at < target.size ? target.at(at) : undefined;
    if (found === undefined && !isOptional)
      throw new CelError(`index out of bounds: ${index instanceof Uint ? index.value : String(index)}`);
  } else throw new CelError('no such overload');
  if (isOptional) return optional(found);
  if (found === undefined)
    throw new CelError(`no such key: ${typeof index === 'string' ? index : String(index)}`);
  return found;
}

function evaluateCall(node: Extract<Node, { op: 'call' }>, scope: Scope, cost: Cost): Value {
  cost.spend(1);
  const { receiver } = node;
  const space =
    receiver?.op === 'ident' && scope.get(receiver.name) === undefined ? receiver.name : undefined;
  if (space === 'format' && node.name !== 'named') {
    const format = namedFormat(node.name);
    if (!format) throw new CelError(`no such overload: format.${node.name}`);
    return format;
  }
  const isMethod = receiver !== undefined && (space === undefined || !functions.has(`${space}.${node.name}`));
  const name = receiver && !isMethod ? `${space}.${node.name}` : node.name;
  const args = [...(isMethod ? [receiver] : []), ...node.args].map((each) => evaluate(each, scope, cost));
  for (const candidate of functions.get(name) ?? []) {
    if (candidate.isMethod !== isMethod || candidate.args.length !== args.length) continue;
    if (candidate.args.every((wanted, index) => fits(wanted, args[index]!))) return candidate.run(cost, args);
  }
  throw new CelError(`no such overload: ${name}`);
}

function evaluateMap(node: Extract<Node, { op: 'map' }>, scope: Scope, cost: Cost): Value {
  cost.spend(30);
  const entries: (readonly [Value, Value])[] = [];
  for (const each of node.entries) {
    const key = evaluate(each.key, scope, cost);
    const value = evaluate(each.value, scope, cost);
    if (!each.optional) entries.push([key, value]);
    else if (value instanceof Optional && value.value !== undefined) entries.push([key, value.value]);
  }
  return Dict.of(entries);
}

/** `&&` and `||`: one side may go wrong where the other decides. */
function junction(
  node: Extract<Node, { op: 'and' | 'or' }>,
  scope: Scope,
  cost: Cost,
  decisive: boolean,
): boolean {
  let failure: CelError | undefined;
  for (const side of [node.left, node.right]) {
    try {
      if (truth(evaluate(side, scope, cost)) === decisive) return decisive;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return !decisive;
}

function evaluateLoop(node: Extract<Node, { op: 'loop' }>, scope: Scope, cost: Cost): Value {
  const over = evaluate(node.over, scope, cost);
  const { kind, names, filter, body } = node;
  if (kind === 'optMap' || kind === 'optFlatMap') {
    if (!(over instanceof Optional)) throw new CelError('no such overload');
    if (over.value === undefined) return over;
    const value = evaluate(body, new Scope(names[0]!, over.value, scope), cost);
    return kind === 'optMap' ? new Optional(value) : value;
  }
  const loop = { kind, items: [] as Value[], entries: [] as (readonly [Value, Value])[], count: 0 };
  let failure: CelError | undefined;
  for (const [first, second] of pairsOf(over)) {
    cost.spend(1);
    let inner = new Scope(names[0]!, names.length > 1 || over instanceof Dict ? first : second, scope);
    if (names.length > 1) inner = new Scope(names[1]!, second, inner);
    const run = (part: Node) => evaluate(part, inner, cost);
    try {
      if (filter && !truth(run(filter))) continue;
      const value = run(body);
      switch (kind) {
        case 'all':
          if (!truth(value)) return false;
          break;
        case 'exists':
          if (truth(value)) return true;
          break;
        case 'exists_one':
          if (truth(value)) loop.count++;
          break;
        case 'filter':
          if (truth(value)) loop.items.push(over instanceof Dict ? first : second);
          break;
        case 'transformMap':
          loop.entries.push([first, value]);
          break;
        case 'transformMapEntry':
          if (!(value instanceof Dict)) throw new CelError('no such overload');
          for (const key of value.keys()) loop.entries.push([key, value.get(key)!]);
          break;
        default:
          loop.items.push(value);
      }
    } catch (error) {
      // What one item got wrong another may decide, as with `&&` and `||`.
      if (!(error instanceof CelError) || (kind !== 'all' && kind !== 'exists')) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  if (kind === 'all') return true;
  if (kind === 'exists') return false;
  if (kind === 'exists_one') return loop.count === 1;
  return kind === 'transformMap' || kind === 'transformMapEntry'
    ? Dict.of(loop.entries)
    : List.of(loop.items);
}

function* pairsOf(over: Value): Generator<readonly [Value, Value]> {
  if (over instanceof Dict) for (const key of over.keys()) yield [key, over.get(key)!];
  else if (over instanceof List)
    for (let index = 0; index < over.size; index++) yield [BigInt(index), over.at(index)];
  else throw new CelError('no such overload');
}
