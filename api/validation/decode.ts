import { required, unknownField, wrongType } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Kind } from '../kinds.ts';
import { isPlainObject } from '../plain-objects.ts';
import { quantityProblem } from '../quantity.ts';
import { fieldSchemaOf, typeSchema } from '../schema/load.ts';
import type { FieldSchema } from '../schema/schema.ts';

/** The API server stops at as many: an object of nothing but mistakes must not come back as a larger answer. */
const errorsMax = 100;

const timePattern = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * What keeps a value from being an object of this kind: fields that the schema does not have, values of a wrong type,
 * required fields that are missing. `null` counts as absent, as in Kubernetes. Statuses may be partial: what a
 * controller has not written yet is not required of it.
 *
 *     decodeStrict('Pod', { spec: { containers: [{ name: 'web', foo: 1 }] } })
 *     // [{ field: 'spec.containers[0].foo', type: 'UnknownField', … }]
 *
 * @param kind a kind, or the name of any type in the schema (`DeleteOptions`, `PodSpec`)
 */
export function decodeStrict(kind: Kind | string, value: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const type = typeof kind === 'string' ? kind : kind.type;
  if (type === undefined) checkCustom(value, errors);
  else checkObject(type, value, '', errors, true);
  return errors.slice(0, errorsMax);
}

/** Of a custom resource, what every object has; the rest is for its definition's schema to judge. */
function checkCustom(value: unknown, errors: FieldError[]): void {
  if (!isPlainObject(value)) {
    errors.push(wrongType('', value, 'must be an object'));
    return;
  }
  const { apiVersion, kind, metadata } = value;
  checkObject('CustomResource', { apiVersion, kind, metadata }, '', errors, true);
}

function checkObject(type: string, value: unknown, path: string, errors: FieldError[], whole: boolean): void {
  if (!isPlainObject(value)) {
    errors.push(wrongType(path, value, 'must be an object'));
    return;
  }
  for (const field of Object.keys(value)) {
    if (errors.length >= errorsMax) return;
    const item = value[field];
    const own = child(path, field);
    const schema = fieldSchemaOf(type, field, item);
    if (!schema) errors.push(unknownField(own));
    else if (item !== null && item !== undefined) check(schema, item, own, errors, whole && own !== 'status');
  }
  if (!whole) return;
  for (const field of requiredFields(type))
    if (value[field] === undefined || value[field] === null) errors.push(required(child(path, field)));
}

const requiredByType = new Map<string, readonly string[]>();

function requiredFields(type: string): readonly string[] {
  let found = requiredByType.get(type);
  if (!found) {
    const { fields } = typeSchema(type);
    found = Object.keys(fields).filter((field) => fields[field]!.required);
    requiredByType.set(type, found);
  }
  return found;
}

function check(
  schema: FieldSchema,
  value: unknown,
  path: string,
  errors: FieldError[],
  whole: boolean,
): void {
  const expect = (fits: boolean, detail: string) => {
    if (!fits) errors.push(wrongType(path, value, detail));
  };
  switch (schema.type) {
    case 'any':
      return;
    case 'string':
      return expect(typeof value === 'string', mustBeString(value));
    case 'boolean':
      return expect(typeof value === 'boolean', 'must be true or false');
    case 'number':
      return expect(typeof value === 'number', 'must be a number');
    case 'integer':
      return expect(isInteger(value, schema.format), `must be a whole number (${schema.format ?? 'int64'})`);
    case 'intOrString':
      return expect(
        typeof value === 'string' || isInteger(value, 'int32'),
        'must be a whole number (int32) or a string',
      );
    case 'quantity':
      if (typeof value !== 'string' && typeof value !== 'number')
        return expect(false, 'must be a string or a number');
      return expect(quantityProblem(value) === undefined, quantityProblem(value) ?? '');
    case 'time':
    case 'microTime':
      return expect(isTime(value), 'must be a time as in RFC 3339, such as 2026-11-20T12:00:00Z');
    case 'bytes':
      return expect(
        typeof value === 'string' && base64Pattern.test(value.replace(/[\r\n]/g, '')),
        'must be base64 (put plain text under stringData)',
      );
    case 'array':
      if (!Array.isArray(value)) return expect(false, 'must be a list');
      for (const [index, item] of value.entries()) {
        if (errors.length >= errorsMax) return;
        if (item === null || item === undefined)
          errors.push(wrongType(at(path, index), item, 'an item of a list may not be empty'));
        else check(schema.items, item, at(path, index), errors, whole);
      }
      return;
    case 'map':
      if (!isPlainObject(value)) return expect(false, 'must be a map');
      for (const [key, item] of Object.entries(value)) {
        if (errors.length >= errorsMax) return;
        if (item !== null && item !== undefined) check(schema.values, item, at(path, key), errors, whole);
      }
      return;
    case 'object':
      return checkObject(schema.of, value, path, errors, whole);
  }
}

function mustBeString(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean'
    ? `must be a string (put quotes around it: "${value}")`
    : 'must be a string';
}

function isInteger(value: unknown, format: string | undefined): boolean {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  return format === 'int32' ? value >= -(2 ** 31) && value < 2 ** 31 : Math.abs(value) <= 2 ** 63;
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && timePattern.test(value) && !Number.isNaN(Date.parse(value));
}
