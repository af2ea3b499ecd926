import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { isPlainObject, sameJson } from '../plain-objects.ts';
import { patternOf } from './pattern.ts';
import { isEmbedded, isIntOrString, itemsOf, keepsUnknown, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';

type Level = 'root' | 'item' | 'field';

const intOrStringAnyOf = [{ type: 'integer' }, { type: 'string' }];

/**
 * What keeps a schema from being structural: every field has one type, which stands outside of `anyOf` and the like.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go
 */
export function validateStructural(schema: Schema, path: string): FieldError[] {
  return [...spine(schema, 'root', path), ...complete(schema, path)];
}

function spine(schema: Schema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  if (schema.type === 'array' && !items && !Array.isArray(schema.items))
    errors.push(required(child(path, 'items'), 'must be specified'));
  if (items) errors.push(...spine(items, 'item', child(path, 'items')));
  for (const key of Object.keys(schema.properties ?? {})) {
    const property = propertyOf(schema, key);
    if (property) errors.push(...spine(property, 'field', at(child(path, 'properties'), key)));
  }
  if (schema.additionalProperties !== undefined && level === 'root')
    errors.push(forbiddenField(child(path, 'additionalProperties'), 'must not be used at the root'));
  if (values && values !== true) errors.push(...spine(values, 'field', child(path, 'additionalProperties')));
  return [
    ...errors,
    ...extensions(schema, path),
    ...valueValidation(schema, path, true),
    ...typed(schema, level, path),
    ...metaTyped(schema, level, path),
  ];
}

function extensions(schema: Schema, path: string): FieldError[] {
  if (!isIntOrString(schema)) return [];
  const conflicts = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const;
  return conflicts
    .filter((name) => schema[name])
    .map((name) =>
      invalidValue(child(path, name), true, 'must be false if x-kubernetes-int-or-string is true'),
    );
}

function typed(schema: Schema, level: Level, path: string): FieldError[] {
  const field = child(path, 'type');
  const { type } = schema;
  if (isEmbedded(schema) && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    return [type ? invalidValue(field, type, detail) : required(field, detail)];
  }
  if (isEmbedded(schema) && schema.additionalProperties !== undefined)
    return [
      forbiddenField(
        child(path, 'additionalProperties'),
        'must not be used if x-kubernetes-embedded-resource is set',
      ),
    ];
  if (!type && !isIntOrString(schema) && !keepsUnknown(schema)) {
    const where = {
      root: 'at the root',
      item: 'for specified array items',
      field: 'for specified object fields',
    };
    return [required(field, `must not be empty ${where[level]}`)];
  }
  if (level === 'root' && type && type !== 'object')
    return [invalidValue(field, type, 'must be object at the root')];
  if (isEmbedded(schema) && !keepsUnknown(schema) && Object.keys(schema.properties ?? {}).length === 0)
    return [
      required(
        child(path, 'properties'),
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    ];
  return [];
}

/** `kind`, `apiVersion` and `metadata` are what they are in every resource. */
function metaTyped(schema: Schema, level: Level, path: string): FieldError[] {
  if (level !== 'root' && !isEmbedded(schema)) return [];
  const errors: FieldError[] = [];
  for (const name of ['kind', 'apiVersion']) {
    const property = propertyOf(schema, name);
    if (property && property.type !== 'string')
      errors.push(
        invalidValue(
          child(at(child(path, 'properties'), name), 'type'),
          property.type ?? '',
          'must be string',
        ),
      );
  }
  const metadata = propertyOf(schema, 'metadata');
  if (!metadata) return errors;
  const field = at(child(path, 'properties'), 'metadata');
  if (metadata.type !== 'object')
    errors.push(invalidValue(child(field, 'type'), metadata.type ?? '', 'must be object'));
  if (level === 'root') {
    const {
      type: _type,
      properties = {},
      default: _default,
      description: _description,
      ...others
    } = metadata;
    const named = Object.keys(properties).every((key) => key === 'name' || key === 'generateName');
    if (!named || Object.keys(others).length > 0 || metadata.description)
      errors.push(
        forbiddenField(
          field,
          'must not specify anything other than name and generateName, but metadata is implicitly specified',
        ),
      );
  }
  return errors;
}

/** What may stand under `anyOf` and the like: only what narrows values. */
function valueValidation(schema: Schema, path: string, mayBeIntOrString: boolean): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const skipsAnyOf = mayBeIntOrString && sameJson(anyOf, intOrStringAnyOf);
  const skipsFirst =
    mayBeIntOrString && isPlainObject(allOf[0]) && sameJson(allOf[0].anyOf, intOrStringAnyOf);
  return [
    ...(skipsAnyOf ? [] : anyOf.flatMap((each, index) => nested(each, at(child(path, 'anyOf'), index)))),
    ...allOf.flatMap((each, index) =>
      nested(each, at(child(path, 'allOf'), index), skipsFirst && index === 0),
    ),
    ...oneOf.flatMap((each, index) => nested(each, at(child(path, 'oneOf'), index))),
    ...(isPlainObject(not) ? nested(not, child(path, 'not')) : []),
    ...patternProblem(pattern, path),
  ];
}

function patternProblem(pattern: string | undefined, path: string): FieldError[] {
  if (!pattern) return [];
  try {
    patternOf(pattern);
    return [];
  } catch (error) {
    const why = (error as Error).message;
    return [
      invalidValue(child(path, 'pattern'), pattern, `must be a valid regular expression, but isn't: ${why}`),
    ];
  }
}

const emptyTexts = ['type', 'title', 'description'] as const;
const falseFlags = [
  'nullable',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
] as const;
const undefinedFields = ['x-kubernetes-list-type', 'x-kubernetes-map-type'] as const;
const emptyLists = ['x-kubernetes-list-map-keys', 'x-kubernetes-validations'] as const;

function nested(schema: Schema, path: string, isIntOrStringPart = false): FieldError[] {
  if (!isPlainObject(schema)) return [];
  const refuse = (name: string, must: string) =>
    forbiddenField(child(path, name), `${must} to be structural`);
  const errors = valueValidation(isIntOrStringPart ? { ...schema, anyOf: [] } : schema, path, false);
  const items = itemsOf(schema);
  if (items) errors.push(...nested(items, child(path, 'items')));
  for (const key of Object.keys(schema.properties ?? {})) {
    const property = propertyOf(schema, key);
    if (property) errors.push(...nested(property, at(child(path, 'properties'), key)));
  }
  for (const name of emptyTexts) if (schema[name]) errors.push(refuse(name, 'must be empty'));
  if (schema.additionalProperties !== undefined)
    errors.push(refuse('additionalProperties', 'must be undefined'));
  if (schema.default !== undefined) errors.push(refuse('default', 'must be undefined'));
  for (const name of falseFlags) if (schema[name]) errors.push(refuse(name, 'must be false'));
  for (const name of undefinedFields)
    if (schema[name] !== undefined) errors.push(refuse(name, 'must be undefined'));
  for (const name of emptyLists)
    if ((schema[name] as readonly unknown[] | undefined)?.length) errors.push(refuse(name, 'must be empty'));
  if (propertyOf(schema, 'metadata'))
    errors.push(
      forbiddenField(at(child(path, 'properties'), 'metadata'), 'must not be specified in a nested context'),
    );
  return errors;
}

/** Each field that is named under the root's `anyOf` and the like must be one that the schema has outside of them. */
const complete = (schema: Schema, path: string): FieldError[] => junctors(schema, schema, path, path);

function junctors(part: Schema, whole: Schema | undefined, path: string, structure: string): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not } = part;
  const all: [Schema, string][] = [
    ...anyOf.map((each, index): [Schema, string] => [each, at(child(path, 'anyOf'), index)]),
    ...allOf.map((each, index): [Schema, string] => [each, at(child(path, 'allOf'), index)]),
    ...oneOf.map((each, index): [Schema, string] => [each, at(child(path, 'oneOf'), index)]),
    ...(isPlainObject(not) ? [[not, child(path, 'not')] as [Schema, string]] : []),
  ];
  return all.flatMap(([each, place]) => covered(each, whole, place, structure));
}

function covered(part: Schema, whole: Schema | undefined, path: string, structure: string): FieldError[] {
  if (!isPlainObject(part)) return [];
  const errors = junctors(part, whole, path, structure);
  const items = itemsOf(part);
  if (items) {
    const counterpart = itemsOf(whole);
    errors.push(
      ...(counterpart
        ? covered(items, counterpart, child(path, 'items'), child(structure, 'items'))
        : [required(child(structure, 'items'), `because it is defined in ${child(path, 'items')}`)]),
    );
  }
  for (const key of Object.keys(part.properties ?? {})) {
    const property = propertyOf(part, key);
    if (!property) continue;
    const field = at(child(structure, 'properties'), key);
    const counterpart = propertyOf(whole, key);
    errors.push(
      ...(counterpart
        ? covered(property, counterpart, at(child(path, 'properties'), key), field)
        : [required(field, `because it is defined in ${at(child(path, 'properties'), key)}`)]),
    );
  }
  return errors;
}

export const openApiTypes = ['array', 'boolean', 'integer', 'number', 'object', 'string'] as const;

export function typeProblem(schema: Schema, path: string): FieldError[] {
  return schema.type && !(openApiTypes as readonly string[]).includes(schema.type)
    ? [notSupported(child(path, 'type'), schema.type, openApiTypes)]
    : [];
}
