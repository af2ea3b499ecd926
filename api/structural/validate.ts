import { invalidValue, notSupported, required, tooLong, tooMany, wrongType } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { getOwn, isPlainObject, sameJson } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { formatNamed } from './formats.ts';
import { shownValue } from './go-syntax.ts';
import { listMapKey } from './list-keys.ts';
import { patternOf } from './pattern.ts';
import { isIntOrString, itemsOf, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** What Kubernetes calls a field where an error has none. */
export const noField = '<nil>';

/** As for built-in kinds: an object of nothing but mistakes must not come back as a larger answer. */
const errorsMax = 100;

/** What was found of one value: what is wrong, and how much was right, by which the best of several schemas is told. */
interface Outcome {
  errors: FieldError[];
  matches: number;
}

/**
 * What keeps a value from fitting its schema, in the words of Kubernetes. With `old`, the value that is stored, what has not
 * changed is not said again: a definition may have become stricter since.
 *
 * Source: k8s.io/kube-openapi/pkg/validation/validate, k8s.io/apiextensions-apiserver/pkg/apiserver/validation
 */
export function validateValue(
  value: unknown,
  schema: Schema | undefined,
  field = '',
  old?: unknown,
): FieldError[] {
  if (!schema) return [];
  return check(value, schema, field, old).errors.slice(0, errorsMax);
}

function check(value: unknown, schema: Schema, path: string, old: unknown): Outcome {
  const found: Outcome = { errors: [], matches: 0 };
  if (old !== undefined && sameJson(value, old)) return found;
  checkType(value, schema, path, found);
  checkAlternatives(value, schema, path, found);
  if (typeof value === 'string') checkText(value, schema, path, found);
  if (typeof value === 'number') checkNumber(value, schema, path, found);
  if (Array.isArray(value)) checkList(value, schema, path, old, found);
  checkEnum(value, schema, path, found);
  if (isPlainObject(value)) checkObject(value, schema, path, old, found);
  return found;
}

function add(found: Outcome, ...errors: FieldError[]): void {
  if (errors.length === 0) found.matches++;
  for (const error of errors) if (found.errors.length < errorsMax) found.errors.push(error);
}

function merge(found: Outcome, other: Outcome): void {
  found.matches += other.matches;
  for (const error of other.errors) if (found.errors.length < errorsMax) found.errors.push(error);
}

const typesOf = (schema: Schema): string[] => {
  if (isIntOrString(schema)) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
};

function checkType(value: unknown, schema: Schema, path: string, found: Outcome): void {
  const types = typesOf(schema);
  if (types.length === 0) return add(found);
  const actual = typeOf(value);
  const isRight =
    value === null
      ? schema.nullable === true
      : types.includes(actual) ||
        (actual === 'integer' && types.includes('number')) ||
        (typeof value === 'string' &&
          formatNamed(schema.format) !== undefined &&
          !types.includes('integer') &&
          !types.includes('number'));
  if (isRight) return add(found);
  add(
    found,
    wrongType(
      path,
      // A null has no value to show.
      value === null ? 'null' : actual,
      `${path} in body must be of type ${types.join(',')}: ${JSON.stringify(actual)}`,
    ),
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkAlternatives(value: unknown, schema: Schema, path: string, found: Outcome): void {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const composite = (detail: string) =>
    add(found, invalidValue(noField, '', `${JSON.stringify(path)} ${detail}`));
  if (anyOf.length > 0) {
    const outcomes = outcomesOf(value, anyOf, path, true);
    if (outcomes.every(isWrong)) {
      composite('must validate at least one schema (anyOf)');
      merge(found, best(outcomes));
    }
  }
  if (oneOf.length > 0) {
    const outcomes = outcomesOf(value, oneOf, path, false);
    const valid = outcomes.filter((each) => !isWrong(each)).length;
    if (valid !== 1) {
      const how = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
      composite(`must validate one and only one schema (oneOf). ${how}`);
      if (valid === 0) merge(found, best(outcomes));
    }
  }
  if (allOf.length > 0) {
    const outcomes = outcomesOf(value, allOf, path, false);
    for (const each of outcomes) merge(found, each);
    const valid = outcomes.filter((each) => !isWrong(each)).length;
    if (valid < outcomes.length)
      composite(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (isPlainObject(not) && !isWrong(check(value, not, path, undefined)))
    composite('must not validate the schema (not)');
}

const isWrong = ({ errors }: Outcome) => errors.length > 0;

function outcomesOf(
  value: unknown,
  schemas: readonly Schema[],
  path: string,
  untilRight: boolean,
): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const schema of schemas) {
    const outcome = check(value, schema, path, undefined);
    outcomes.push(outcome);
    if (untilRight && !isWrong(outcome)) break;
  }
  return outcomes;
}

function best(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((a, b) => (b.matches > a.matches ? b : a));
}

function checkText(text: string, schema: Schema, path: string, found: Outcome): void {
  const { maxLength, minLength, pattern, format } = schema;
  const wrong = (detail: string) => invalidValue(path, text, `${path} in body ${detail}`);
  // Kubernetes says the first of these three only.
  if (maxLength !== undefined && lengthOf(text) > maxLength) add(found, tooLong(path, maxLength));
  else if (minLength !== undefined && lengthOf(text) < minLength)
    add(found, wrong(`should be at least ${minLength} chars long`));
  else if (pattern && !patternFits(pattern, text)) add(found, wrong(`should match '${pattern}'`));
  else add(found);
  const isRight = formatNamed(format);
  if (isRight && !isRight(text))
    add(found, wrongType(path, text, `${path} in body must be of type ${format}: ${JSON.stringify(text)}`));
}

/** In characters, as Go counts runes: an emoji is one. */
function lengthOf(text: string): number {
  return /[\uD800-\uDFFF]/.test(text) ? Array.from(text).length : text.length;
}

/** A stored definition's patterns were compiled when it was accepted; one that is none all the same fits nothing. */
function patternFits(pattern: string, text: string): boolean {
  try {
    return patternOf(pattern).fits(text);
  } catch {
    return false;
  }
}

function checkNumber(value: number, schema: Schema, path: string, found: Outcome): void {
  const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const wrong = (detail: string) => add(found, invalidValue(path, value, `${path} in body ${detail}`));
  if (multipleOf !== undefined && multipleOf > 0 && !isMultiple(value, multipleOf))
    wrong(`should be a multiple of ${multipleOf}`);
  if (minimum !== undefined && (value < minimum || (exclusiveMinimum && value === minimum)))
    wrong(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  if (maximum !== undefined && (value > maximum || (exclusiveMaximum && value === maximum)))
    wrong(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
}

function isMultiple(value: number, of: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(of)) return value % of === 0;
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

function checkList(list: unknown[], schema: Schema, path: string, old: unknown, found: Outcome): void {
  const { minItems, maxItems } = schema;
  const items = itemsOf(schema);
  if (items) {
    const before = oldItems(schema, old);
    for (const [index, item] of list.entries()) {
      if (found.errors.length >= errorsMax) return;
      merge(found, check(item, items, `${path}[${index}]`, before(item)));
    }
  }
  if (minItems !== undefined && list.length < minItems)
    add(found, invalidValue(path, list.length, `${path} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && list.length > maxItems) add(found, tooMany(path, list.length, maxItems));
}

/** The stored item that has become this one: known of lists that are maps by keys, of no others. */
function oldItems(schema: Schema, old: unknown): (item: unknown) => unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined;
  const byKey = new Map(old.map((item: unknown) => [listMapKey(schema, item), item]));
  return (item) => byKey.get(listMapKey(schema, item));
}

function checkEnum(value: unknown, schema: Schema, path: string, found: Outcome): void {
  if (!schema.enum || schema.enum.length === 0) return;
  if (value === null && schema.nullable) return add(found);
  if (schema.enum.some((each) => sameJson(each, value))) return add(found);
  const supported = schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  add(found, notSupported(path, shownValue(value), supported));
}

function checkObject(object: PlainObject, schema: Schema, path: string, old: unknown, found: Outcome): void {
  const { minProperties, maxProperties, required: names = [] } = schema;
  const inner = (key: string) => (path ? `${path}.${key}` : key);
  const before = isPlainObject(old) ? (key: string) => getOwn(old, key) : () => undefined;
  const count = Object.keys(object).length;
  if (minProperties !== undefined && count < minProperties)
    add(found, invalidValue(path, count, `${path} in body should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && count > maxProperties) add(found, tooMany(path, count, maxProperties));
  const values = valuesOf(schema);
  for (const [key, value] of Object.entries(object)) {
    if (found.errors.length >= errorsMax) return;
    const property = propertyOf(schema, key);
    if (property) merge(found, check(value, property, inner(key), before(key)));
    else if (values && values !== true) merge(found, check(value, values, inner(key), before(key)));
  }
  for (const name of names)
    if (!Object.hasOwn(object, name)) add(found, required(inner(name)));
    else add(found);
}
