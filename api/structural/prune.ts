import { at, child } from '../field-path.ts';
import type { FieldError } from '../field-errors.ts';
import { normalize } from '../normalize.ts';
import { isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { decodeStrict } from '../validation/decode.ts';
import { isEmbedded, itemsOf, keepsUnknown, memberOf, metaFields } from './schema.ts';
import type { Schema } from './schema.ts';

/** An object without what its schema does not know. */
export interface Pruned {
  object: PlainObject;
  /** Where each dropped field stood: `spec.foo`, `spec.list[0].bar`. */
  unknown: string[];
  /** What of an embedded object's `metadata` is of a wrong type. */
  wrong: FieldError[];
}

/**
 * A copy without the fields that the schema does not know. `apiVersion`, `kind` and `metadata` of the resource itself are not the
 * schema's business and stay as they are; those of embedded resources are put into their stored form.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning
 */
export function prune(object: PlainObject, schema: Schema | undefined): Pruned {
  const found = { unknown: [] as string[], wrong: [] as FieldError[] };
  const pruned = pruneObject(object, { ...schema, 'x-kubernetes-embedded-resource': true }, '', found, true);
  return { object: pruned, unknown: found.unknown.toSorted(), wrong: found.wrong };
}

type Found = Omit<Pruned, 'object'>;

function pruneValue(value: unknown, schema: Schema | undefined, path: string, found: Found): unknown {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    // What is kept unknown at a list is kept in its items too.
    const inner = keepsUnknown(schema) ? { ...items, 'x-kubernetes-preserve-unknown-fields': true } : items;
    return value.map((item: unknown, index) => pruneValue(item, inner, at(path, index), found));
  }
  return isPlainObject(value) ? pruneObject(value, schema, path, found, false) : value;
}

function pruneObject(
  object: PlainObject,
  schema: Schema | undefined,
  path: string,
  found: Found,
  isRoot: boolean,
): PlainObject {
  const result: PlainObject = {};
  for (const [key, value] of Object.entries(object)) {
    const field = child(path, key);
    if (isEmbedded(schema) && metaFields.has(key)) {
      const kept = isRoot ? value : embeddedMeta(key, value, field, found);
      if (kept !== undefined) setOwn(result, key, kept);
      continue;
    }
    const member = memberOf(schema, key);
    // Where any value will do (`additionalProperties: true`), nothing is known of what is in an object: Kubernetes empties it.
    const known = member === true ? undefined : member;
    if (member !== undefined) setOwn(result, key, pruneValue(value, known, field, found));
    else if (keepsUnknown(schema)) setOwn(result, key, value);
    else if (!isRoot || !metaFields.has(key)) found.unknown.push(field);
  }
  return result;
}

function embeddedMeta(key: string, value: unknown, field: string, found: Found): unknown {
  if (key !== 'metadata') {
    if (typeof value === 'string') return value;
    found.wrong.push({ field, type: 'FieldValueInvalid', value, detail: 'must be a string' });
    return undefined;
  }
  for (const error of decodeStrict('ObjectMeta', value)) {
    if (error.type === 'UnknownField') found.unknown.push(child(field, error.field));
    else if (error.type === 'FieldValueTypeInvalid')
      found.wrong.push({ ...error, field: error.field ? child(field, error.field) : field });
  }
  return isPlainObject(value) ? normalize('ObjectMeta', value) : undefined;
}
