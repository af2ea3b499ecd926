import { isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { itemsOf, memberOf, propertyOf } from './schema.ts';
import type { Schema } from './schema.ts';

/**
 * A copy with the schema's defaults where a field is missing. A `null` that the schema does not let be counts as missing: it gives
 * way to the default, or goes.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting
 */
export function fillDefaults(object: PlainObject, schema: Schema | undefined): PlainObject {
  return filled(object, schema) as PlainObject;
}

function filled(value: unknown, schema: Schema | true | undefined): unknown {
  if (schema === undefined || schema === true) return value;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return value.map((item: unknown) =>
      filled(isUnwantedNull(item, items) ? defaultOf(items, item) : item, items),
    );
  }
  if (!isPlainObject(value)) return value;
  const result: PlainObject = {};
  for (const [key, item] of Object.entries(value)) {
    const member = memberOf(schema, key);
    if (!isUnwantedNull(item, member)) setOwn(result, key, filled(item, member));
    else if (member !== true && member?.default !== undefined)
      setOwn(result, key, filled(structuredClone(member.default), member));
  }
  for (const key of Object.keys(schema.properties ?? {})) {
    const property = propertyOf(schema, key);
    if (property?.default !== undefined && !Object.hasOwn(result, key))
      setOwn(result, key, filled(structuredClone(property.default), property));
  }
  return result;
}

function isUnwantedNull(value: unknown, schema: Schema | true | undefined): boolean {
  return value === null && schema !== undefined && schema !== true && !schema.nullable;
}

/** A list has no place that could be empty: a null without a default stays, and is refused. */
function defaultOf(schema: Schema | undefined, otherwise: unknown): unknown {
  return schema?.default === undefined ? otherwise : structuredClone(schema.default);
}
