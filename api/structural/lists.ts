import { duplicate, invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { isPlainObject } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { shownValue } from './go-syntax.ts';
import { listMapKey } from './list-keys.ts';
import { itemsOf, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** What stands twice in a list that is a set, or a map by keys. */
export function validateLists(value: unknown, schema: Schema | undefined, path = ''): FieldError[] {
  if (!schema) return [];
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return [
      ...repeated(value, schema, path),
      ...(items
        ? value.flatMap((item: unknown, index) => validateLists(item, items, `${path}[${index}]`))
        : []),
    ];
  }
  if (!isPlainObject(value)) return [];
  const values = valuesOf(schema);
  return Object.entries(value).flatMap(([key, item]) => {
    const property = propertyOf(schema, key);
    if (property) return validateLists(item, property, path ? `${path}.${key}` : key);
    return values && values !== true ? validateLists(item, values, `${path}[${key}]`) : [];
  });
}

function repeated(list: unknown[], schema: Schema, path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return [];
  if (type === 'map') {
    const wrong = list.findIndex((item) => item !== null && !isPlainObject(item));
    if (wrong >= 0)
      return [
        invalidValue(`${path}[${wrong}]`, list[wrong], 'must be an object for an array of list-type map'),
      ];
  }
  const seen = new Map<string, number>();
  const errors: FieldError[] = [];
  for (const [index, item] of list.entries()) {
    const key = type === 'set' ? canonical(item) : listMapKey(schema, item);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (times === 2)
      errors.push(duplicate(`${path}[${index}]`, shownValue(type === 'set' ? item : keysOf(schema, item))));
  }
  return errors;
}

function keysOf(schema: Schema, item: unknown): PlainObject {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return Object.fromEntries(
    keys.flatMap((key) => (isPlainObject(item) && Object.hasOwn(item, key) ? [[key, item[key]]] : [])),
  );
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
