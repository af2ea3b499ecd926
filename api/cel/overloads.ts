import { dyn, listOf, mapOf, optionalOf, plain, typeText } from './types.ts';
import type { Type } from './types.ts';
import { Cidr, Ip } from './addresses.ts';
import type { Cost } from './run.ts';
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

/** One way to call a function: of what, with what, and what comes of it. */
export interface Overload {
  /** Whether the first argument stands before the name: `text.startsWith('a')`. */
  isMethod: boolean;
  args: readonly Type[];
  result: Type;
  run(cost: Cost, args: readonly Value[]): Value;
}

/** Reads `string.contains(string): bool`, `size(list<A>): int`. */
export function overload(
  signature: string,
  run: (args: never, cost: Cost) => Value,
): { name: string; overload: Overload } {
  const match = /^(?:(.+?)\.)?([@\w!+\-*/%<>=]+)\((.*)\): (.+)$/.exec(signature);
  if (!match) throw new Error(`no signature: ${signature}`);
  const [, receiver, name, list, result] = match;
  const args = splitTypes(list!).map(readType);
  return {
    name: name!,
    overload: {
      isMethod: receiver !== undefined,
      args: receiver === undefined ? args : [readType(receiver), ...args],
      result: readType(result!),
      run: (cost, values) => run(values as never, cost),
    },
  };
}

function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '<') depth++;
    else if (text[at] === '>') depth--;
    else if (at === text.length || (text[at] === ',' && depth === 0)) {
      if (at > from) parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return parts;
}

function readType(text: string): Type {
  const generic = /^(list|map|optional)<(.+)>$/.exec(text);
  if (generic) {
    const inner = splitTypes(generic[2]!).map(readType);
    if (generic[1] === 'list') return listOf(inner[0]!);
    return generic[1] === 'map' ? mapOf(inner[0]!, inner[1]!) : optionalOf(inner[0]!);
  }
  if (/^[A-Z]$/.test(text)) return { is: 'param', name: text };
  return text === 'dyn' ? dyn : plain(text as never);
}

type Bindings = Map<string, Type>;

/** Whether a value of type `actual` may stand where `wanted` does; what the names in `wanted` stand for is kept in `bindings`. */
export function agrees(wanted: Type, actual: Type, bindings: Bindings): boolean {
  if (wanted.is === 'param') {
    const known = bindings.get(wanted.name);
    if (known && !isOpen(known)) return agrees(known, actual, bindings);
    bindings.set(wanted.name, actual);
    return true;
  }
  if (wanted.is === 'dyn' || actual.is === 'dyn' || actual.is === 'param') return true;
  if (wanted.is === 'null' && canBeNull(actual)) return true;
  if (actual.is === 'null' && canBeNull(wanted)) return true;
  if (wanted.is === 'list') return actual.is === 'list' && agrees(wanted.of, actual.of, bindings);
  if (wanted.is === 'optional') return actual.is === 'optional' && agrees(wanted.of, actual.of, bindings);
  if (wanted.is === 'map') {
    if (actual.is === 'object') return false;
    return (
      actual.is === 'map' &&
      agrees(wanted.key, actual.key, bindings) &&
      agrees(wanted.of, actual.of, bindings)
    );
  }
  if (wanted.is === 'object') return actual.is === 'object' && wanted.schema === actual.schema;
  return wanted.is === actual.is;
}

const isOpen = (type: Type) => type.is === 'dyn' || type.is === 'param' || type.is === 'null';
const canBeNull = ({ is }: Type) =>
  ['object', 'duration', 'timestamp', 'null', 'url', 'ip', 'cidr', 'quantity'].includes(is);

/** A type with the names in it replaced by what they stand for. */
export function bound(type: Type, bindings: Bindings): Type {
  switch (type.is) {
    case 'param':
      return bindings.get(type.name) ?? dyn;
    case 'list':
      return listOf(bound(type.of, bindings));
    case 'optional':
      return optionalOf(bound(type.of, bindings));
    case 'map':
      return mapOf(bound(type.key, bindings), bound(type.of, bindings));
    default:
      return type;
  }
}

/** Whether a value is what a parameter wants, by what it turned out to be. */
export function fits(wanted: Type, value: Value): boolean {
  switch (wanted.is) {
    case 'dyn':
    case 'param':
      return true;
    case 'object':
    case 'map':
      return value instanceof Dict;
    default:
      return kindOf(value) === wanted.is;
  }
}

export function kindOf(value: Value): Type['is'] {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    default:
  }
  if (value === null) return 'null';
  for (const [made, is] of classes) if (value instanceof made) return is;
  return 'bytes';
}

const classes: readonly (readonly [abstract new (...args: never[]) => object, Type['is']])[] = [
  [List, 'list'],
  [Dict, 'map'],
  [Optional, 'optional'],
  [Uint, 'uint'],
  [Duration, 'duration'],
  [Timestamp, 'timestamp'],
  [TypeValue, 'type'],
  [UrlValue, 'url'],
  [Ip, 'ip'],
  [Cidr, 'cidr'],
  [QuantityValue, 'quantity'],
  [Format, 'format'],
];

export const shown = (args: readonly Type[]): string => args.map(typeText).join(', ');
