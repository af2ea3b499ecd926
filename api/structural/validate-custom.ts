import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { isPlainObject } from '../plain-objects.ts';
import { validateAnnotations, validateLabels } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { named } from '../validation/rules.ts';
import type { ObjectMeta } from '../types.ts';
import { hasRules, runRules } from './cel-rules.ts';
import type { CustomKind } from './custom-kind.ts';
import { parseJsonPath, valuesAt } from './json-path.ts';
import { validateLists } from './lists.ts';
import { isEmbedded, itemsOf, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';
import { noField, validateValue } from './validate.ts';

const int32Max = 2 ** 31 - 1;

/** What is so wrong that rules, which count on it, are not asked. */
const blocking = new Set<FieldError['type']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const unasked: FieldError = {
  field: noField,
  type: 'FieldValueInvalid',
  value: 'null',
  detail:
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/**
 * All that a definition says against an object of its kind, beside what `metadata` must be. With `old`, the stored object, what has
 * not changed is not said again, and rules about changes are asked.
 */
export function validateCustom(kind: CustomKind, object: object, old?: object): FieldError[] {
  const { schema, scale } = kind;
  const inLists = validateLists(object, schema);
  const errors = [
    ...validateValue(object, schema, '', old),
    ...(scale ? validateScale(kind, object) : []),
    ...validateEmbedded(object, schema),
    ...(old && inLists.length > 0 && validateLists(old, schema).length > 0 ? [] : inLists),
  ];
  if (errors.some(({ type }) => blocking.has(type)))
    return schema && hasRules(schema) ? [...errors, unasked] : errors;
  return [...errors, ...runRules(schema, object, old)];
}

function validateScale({ scale }: CustomKind, object: object): FieldError[] {
  return [scale!.specReplicasPath, scale!.statusReplicasPath].flatMap((path) => {
    const [value] = valuesAt(object, parseJsonPath(path) ?? []);
    if (value === undefined) return [];
    if (typeof value !== 'number')
      return [invalidValue(path, 0, `${path} accessor error: ${JSON.stringify(value)} is not a number`)];
    if (value < 0) return [invalidValue(path, value, 'should be a non-negative integer')];
    return value > int32Max ? [invalidValue(path, value, `should be less than or equal to ${int32Max}`)] : [];
  });
}

/** What embedded resources say of themselves. */
function validateEmbedded(value: unknown, schema: Schema | undefined, path = ''): FieldError[] {
  if (!schema) return [];
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items
      ? value.flatMap((item: unknown, index) => validateEmbedded(item, items, at(path, index)))
      : [];
  }
  if (!isPlainObject(value)) return [];
  const values = valuesOf(schema);
  return [
    ...(isEmbedded(schema) ? validateTypeAndMeta(value, path) : []),
    ...Object.entries(value).flatMap(([key, item]) => {
      const property = propertyOf(schema, key);
      if (property) return validateEmbedded(item, property, child(path, key));
      return values && values !== true ? validateEmbedded(item, values, at(path, key)) : [];
    }),
  ];
}

function validateTypeAndMeta(object: Record<string, unknown>, path: string): FieldError[] {
  const { apiVersion, kind } = object;
  const metadata = (isPlainObject(object['metadata']) ? object['metadata'] : {}) as ObjectMeta;
  const empty = (name: string, value: unknown) =>
    typeof value === 'string' && value !== ''
      ? []
      : [{ field: child(path, name), type: 'FieldValueRequired' as const, detail: 'must not be empty' }];
  const meta = child(path, 'metadata');
  return [
    ...empty('apiVersion', apiVersion),
    ...empty('kind', kind),
    ...named(child(meta, 'name'), metadata.name || undefined, dnsSubdomain),
    ...validateLabels(child(meta, 'labels'), metadata.labels),
    ...validateAnnotations(child(meta, 'annotations'), metadata.annotations),
  ];
}
