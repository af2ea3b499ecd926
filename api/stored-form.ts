import type { Kind } from './kinds.ts';
import { isPlainObject } from './plain-objects.ts';
import type { PlainObject } from './plain-objects.ts';
import { fieldSchema } from './schema/load.ts';
import { plainBooleans } from './schema/plain-booleans.ts';
import type { FieldSchema } from './schema/schema.ts';

/**
 * The object as Kubernetes would have stored it once it was judged: empty lists and maps, and what is false without saying more than its
 * absence, are gone (Go's `omitempty`). The same object where there is nothing of that. Of a custom resource only the metadata is so.
 */
export function storedForm<T extends object>(kind: Kind, object: T): T {
  return (
    kind.type === undefined ? customIn(object as PlainObject) : objectIn(kind.type, object as PlainObject)
  ) as T;
}

function customIn(object: PlainObject): PlainObject {
  const { metadata } = object;
  const kept = isPlainObject(metadata) ? objectIn('ObjectMeta', metadata) : metadata;
  return kept === metadata ? object : { ...object, metadata: kept };
}

function objectIn(type: string, object: PlainObject): PlainObject {
  let result: PlainObject | undefined;
  for (const field of Object.keys(object)) {
    const value = object[field];
    const schema = fieldSchema(type, field);
    if (!schema || field === 'managedFields') continue;
    const kept = valueIn(schema, value);
    if (kept === value && !isLeftOut(field, schema, kept)) continue;
    result ??= { ...object };
    if (isLeftOut(field, schema, kept)) delete result[field];
    else result[field] = kept;
  }
  return result ?? object;
}

function valueIn(schema: FieldSchema, value: unknown): unknown {
  if (schema.type === 'object') return isPlainObject(value) ? objectIn(schema.of, value) : value;
  if (schema.type !== 'array' || schema.items.type !== 'object' || !Array.isArray(value)) return value;
  const { of } = schema.items;
  let isSame = true;
  const items = value.map((item: unknown) => {
    const kept = isPlainObject(item) ? objectIn(of, item) : item;
    if (kept !== item) isSame = false;
    return kept;
  });
  return isSame ? value : items;
}

function isLeftOut(field: string, { type, required }: FieldSchema, value: unknown): boolean {
  if (required) return false;
  if (type === 'boolean') return value === false && plainBooleans.has(field);
  if (type === 'array') return Array.isArray(value) && value.length === 0;
  return type === 'map' && isPlainObject(value) && Object.keys(value).length === 0;
}
