import type { Literal, Node } from './ast.ts';
import { check, typeOfList } from './check.ts';
import type { Scope } from './check.ts';
import { elementsMax } from './declared-sizes.ts';
import { callCost } from './estimate-calls.ts';
import { either, fixed, product, sum, unknownRange } from './range.ts';
import type { Range } from './range.ts';
import { fieldOf } from './types.ts';
import type { Type } from './types.ts';
import { itemsOf, valuesOf } from '../structural/schema.ts';
import type { Schema } from '../structural/schema.ts';

/** A part of a rule: what it costs, and how large its value may be. */
export interface Estimate {
  cost: Range;
  type: Type;
  size: Range | undefined;
  /** Of a list or map that the rule makes up itself: how large its items, or keys and values, may be. */
  entry?: Entry | undefined;
  /** Where the value stands in the object. */
  place?: Place | undefined;
}

/** A place in the object; without a schema where none says how large it gets. */
export interface Place {
  schema: Schema | undefined;
}

export interface Entry {
  key: Range;
  value: Range;
}

/** How a variable of a rule begins. */
export interface Variable {
  place?: Place | undefined;
  size?: Range | undefined;
  entry?: Entry | undefined;
}

const once = fixed(1);
const nothing = fixed(0);
/** What cel-go reckons for making a list, or a map. */
const listMade = fixed(10);
const mapMade = fixed(30);
/** Whose size is known before they run. */
const scalars = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);
/** The keys of a map say nothing of how long they are. */
const keySchema: Schema = { type: 'string', maxLength: 0 };

/**
 * What a rule costs at most, as Kubernetes reckons before it takes a definition: by what the schema says of how large things get.
 *
 * Source: github.com/google/cel-go/checker/cost.go
 */
export function estimateCost(node: Node, self: Type, schema: Schema, isOldSelfOptional = false): number {
  const scope: Scope = new Map<string, Type>([
    ['self', self],
    ['oldSelf', isOldSelfOptional ? { is: 'optional', of: self } : self],
  ]);
  const variables = new Map<string, Variable>([
    ['self', { place: { schema } }],
    ['oldSelf', { place: { schema } }],
  ]);
  return new Estimator(schema, scope, variables).of(node).cost.max;
}

class Estimator {
  readonly #root: Place;
  readonly #scope: Scope;
  readonly #variables: ReadonlyMap<string, Variable>;

  constructor(root: Schema | undefined, scope: Scope, variables: ReadonlyMap<string, Variable>) {
    this.#root = { schema: root };
    this.#scope = scope;
    this.#variables = variables;
  }

  of(node: Node): Estimate {
    const type = node.op === 'list' ? typeOfList(node.items, this.#scope) : check(node, this.#scope);
    const made = this.#part(node, type);
    const schema = made.place?.schema;
    const declared = schema && { min: 0, max: elementsMax(schema) };
    return { ...made, type, size: made.size ?? declared ?? this.#sizeOfType(node, type) };
  }

  #sizeOfType(node: Node, type: Type): Range | undefined {
    if (isScalar(type)) return once;
    return node.op === 'ident' ? this.#variables.get(node.name)?.size : undefined;
  }

  #part(node: Node, type: Type): Omit<Estimate, 'type'> {
    switch (node.op) {
      case 'const':
        return { cost: nothing, size: sizeOfLiteral(node.value) };
      case 'ident': {
        const { place, entry } = this.#variables.get(node.name) ?? { place: this.#root };
        return { cost: once, size: undefined, place, entry };
      }
      case 'select':
        return this.#select(node);
      case 'has':
        // Kubernetes reckons nothing for the question itself.
        return { cost: this.of(node.of).cost, size: undefined };
      case 'index':
        return this.#index(node);
      case 'and':
      case 'or': {
        const [left, right] = [this.of(node.left).cost, this.of(node.right).cost];
        return { cost: { min: left.min, max: left.max + right.max }, size: undefined };
      }
      case 'cond':
        return chosen(this.of(node.test).cost, this.of(node.yes), this.of(node.no));
      case 'list':
        return this.#list(node.items.map(({ value }) => value));
      case 'map':
        return this.#map(node.entries);
      case 'call':
        return this.#call(node);
      case 'loop':
        return this.#loop(node, type);
    }
  }

  #select(node: Extract<Node, { op: 'select' }>): Omit<Estimate, 'type'> {
    const of = this.of(node.of);
    // `a.?b` is a call of two arguments, whose value stands nowhere.
    if (node.optional || of.type.is === 'optional') return { cost: sum(of.cost, once), size: undefined };
    const isLooked = of.type.is === 'map' || of.type.is === 'object' || of.type.is === 'param';
    const { type } = of;
    const place = this.#inner(of, () =>
      type.is === 'object' ? fieldOf(type, node.field)?.schema : undefined,
    );
    return { cost: isLooked ? sum(of.cost, once) : of.cost, size: undefined, place };
  }

  #index(node: Extract<Node, { op: 'index' }>): Omit<Estimate, 'type'> {
    const [of, index] = [this.of(node.of), this.of(node.index)];
    const cost = sum(of.cost, index.cost, once);
    if (node.optional || of.type.is === 'optional') return { cost, size: undefined };
    return {
      cost,
      size: of.entry?.value,
      place: this.#inner(of, of.type.is === 'list' ? itemsOf : mapValuesOf),
    };
  }

  /** A place within another. What a rule has made itself stands nowhere: what is within that, cel-go takes for the root. */
  #inner({ place }: Estimate, within: (schema: Schema) => Schema | undefined): Place {
    return place ? { schema: place.schema && within(place.schema) } : this.#root;
  }

  #list(items: readonly Node[]): Omit<Estimate, 'type'> {
    const all = items.map((each) => this.of(each));
    const value = all.length === 0 ? nothing : unionOf(all);
    return {
      cost: sum(listMade, ...all.map(({ cost }) => cost)),
      size: fixed(items.length),
      entry: { key: once, value },
    };
  }

  #map(entries: readonly { key: Node; value: Node }[]): Omit<Estimate, 'type'> {
    const keys = entries.map(({ key }) => this.of(key));
    const values = entries.map(({ value }) => this.of(value));
    return {
      cost: sum(mapMade, ...[...keys, ...values].map(({ cost }) => cost)),
      size: fixed(entries.length),
      entry:
        entries.length === 0
          ? { key: nothing, value: nothing }
          : { key: unionOf(keys), value: unionOf(values) },
    };
  }

  #call(node: Extract<Node, { op: 'call' }>): Omit<Estimate, 'type'> {
    const args = node.args.map((each) => this.of(each));
    const isSpace = node.receiver?.op === 'ident' && !this.#scope.has(node.receiver.name);
    const target = node.receiver && !isSpace ? this.of(node.receiver) : undefined;
    const name = isSpace ? `${(node.receiver as { name: string }).name}.${node.name}` : node.name;
    if (name === 'dyn') return { cost: sum(once, args[0]!.cost), size: args[0]!.size, entry: args[0]!.entry };
    const { cost, size, entry } = callCost(name, target, args, node.args);
    return { cost: sum(cost, ...args.map((each) => each.cost), target?.cost ?? nothing), size, entry };
  }

  /** A macro as what cel-go makes of it: a start, and for each element a question whether to go on, and a step. */
  #loop(node: Extract<Node, { op: 'loop' }>, type: Type): Omit<Estimate, 'type'> {
    const over = this.of(node.over);
    if (node.kind === 'optMap' || node.kind === 'optFlatMap') return this.#optional(node, over);
    const inner = this.#within(node, over);
    const body = inner.of(node.body);
    const filter = node.filter && inner.of(node.filter);
    const count = over.size ?? unknownRange;
    const each = (ask: number, step: Range) => product(count, sum(step, fixed(ask)));
    const kept = (step: Range) => (filter ? sum(filter.cost, either(step, once)) : step);
    // The result is read once at the end.
    const all = (start: Range, ...rest: Range[]) => sum(over.cost, start, once, ...rest);
    const listed = (step: Range, item: Range) => ({
      cost: all(listMade, each(0, step)),
      size: count,
      entry: { key: once, value: either(nothing, item) },
    });
    const bodySize = body.size ?? unknownRange;
    switch (node.kind) {
      case 'all':
        return { cost: all(nothing, each(2, sum(once, body.cost))), size: once };
      case 'exists':
        return { cost: all(nothing, each(3, sum(once, body.cost))), size: once };
      case 'exists_one':
        return { cost: all(nothing, once, each(0, sum(body.cost, either(fixed(2), once)))), size: once };
      case 'map':
      case 'transformList':
        return listed(kept(sum(once, once, listMade, body.cost)), bodySize);
      case 'filter': {
        const item = inner.variable(node.names[0]!);
        return listed(sum(body.cost, either(sum(once, once, listMade, once), once)), item);
      }
      default: {
        const step = kept(sum(once, once, body.cost, node.kind === 'transformMap' ? once : nothing));
        return { cost: all(mapMade, each(0, step)), size: type.is === 'map' ? count : undefined };
      }
    }
  }

  #optional(node: Extract<Node, { op: 'loop' }>, over: Estimate): Omit<Estimate, 'type'> {
    const body = this.#within(node, over).of(node.body);
    const value = sum(over.cost, once);
    const bound = sum(listMade, value, body.cost);
    const yes = node.kind === 'optMap' ? sum(bound, once) : bound;
    return { cost: sum(value, either(yes, once)), size: undefined };
  }

  #within(node: Extract<Node, { op: 'loop' }>, over: Estimate): Estimator {
    const variables = new Map(this.#variables);
    const scope = new Map(this.#scope);
    const isOptional = node.kind === 'optMap' || node.kind === 'optFlatMap';
    const isList = over.type.is === 'list';
    const key: Variable = {
      size: over.entry?.key,
      place: this.#inner(over, () => (isList ? undefined : keySchema)),
    };
    const value: Variable = {
      size: over.entry?.value,
      place: this.#inner(over, isList ? itemsOf : mapValuesOf),
    };
    const { is } = over.type;
    const ofKey: Type = is === 'map' ? over.type.key : { is: is === 'list' ? 'int' : 'dyn' };
    const ofValue: Type = is === 'map' || is === 'list' || is === 'optional' ? over.type.of : { is: 'dyn' };
    const [first, second] = node.names;
    const isOne = second === undefined;
    const firstIsValue = isOptional || (isOne && isList);
    variables.set(first!, isOptional ? {} : firstIsValue ? value : key);
    scope.set(first!, firstIsValue || (isOne && is === 'dyn') ? ofValue : ofKey);
    if (!isOne) {
      variables.set(second, value);
      scope.set(second, ofValue);
    }
    return new Estimator(this.#root.schema, scope, variables);
  }

  variable(name: string): Range {
    return this.of({ op: 'ident', at: 0, name }).size ?? unknownRange;
  }
}

function chosen(test: Range, yes: Estimate, no: Estimate): Omit<Estimate, 'type'> {
  const entry =
    yes.entry && no.entry
      ? { key: either(yes.entry.key, no.entry.key), value: either(yes.entry.value, no.entry.value) }
      : undefined;
  return {
    cost: sum(test, either(yes.cost, no.cost)),
    size: either(yes.size ?? unknownRange, no.size ?? unknownRange),
    entry,
  };
}

const unionOf = (all: readonly Estimate[]): Range =>
  all.map(({ size }) => size ?? unknownRange).reduce((one, next) => either(one, next));

function mapValuesOf(schema: Schema): Schema | undefined {
  const values = valuesOf(schema);
  return values === true ? undefined : values;
}

function isScalar(type: Type): boolean {
  return type.is === 'optional' ? isScalar(type.of) : scalars.has(type.is);
}

function sizeOfLiteral(value: Literal): Range {
  if (typeof value === 'string') return fixed([...value].length);
  return fixed(value instanceof Uint8Array ? value.length : 1);
}
