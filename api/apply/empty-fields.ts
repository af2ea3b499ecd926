import { getOwn, isPlainObject } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import type { MapSchema } from './merge-schema.ts';

/** Whether a map has no field that is there for Kubernetes. */
export function isEmptyMap(schema: MapSchema, map: PlainObject | undefined, omits: boolean): boolean {
  if (map === undefined) return true;
  if (schema.present !== undefined && schema.present.size > 0) return false;
  for (const name in map) if (fieldOf(schema, map, name, omits) !== undefined) return false;
  return true;
}

/** A field as Kubernetes' own types have it: what is always there is, written or not, and what is left out when empty is not. */
export function fieldOf(
  { present, omitted }: MapSchema,
  map: PlainObject | undefined,
  name: string,
  omits: boolean,
): unknown {
  if (map === undefined) return undefined;
  const own = getOwn(map, name);
  if (own === undefined) return present?.get(name);
  return omits && isEmpty(own) && omitted?.has(name) ? undefined : own;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isPlainObject(value)) return Object.keys(value).length === 0;
  return value === '' || value === false;
}
