import { compileRule } from '../cel/rule.ts';
import type { Rule } from '../cel/rule.ts';
import { CelError, Cost, CostExceeded, costPerCallMax, costPerObjectMax } from '../cel/run.ts';
import { typeOfSchema } from '../cel/types.ts';
import type { Type } from '../cel/types.ts';
import { Optional, valueOf } from '../cel/values.ts';
import type { Value } from '../cel/values.ts';
import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { getOwn, isPlainObject, sameJson } from '../plain-objects.ts';
import type { ValidationRule } from '../types.ts';
import { listMapKey } from './list-keys.ts';
import { schemaAt } from './open-api.ts';
import { isEmbedded, itemsOf, propertyOf, schemasWithin, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';
import { noField } from './validate.ts';

/** As Kubernetes: a message that a rule makes up itself may be so long. */
const messageCharactersMax = 5 * 1024;

/** One rule of a schema, ready to run; its message too, where it makes one up. */
export interface CompiledRule {
  source: ValidationRule;
  rule: Rule | string;
  message: Rule | string | undefined;
}

/** Compiled once for each state of a definition. */
const compiled = new WeakMap<Schema, readonly CompiledRule[]>();
const withRules = new WeakMap<Schema, boolean>();

/** The rules of one schema, without those of the schemas within. */
export function rulesOf(schema: Schema, isRoot: boolean): readonly CompiledRule[] {
  const sources = schema['x-kubernetes-validations'];
  if (!sources || sources.length === 0) return [];
  let known = compiled.get(schema);
  if (!known) {
    const self = typeOfSchema(schema, isRoot);
    known = sources.map((source) => compile(source, self));
    compiled.set(schema, known);
  }
  return known;
}

function compile(source: ValidationRule, self: Type | undefined): CompiledRule {
  if (!self) return { source, rule: 'the schema has no type that rules can see', message: undefined };
  const isOldSelfOptional = source.optionalOldSelf === true;
  const message = source.messageExpression?.trim();
  return {
    source,
    rule: compileRule(String(source.rule ?? ''), self, { result: 'bool', isOldSelfOptional }),
    message: message ? compileRule(message, self, { result: 'string', isOldSelfOptional }) : undefined,
  };
}

export function hasRules(schema: Schema): boolean {
  let known = withRules.get(schema);
  if (known === undefined) {
    known = [...schemasWithin(schema)].some((each) => each['x-kubernetes-validations']?.length);
    withRules.set(schema, known);
  }
  return known;
}

/** One run over an object: what all its rules together may still cost, and what they found. */
interface Run {
  budget: number;
  errors: FieldError[];
}

/**
 * What the rules of a definition say against an object. With `old`, the stored object, rules about changes are asked too, and what has
 * not changed is not said again. Ends, whatever the rules: each may cost so much, and all together.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
export function runRules(schema: Schema | undefined, object: object, old: object | undefined): FieldError[] {
  if (!schema || !hasRules(schema)) return [];
  const run: Run = { budget: costPerObjectMax, errors: [] };
  visit(run, schema, object, old, '', true);
  return run.errors;
}

function visit(run: Run, schema: Schema, value: unknown, old: unknown, path: string, isRoot: boolean): void {
  if (run.budget < 0 || value === null || value === undefined || !hasRules(schema)) return;
  ask(run, schema, value, old, path, isRoot);
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (!items) return;
    const before = oldItems(schema, old);
    for (const [index, item] of value.entries())
      visit(run, items, item, before(item), at(path, index), isEmbedded(items));
  } else if (isPlainObject(value)) {
    const values = valuesOf(schema);
    for (const [key, item] of Object.entries(value)) {
      const property = propertyOf(schema, key);
      const member = property ?? (values === true ? undefined : values);
      const before = isPlainObject(old) ? getOwn(old, key) : undefined;
      if (member)
        visit(run, member, item, before, property ? child(path, key) : at(path, key), isEmbedded(member));
    }
  }
}

function oldItems(schema: Schema, old: unknown): (item: unknown) => unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined;
  const byKey = new Map(old.map((item: unknown) => [listMapKey(schema, item), item]));
  return (item) => byKey.get(listMapKey(schema, item));
}

function ask(run: Run, schema: Schema, value: unknown, old: unknown, path: string, isRoot: boolean): void {
  const rules = rulesOf(schema, isRoot);
  if (rules.length === 0) return;
  const field = path || noField;
  const type = schema.type ?? '';
  const hasOld = old !== undefined && old !== null;
  const isUnchanged = hasOld && sameJson(value, old);
  const self = valueOf(value, schema);
  const before = hasOld ? valueOf(old, schema) : undefined;
  for (const { source, rule, message } of rules) {
    if (run.budget < 0) return;
    const say = (detail: string) => run.errors.push(invalidValue(field, type, detail));
    if (typeof rule === 'string') {
      say(`rule compile error: ${rule}`);
      continue;
    }
    const isOptional = source.optionalOldSelf === true;
    if (rule.usesOldSelf && !hasOld && !isOptional) continue;
    const oldSelf = isOptional ? new Optional(before) : before;
    const outcome = attempt(run, (cost) => rule.run(self, oldSelf, cost));
    if ('exceeded' in outcome) {
      say(exceededText(source, outcome.exceeded));
      return;
    }
    if ('failure' in outcome) {
      say(failureText(outcome.failure, source));
      continue;
    }
    if (outcome.value === true || (isUnchanged && !rule.usesOldSelf)) continue;
    const place = source.fieldPath ? withFieldPath(path, schema, source.fieldPath) : field;
    run.errors.push(
      broken(place, type, messageOf(run, { source, rule, message }, self, oldSelf), source.reason),
    );
  }
}

type Outcome = { value: Value } | { failure: string } | { exceeded: 'call' | 'object' };

function attempt(run: Run, action: (cost: Cost) => Value): Outcome {
  const max = Math.min(costPerCallMax, run.budget);
  const cost = new Cost(max);
  try {
    return { value: action(cost) };
  } catch (error) {
    if (error instanceof CelError) return { failure: error.message };
    // Nested deeper than the stack: the rule asks for more than there is.
    if (error instanceof CostExceeded || error instanceof RangeError) {
      const exceeded = max < costPerCallMax ? 'object' : 'call';
      run.budget = -1;
      return { exceeded };
    }
    throw error;
  } finally {
    if (run.budget >= 0) run.budget -= cost.spent;
  }
}

const shownRule = ({ message = '', rule }: ValidationRule) => (message || String(rule)).trim();

function exceededText(source: ValidationRule, what: 'call' | 'object'): string {
  return what === 'object'
    ? 'validation failed due to running out of cost budget, no further validation rules will be run'
    : `'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${shownRule(source)}`;
}

function failureText(failure: string, source: ValidationRule): string {
  return failure.startsWith('no such overload')
    ? `'${failure}': call arguments did not match a supported operator, function or macro signature for rule: ${shownRule(source)}`
    : `${failure} evaluating rule: ${shownRule(source)}`;
}

function messageOf(run: Run, { source, message }: CompiledRule, self: Value, old: Value | undefined): string {
  const otherwise = source.message ? source.message.trim() : `failed rule: ${String(source.rule).trim()}`;
  if (message === undefined || typeof message === 'string') return otherwise;
  const outcome = attempt(run, (cost) => message.run(self, old, cost));
  if ('exceeded' in outcome)
    return 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
  const text = 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : '';
  return text === '' || text.length > messageCharactersMax || text.includes('\n') ? otherwise : text;
}

function broken(field: string, type: string, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(field, detail);
    case 'FieldValueRequired':
      return required(field, detail);
    case 'FieldValueDuplicate':
      // Kubernetes shows no words with this reason.
      return duplicate(field, type);
    default:
      return invalidValue(field, type, detail);
  }
}

/** The place that a rule points at, below its own. */
function withFieldPath(path: string, schema: Schema, fieldPath: string): string {
  const found = schemaAt(schema, fieldPath.trim());
  if (!found) return path || noField;
  let inner = schema;
  return found.steps.reduce((whole, step) => {
    const property = propertyOf(inner, step);
    const values = valuesOf(inner);
    inner = property ?? (values && values !== true ? values : {});
    return property ? child(whole, step) : at(whole, step);
  }, path);
}
