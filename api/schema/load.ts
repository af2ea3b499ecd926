import data from './kubernetes.json' with { type: 'json' };
import type { FieldSchema, TypeSchema } from './schema.ts';

const types = data as unknown as Record<string, TypeSchema>;

/** The fields of a type by its name (`Pod`, `PodSpec`). Throws where the schema has none: that is our mistake, no user's. */
export function typeSchema(name: string): TypeSchema {
  const found = Object.hasOwn(types, name) ? types[name] : undefined;
  if (!found) throw new Error(`the schema has no type ${name}; add its model to scripts/generate-schema.ts`);
  return found;
}

/** What the schema says of one field of a type; undefined where it has no such field. */
export function fieldSchema(type: string, field: string): FieldSchema | undefined {
  const { fields } = typeSchema(type);
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}
