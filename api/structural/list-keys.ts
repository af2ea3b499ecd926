import { getOwn, isPlainObject } from '../plain-objects.ts';
import type { Schema } from './schema.ts';

/** What tells an item of a list that is a map from the others, as one text. */
export function listMapKey(schema: Schema, item: unknown): string {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return JSON.stringify(keys.map((key) => (isPlainObject(item) ? (getOwn(item, key) ?? null) : null)));
}
