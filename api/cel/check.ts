import { CelProblem } from './ast.ts';
import type { Literal, Node } from './ast.ts';
import { functions } from './functions.ts';
import { patternOf } from '../structural/pattern.ts';
import { parseDuration, parseTimestamp } from './times.ts';
import { agrees, bound, shown } from './overloads.ts';
import { dyn, fieldOf, listOf, mapOf, optionalOf, plain, typeText } from './types.ts';
import type { Type } from './types.ts';

export type Scope = ReadonlyMap<string, Type>;

/** Names that stand before functions, and are no variables. */
const namespaces = new Set(['sets', 'optional', 'ip', 'format', 'strings']);
const types = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
]);

/** The type of a rule, and of each part that a call chooses by. @throws CelProblem */
export function check(node: Node, scope: Scope): Type {
  switch (node.op) {
    case 'const':
      return typeOfLiteral(node.value);
    case 'ident': {
      const found = scope.get(node.name);
      if (found) return found;
      if (types.has(node.name)) return plain('type');
      throw undeclared(node.at, node.name);
    }
    case 'select':
      return checkSelect(node, scope);
    case 'has': {
      checkField(node.of, node.field, node.at, scope);
      return plain('bool');
    }
    case 'index':
      return checkIndex(node, scope);
    case 'call':
      return checkCall(node, scope);
    case 'list':
      return listOf(alike(node.items, scope));
    case 'map':
      return mapOf(
        alike(
          node.entries.map(({ key }) => ({ value: key, optional: false })),
          scope,
        ),
        alike(node.entries, scope),
      );
    case 'and':
    case 'or':
      expectBool(node.left, scope, node.op === 'and' ? '_&&_' : '_||_', node.at);
      expectBool(node.right, scope, node.op === 'and' ? '_&&_' : '_||_', node.at);
      return plain('bool');
    case 'cond': {
      expectBool(node.test, scope, '_?_:_', node.at);
      const [yes, no] = [check(node.yes, scope), check(node.no, scope)];
      const both = common(yes, no);
      if (!both)
        throw new CelProblem(
          node.at,
          `found no matching overload for '_?_:_' applied to '(${shown([plain('bool'), yes, no])})'`,
        );
      return both;
    }
    case 'loop':
      return checkLoop(node, scope);
  }
}

function typeOfLiteral(value: Literal): Type {
  if (value === null) return plain('null');
  switch (typeof value) {
    case 'bigint':
      return plain('int');
    case 'number':
      return plain('double');
    case 'string':
      return plain('string');
    case 'boolean':
      return plain('bool');
    default:
      return plain(value instanceof Uint8Array ? 'bytes' : 'uint');
  }
}

const undeclared = (at: number, name: string) =>
  new CelProblem(at, `undeclared reference to '${name}' (in container '')`);

function inner(type: Type, optional: boolean, at: number): Type {
  if (!optional || type.is === 'dyn') return type;
  if (type.is !== 'optional')
    throw new CelProblem(at, `expected type 'optional_type' but found '${typeText(type)}'`);
  return type.of;
}

const loose = (items: readonly { value: Node }[], scope: Scope): Type =>
  joined(
    items.map(({ value }) => (value.op === 'list' ? listOf(loose(value.items, scope)) : check(value, scope))),
  );

/** The type of a list that stands in a rule that was checked: what a text is formatted with may differ in type. */
export const typeOfList = (items: readonly { value: Node }[], scope: Scope): Type =>
  listOf(loose(items, scope));

/** The type of all items of a literal: Kubernetes lets them not differ. */
function alike(items: readonly { value: Node; optional: boolean }[], scope: Scope): Type {
  let all: Type | undefined;
  for (const { value, optional } of items) {
    const type = inner(check(value, scope), optional, value.at);
    const both = all ? common(all, type) : type;
    if (!both)
      throw new CelProblem(value.at, `expected type '${typeText(all!)}' but found '${typeText(type)}'`);
    all = both;
  }
  return all ?? dyn;
}

function joined(all: readonly Type[]): Type {
  const [first, ...rest] = all;
  if (!first) return dyn;
  return rest.reduce<Type>((type, next) => common(type, next) ?? dyn, first);
}

/** The type that both are; undefined where they differ. */
function common(a: Type, b: Type): Type | undefined {
  if (a.is === 'dyn' || b.is === 'dyn') return dyn;
  if (!agrees(a, b, new Map())) return undefined;
  // Of an empty list and a full one, the full one knows more.
  return a.is === 'null' || (a.is === 'list' && a.of.is === 'dyn') ? b : a;
}

function expectBool(node: Node, scope: Scope, name: string, at: number): void {
  const type = check(node, scope);
  if (type.is !== 'bool' && type.is !== 'dyn')
    throw new CelProblem(
      name === '_?_:_' ? at : node.at,
      `expected type 'bool' but found '${typeText(type)}'`,
    );
}

function checkSelect(node: Extract<Node, { op: 'select' }>, scope: Scope): Type {
  const type = checkField(node.of, node.field, node.at, scope, node.optional);
  return node.optional && type.is !== 'optional' ? optionalOf(type) : type;
}

function checkField(of: Node, field: string, at: number, scope: Scope, isOptional = false): Type {
  const type = check(of, scope);
  const target = type.is === 'optional' ? type.of : type;
  const found = fieldType(target, field);
  if (!found)
    throw new CelProblem(
      at,
      target.is === 'object'
        ? `undefined field '${field}'`
        : `type '${typeText(target)}' does not support field selection`,
    );
  return type.is === 'optional' || isOptional ? optionalOf(found) : found;
}

function fieldType(target: Type, field: string): Type | undefined {
  switch (target.is) {
    case 'object':
      return fieldOf(target, field)?.type;
    case 'map':
      return target.of;
    case 'dyn':
      return dyn;
    default:
      return undefined;
  }
}

function checkIndex(node: Extract<Node, { op: 'index' }>, scope: Scope): Type {
  const type = check(node.of, scope);
  const index = check(node.index, scope);
  const target = type.is === 'optional' ? type.of : type;
  const found = indexed(target, index);
  if (!found)
    throw new CelProblem(
      node.at,
      `found no matching overload for '_[_]' applied to '(${shown([target, index])})'`,
    );
  return node.optional || type.is === 'optional' ? optionalOf(found) : found;
}

function indexed(target: Type, index: Type): Type | undefined {
  if (target.is === 'dyn') return dyn;
  if (target.is === 'list')
    return ['int', 'dyn', 'uint', 'double'].includes(index.is) ? target.of : undefined;
  if (target.is === 'map') return agrees(target.key, index, new Map()) ? target.of : undefined;
  return undefined;
}

function checkCall(node: Extract<Node, { op: 'call' }>, scope: Scope): Type {
  const { receiver, at } = node;
  const space =
    receiver?.op === 'ident' && !scope.has(receiver.name) && namespaces.has(receiver.name)
      ? receiver.name
      : undefined;
  const name = space && !(space === 'format' && receiver) ? `${space}.${node.name}` : node.name;
  // `format.dns1123Label()` names a format.
  if (space === 'format' && node.name !== 'named' && node.args.length === 0) return plain('format');
  const full = space === 'format' ? `format.${node.name}` : name;
  const isMethod = receiver !== undefined && space === undefined;
  const candidates = functions.get(full)?.filter((each) => each.isMethod === isMethod);
  if (!candidates || candidates.length === 0) throw undeclared(at, full);
  const args = [...(isMethod ? [receiver] : []), ...node.args].map((each) =>
    // What is formatted may be of any types together.
    node.name === 'format' && each.op === 'list' ? listOf(loose(each.items, scope)) : check(each, scope),
  );
  checkLiterals(node);
  const results: Type[] = [];
  for (const candidate of candidates) {
    const bindings = new Map<string, Type>();
    if (candidate.args.length !== args.length) continue;
    if (candidate.args.every((wanted, index) => agrees(wanted, args[index]!, bindings)))
      results.push(bound(candidate.result, bindings));
  }
  if (results.length === 0) {
    const text = isMethod ? `${typeText(args[0]!)}.(${shown(args.slice(1))})` : `(${shown(args)})`;
    throw new CelProblem(at, `found no matching overload for '${full}' applied to '${text}'`);
  }
  return joined(results);
}

/** What can be seen to go wrong before it runs: a pattern, a duration or a time that is written out, and is none. */
function checkLiterals({ name, args }: Extract<Node, { op: 'call' }>): void {
  const last = args.at(-1);
  if (last?.op !== 'const' || typeof last.value !== 'string') return;
  const text = last.value;
  const isWrong =
    (name === 'matches' && !isPattern(text)) ||
    (name === 'duration' && parseDuration(text) === undefined) ||
    (name === 'timestamp' && parseTimestamp(text) === undefined);
  if (isWrong) throw new CelProblem(last.at, `invalid ${name} argument`);
}

function isPattern(text: string): boolean {
  try {
    patternOf(text);
    return true;
  } catch {
    return false;
  }
}

function checkLoop(node: Extract<Node, { op: 'loop' }>, scope: Scope): Type {
  const over = check(node.over, scope);
  const isOptional = node.kind === 'optMap' || node.kind === 'optFlatMap';
  const variables = new Map(scope);
  if (isOptional) {
    if (over.is !== 'optional' && over.is !== 'dyn')
      throw new CelProblem(
        node.at,
        `found no matching overload for '${node.kind}' applied to '${typeText(over)}.(…)'`,
      );
    variables.set(node.names[0]!, over.is === 'optional' ? over.of : dyn);
  } else {
    const [first, second] = elements(over, node.at);
    if (node.names.length === 1) variables.set(node.names[0]!, over.is === 'map' ? first : second);
    else {
      variables.set(node.names[0]!, first);
      variables.set(node.names[1]!, second);
    }
  }
  if (node.filter) expectBool(node.filter, variables, node.kind, node.at);
  const body = check(node.body, variables);
  if (
    ['all', 'exists', 'exists_one', 'filter'].includes(node.kind) &&
    body.is !== 'bool' &&
    body.is !== 'dyn'
  )
    throw new CelProblem(node.body.at, `expected type 'bool' but found '${typeText(body)}'`);
  switch (node.kind) {
    case 'map':
    case 'transformList':
      return listOf(body);
    case 'filter':
      return over.is === 'list' ? over : listOf(elements(over, node.at)[0]);
    case 'transformMap':
      return mapOf(elements(over, node.at)[0], body);
    case 'transformMapEntry':
      return body.is === 'map' ? body : dyn;
    case 'optMap':
      return optionalOf(body);
    case 'optFlatMap':
      return body;
    default:
      return plain('bool');
  }
}

/** What a loop goes over: places and items of a list, keys and values of a map. */
function elements(over: Type, at: number): readonly [Type, Type] {
  if (over.is === 'list') return [plain('int'), over.of];
  if (over.is === 'map') return [over.key, over.of];
  if (over.is === 'dyn') return [dyn, dyn];
  throw new CelProblem(
    at,
    `expression of type '${typeText(over)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
  );
}
