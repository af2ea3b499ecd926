import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goStrings } from '../go-strings.ts';
import { getOwn, isPlainObject } from '../plain-objects.ts';
import { typeProblem } from './rules.ts';
import { isEmbedded, itemsOf, metaFields, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** Where in the resource a schema stands, for what may not be said there. */
interface Place {
  isRoot: boolean;
  isInMeta: boolean;
  /** Why there may be no default. */
  noDefault?: string;
}

/** Fields of OpenAPI that Kubernetes does not know; each is refused by its name. */
const unsupported = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
] as const;

/**
 * What Kubernetes lets no schema of a custom resource say, structural or not.
 *
 * Source: `ValidateCustomResourceDefinitionOpenAPISchema` of k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation
 */
export function validateOpenApi(
  schema: Schema,
  path: string,
  place: Place = { isRoot: true, isInMeta: false },
): FieldError[] {
  const inner: Place = { ...place, isRoot: false };
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  return [
    ...own(schema, path, place),
    ...(values && values !== true
      ? validateOpenApi(values, child(path, 'additionalProperties'), {
          ...inner,
          ...(place.isInMeta && { noDefault: 'inside additionalProperties applying to object metadata' }),
        })
      : []),
    ...Object.keys(schema.properties ?? {}).flatMap((key) => {
      const property = propertyOf(schema, key);
      const isMeta = (place.isRoot || isEmbedded(schema)) && metaFields.has(key);
      return property
        ? validateOpenApi(property, at(child(path, 'properties'), key), {
            ...inner,
            isInMeta: inner.isInMeta || isMeta,
            ...(isMeta && place.isRoot && { noDefault: `in top-level ${key}` }),
          })
        : [];
    }),
    ...(['allOf', 'oneOf', 'anyOf'] as const).flatMap((name) =>
      (schema[name] ?? []).flatMap((each, index) =>
        isPlainObject(each) ? validateOpenApi(each, at(child(path, name), index), inner) : [],
      ),
    ),
    ...(isPlainObject(schema.not) ? validateOpenApi(schema.not, child(path, 'not'), inner) : []),
    ...(items ? validateOpenApi(items, child(path, 'items'), inner) : []),
    ...extensions(schema, path),
    ...validationTexts(schema, path),
  ];
}

function own(schema: Schema, path: string, place: Place): FieldError[] {
  const errors = typeProblem(schema, path);
  const forbid = (name: string, detail: string) => errors.push(forbiddenField(child(path, name), detail));
  if (schema.default !== undefined && place.noDefault)
    forbid('default', `must not be set ${place.noDefault}`);
  for (const name of unsupported)
    if (isSaid(getOwn(schema as never, name))) forbid(name, `${name} is not supported`);
  if (schema.type === 'null') forbid('type', 'type cannot be set to null, use nullable as an alternative');
  if (Array.isArray(schema.items)) forbid('items', 'items must be a schema object and not an array');
  if (place.isInMeta && isEmbedded(schema))
    forbid('x-kubernetes-embedded-resource', 'must not be used inside of resource meta');
  if (schema.uniqueItems)
    forbid('uniqueItems', 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
  if (
    schema.additionalProperties !== undefined &&
    schema.additionalProperties !== true &&
    Object.keys(schema.properties ?? {}).length > 0
  )
    forbid('additionalProperties', 'additionalProperties and properties are mutual exclusive');
  return errors;
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !isPlainObject(value) || Object.keys(value).length > 0;
}

function extensions(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type } = schema;
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const typeMust = (detail: string) =>
    errors.push(
      type ? invalidValue(child(path, 'type'), type, detail) : required(child(path, 'type'), detail),
    );
  const keep = schema['x-kubernetes-preserve-unknown-fields'];
  if (keep === false)
    errors.push(
      invalidValue(child(path, 'x-kubernetes-preserve-unknown-fields'), keep, 'must be true or undefined'),
    );
  if (mapType !== undefined && type !== 'object')
    typeMust('must be object if x-kubernetes-map-type is specified');
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType))
    errors.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  if (listType !== undefined && type !== 'array')
    typeMust('must be array if x-kubernetes-list-type is specified');
  else if (listType === 'set') errors.push(...setItems(itemsOf(schema), child(path, 'items')));
  const listTypeField = child(path, 'x-kubernetes-list-type');
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.push(notSupported(listTypeField, listType, ['atomic', 'set', 'map']));
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(
      listType === undefined
        ? required(listTypeField, detail)
        : invalidValue(listTypeField, listType, detail),
    );
  }
  if (listType === 'map') errors.push(...mapItems(schema, keys, path));
  const items = itemsOf(schema);
  if ((listType === 'set' || listType === 'map') && items?.nullable)
    errors.push(
      forbiddenField(
        child(child(path, 'items'), 'nullable'),
        `cannot be nullable when x-kubernetes-list-type is ${listType}`,
      ),
    );
  return errors;
}

function setItems(items: Schema | undefined, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items?.['x-kubernetes-list-type'];
  const mapType = items?.['x-kubernetes-map-type'];
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalidValue(child(path, 'x-kubernetes-list-type'), listType, detail)];
  if (items?.type === 'object' && mapType !== 'atomic')
    return [invalidValue(child(path, 'x-kubernetes-map-type'), mapType ?? 'null', detail)];
  return [];
}

function mapItems(schema: Schema, keys: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const field = child(path, 'x-kubernetes-list-map-keys');
  const items = itemsOf(schema);
  const itemsPath = child(path, 'items');
  if (keys.length === 0) errors.push(required(field, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) return [...errors, required(itemsPath, 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object')
    return [
      ...errors,
      invalidValue(
        child(itemsPath, 'type'),
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    ];
  for (const [index, key] of keys.entries()) {
    const property = propertyOf(items, key);
    const place = at(child(itemsPath, 'properties'), key);
    if (!property)
      errors.push(
        invalidValue(field, goStrings('string', keys), 'entries must all be names of item properties'),
      );
    else if (property.type === 'array' || property.type === 'object')
      errors.push(
        invalidValue(
          child(place, 'type'),
          items.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      );
    if (keys.indexOf(key) < index)
      errors.push(invalidValue(field, goStrings('string', keys), 'must not contain duplicate entries'));
    if (property && !items.required?.includes(key) && property.default === undefined)
      errors.push(
        required(
          child(place, 'default'),
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    if (property?.nullable)
      errors.push(
        forbiddenField(
          child(place, 'nullable'),
          'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
        ),
      );
  }
  return errors;
}

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** The words of CEL rules, without what they mean: that is `api/structural/cel-rules.ts`. */
function validationTexts(schema: Schema, path: string): FieldError[] {
  const hasBreaks = (text: string) => /[\n\r]/.test(text);
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) => {
    const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
    const place = at(child(path, 'x-kubernetes-validations'), index);
    const errors: FieldError[] = [];
    const text = String(rule.rule ?? '').trim();
    const words = message.trim();
    if (text === '') errors.push(required(child(place, 'rule'), 'rule is not specified'));
    else if (message !== '' && words === '')
      errors.push(invalidValue(child(place, 'message'), message, 'message must be non-empty if specified'));
    else if (hasBreaks(words))
      errors.push(invalidValue(child(place, 'message'), message, 'message must not contain line breaks'));
    else if (hasBreaks(text) && words === '')
      errors.push(
        required(child(place, 'message'), 'message must be specified if rule contains line breaks'),
      );
    if (messageExpression !== '' && messageExpression.trim() === '')
      errors.push(
        required(child(place, 'messageExpression'), 'messageExpression must be non-empty if specified'),
      );
    if (reason !== undefined && !reasons.includes(reason))
      errors.push(notSupported(child(place, 'reason'), reason, reasons));
    const field = child(place, 'fieldPath');
    if (fieldPath !== '' && fieldPath.trim() === '')
      errors.push(invalidValue(field, fieldPath, 'fieldPath must be non-empty if specified'));
    if (hasBreaks(fieldPath))
      errors.push(invalidValue(field, fieldPath, 'fieldPath must not contain line breaks'));
    if (fieldPath !== '' && !schemaAt(schema, fieldPath))
      errors.push(invalidValue(field, fieldPath, 'fieldPath must be a valid path'));
    return errors;
  });
}

/** A path into a schema, of named fields and keys of maps: `.spec.replicas`, `['a.b']`. */
export function schemaAt(schema: Schema, path: string): { schema: Schema; steps: string[] } | undefined {
  let found: Schema = schema;
  const steps: string[] = [];
  let rest = path;
  while (rest !== '') {
    const match = /^(?:\.([^.[\]]+)|\['((?:\\.|[^'\\])*)'\])/.exec(rest);
    const name = match?.[1] ?? match?.[2]?.replace(/\\(.)/g, '$1');
    if (!match || name === undefined) return undefined;
    const values = valuesOf(found);
    const next = found.properties ? propertyOf(found, name) : values === true ? undefined : values;
    if (!next) return undefined;
    found = next;
    steps.push(name);
    rest = rest.slice(match[0].length);
  }
  return { schema: found, steps };
}
