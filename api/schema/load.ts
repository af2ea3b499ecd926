import data from './kubernetes.json' with { type: 'json' };
import mergingData from './merging.json' with { type: 'json' };
import { isPlainObject } from '../plain-objects.ts';
import type { FieldMerging, FieldSchema, TypeMerging, TypeSchema } from './schema.ts';

/** What every custom resource has beside the fields of its own schema. */
const CustomResource: TypeSchema = {
  fields: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object', of: 'ObjectMeta' },
  },
};
const types = { ...data, CustomResource } as unknown as Record<string, TypeSchema>;
const merging = mergingData as unknown as Record<string, TypeMerging>;

/** The fields of a type by its name (`Pod`, `PodSpec`). Throws where the schema has none: that is our mistake, no user's. */
export function typeSchema(name: string): TypeSchema {
  const found = Object.hasOwn(types, name) ? types[name] : undefined;
  if (!found) throw new Error(`the schema has no type ${name}; add its model to scripts/schema/generate.ts`);
  return found;
}

const fieldsByType = new Map<string, ReadonlyMap<string, FieldSchema>>();

/** What the schema says of one field of a type; undefined where it has no such field. Asked for each field of each object, often. */
export function fieldSchema(type: string, field: string): FieldSchema | undefined {
  let fields = fieldsByType.get(type);
  if (!fields) fieldsByType.set(type, (fields = new Map(Object.entries(typeSchema(type).fields))));
  return fields.get(field);
}

/** Fields of a schema that may be a schema themselves, or something else (`additionalProperties: true`). */
const maybeSchemas = new Set(['additionalItems', 'additionalProperties', 'items']);
const schemaWithin: FieldSchema = { type: 'object', of: 'JSONSchemaProps' };

/** `fieldSchema` for a value that is there: what it may be can hang on what it is. */
export function fieldSchemaOf(type: string, field: string, value: unknown): FieldSchema | undefined {
  const isWithin = type === 'JSONSchemaProps' && maybeSchemas.has(field);
  return isWithin && isPlainObject(value) ? schemaWithin : fieldSchema(type, field);
}

/** How writers share the fields of a type; empty where nothing is special. */
export function typeMerging(name: string): TypeMerging {
  return (Object.hasOwn(merging, name) ? merging[name] : undefined) ?? { fields: {} };
}

/** How writers share one field of a type. */
export function fieldMerging(type: string, field: string): FieldMerging {
  const { fields } = typeMerging(type);
  return (Object.hasOwn(fields, field) ? fields[field] : undefined) ?? {};
}
