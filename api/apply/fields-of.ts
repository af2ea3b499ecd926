import { isPlainObject } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { FieldSetBuilder } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { itemElement, itemsByElement, ListItemError } from './list-items.ts';
import { resolve } from './merge-schema.ts';
import type { ListSchema, MapSchema, MergeSchema } from './merge-schema.ts';
import { elementText, fieldElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** Every leaf and every list item that an object names: what who applies it owns. */
export function fieldsOf(schema: MergeSchema, value: unknown): FieldSet {
  const builder = new FieldSetBuilder();
  collect(schema, value, [], builder);
  return builder.done();
}

function collect(schema: MergeSchema, value: unknown, path: PathElement[], builder: FieldSetBuilder): void {
  const shape = resolve(schema, value);
  switch (shape.shape) {
    case 'leaf':
      return builder.add(path);
    case 'map':
      if (shape.atomic) return builder.add(path);
      return isPlainObject(value) ? collectMap(shape, value, path, builder) : undefined;
    case 'list':
      if (shape.list === 'atomic') return builder.add(path);
      return Array.isArray(value) ? collectItems(shape, value, path, builder) : undefined;
  }
}

function collectMap(
  schema: MapSchema,
  map: PlainObject,
  path: PathElement[],
  builder: FieldSetBuilder,
): void {
  for (const [name, value] of Object.entries(map)) {
    if (value === undefined) continue;
    const named = schema.field?.(name);
    const inner = named ?? schema.values;
    if (!inner) continue;
    path.push(fieldElement(name));
    collect(inner, value, path, builder);
    if (!named || value === null || (isPlainObject(value) && Object.keys(value).length === 0))
      builder.add(path);
    path.pop();
  }
}

function collectItems(
  schema: ListSchema,
  items: readonly unknown[],
  path: PathElement[],
  builder: FieldSetBuilder,
): void {
  for (const [element, same] of itemsByElement(schema, items)) {
    path.push(element);
    if (same.length === 1) collect(schema.items, same[0], path, builder);
    builder.add(path);
    path.pop();
  }
}

/** An object's fields that do not fit their schema, in structured-merge-diff's words; at most this many are told. */
const misfitsMax = 20;
/** No object of ours is a quarter as deep; what is deeper would only be meant to exhaust the stack. */
export const appliedDepthMax = 128;

/**
 * What keeps a configuration from being applied: fields that the schema does not have, other types than it says, items that cannot be
 * told apart or are there twice. Empty where nothing does.
 */
export function misfits(schema: MergeSchema, value: unknown): string[] {
  const found: string[] = [];
  check(schema, value, [], found);
  return found.slice(0, misfitsMax);
}

function check(schema: MergeSchema, value: unknown, path: PathElement[], found: string[]): void {
  const say = (text: string) =>
    void found.push(`${path.map(elementText).join('')}${path.length > 0 ? ': ' : ''}${text}`);
  if (found.length >= misfitsMax || value === null || value === undefined) return;
  if (path.length > appliedDepthMax) return say(`may be nested ${appliedDepthMax} levels deep`);
  const shape = resolve(schema, value);
  switch (shape.shape) {
    case 'leaf': {
      const problem = scalarProblem(shape.scalar, value);
      return problem === undefined ? undefined : say(problem);
    }
    case 'map':
      if (!isPlainObject(value)) return say(`expected map, got &{${goText(value)}}`);
      return checkMap(shape, value, path, found);
    case 'list':
      if (!Array.isArray(value)) return say(`expected list, got &{${goText(value)}}`);
      return checkItems(shape, value, path, found);
  }
}

function checkMap(schema: MapSchema, map: PlainObject, path: PathElement[], found: string[]): void {
  for (const [name, value] of Object.entries(map)) {
    const inner = schema.field?.(name) ?? schema.values;
    path.push(fieldElement(name));
    if (inner) check(inner, value, path, found);
    else found.push(`${path.map(elementText).join('')}: field not declared in schema`);
    path.pop();
    if (!inner) return;
  }
}

function checkItems(
  schema: ListSchema,
  items: readonly unknown[],
  path: PathElement[],
  found: string[],
): void {
  const seen = new Set<PathElement>();
  const at = path.map(elementText).join('');
  for (const [index, item] of items.entries()) {
    let element: PathElement = `i:${index}`;
    if (schema.list !== 'atomic') {
      try {
        element = itemElement(schema, item);
      } catch (error) {
        if (!(error instanceof ListItemError)) throw error;
        found.push(`${at}: element ${index}: ${error.message}`);
        return;
      }
      if (seen.has(element)) found.push(`${at}: duplicate entries for key ${elementText(element)}`);
      seen.add(element);
    }
    path.push(element);
    check(schema.items, item, path, found);
    path.pop();
  }
}

function scalarProblem(scalar: 'string' | 'number' | 'boolean' | 'any', value: unknown): string | undefined {
  switch (scalar) {
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goText(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'any':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
  }
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** A message repeats at most so much of a value. */
const goTextCharactersMax = 200;

/** As Go prints a value: `map[a:1 b:[x y]]`. */
export function goText(value: unknown, max = goTextCharactersMax): string {
  const text = printed(value, 0);
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

function printed(value: unknown, depth: number): string {
  if (value === null || value === undefined) return '<nil>';
  if (depth > appliedDepthMax) return '…';
  if (Array.isArray(value)) return `[${value.map((each) => printed(each, depth + 1)).join(' ')}]`;
  if (isPlainObject(value))
    return `map[${Object.keys(value)
      .toSorted()
      .map((key) => `${key}:${printed(value[key], depth + 1)}`)
      .join(' ')}]`;
  return String(value);
}
