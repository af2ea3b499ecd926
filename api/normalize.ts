import type { Kind } from './kinds.ts';
import { isPlainObject, setOwn } from './plain-objects.ts';
import type { PlainObject } from './plain-objects.ts';
import { canonicalQuantity, quantityProblem } from './quantity.ts';
import { fieldSchemaOf } from './schema/load.ts';
import type { FieldSchema } from './schema/schema.ts';

/**
 * A copy of the object as Kubernetes would have stored it: `null` fields are gone, quantities are canonical text
 * (`0.5` becomes `500m`). What does not fit the schema is left out, so that what comes after may rely on the types; ask
 * `decodeStrict` first for what that is.
 */
export function normalize<T extends object>(kind: Kind | string, object: T): T {
  const type = typeof kind === 'string' ? kind : kind.type;
  return (type === undefined ? customOf(object as PlainObject) : objectOf(type, object as PlainObject)) as T;
}

/** Of a custom resource only the metadata has a form that kith knows; a `null` of the rest may be meant. */
function customOf(object: PlainObject): PlainObject {
  const { metadata } = object;
  return isPlainObject(metadata) ? { ...object, metadata: objectOf('ObjectMeta', metadata) } : { ...object };
}

function objectOf(type: string, object: PlainObject): PlainObject {
  const result: PlainObject = {};
  for (const [field, value] of Object.entries(object)) {
    const schema = fieldSchemaOf(type, field, value);
    const kept = schema && valueOf(schema, value);
    if (kept !== undefined) setOwn(result, field, kept);
  }
  return result;
}

/** The value in its stored form; undefined where it does not fit. */
function valueOf(schema: FieldSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  switch (schema.type) {
    case 'any':
      return value;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'intOrString':
      return typeof value === 'number' || typeof value === 'string' ? value : undefined;
    case 'quantity':
      return quantityProblem(value) === undefined ? canonicalQuantity(value as string | number) : undefined;
    case 'array':
      if (!Array.isArray(value)) return undefined;
      return value.map((item) => valueOf(schema.items, item)).filter((item) => item !== undefined);
    case 'map':
      return isPlainObject(value) ? mapOf(schema.values, value) : undefined;
    case 'object':
      return isPlainObject(value) ? objectOf(schema.of, value) : undefined;
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

/** A key without a value is kept as an empty text, as Go's decoder has it. */
function mapOf(schema: FieldSchema, map: PlainObject): PlainObject {
  const result: PlainObject = {};
  for (const [key, value] of Object.entries(map)) {
    const empty = value === null && (schema.type === 'string' || schema.type === 'bytes');
    const kept = empty ? '' : valueOf(schema, value);
    if (kept !== undefined) setOwn(result, key, kept);
  }
  return result;
}
