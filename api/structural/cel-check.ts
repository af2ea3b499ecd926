import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { GoValue } from '../go-value.ts';
import type { ValidationRule } from '../types.ts';
import { rulesOf } from './cel-rules.ts';
import { isEmbedded, itemsOf, propertyOf, valuesOf } from './schema.ts';
import type { Schema } from './schema.ts';

/**
 * What is wrong with the rules of a schema themselves: what cannot be read, what does not fit the types of the fields, what asks for the
 * old value where nobody can tell which it was.
 */
export function checkRules(schema: Schema, path: string): FieldError[] {
  return within(schema, path, true, undefined);
}

function within(schema: Schema, path: string, isRoot: boolean, unrelated: string | undefined): FieldError[] {
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  const inItems = schema['x-kubernetes-list-type'] === 'map' ? unrelated : (unrelated ?? path);
  return [
    ...own(schema, path, isRoot, unrelated),
    ...(items ? within(items, child(path, 'items'), isEmbedded(items), inItems) : []),
    ...(values && values !== true
      ? within(values, child(path, 'additionalProperties'), isEmbedded(values), unrelated)
      : []),
    ...Object.keys(schema.properties ?? {}).flatMap((key) => {
      const property = propertyOf(schema, key);
      return property
        ? within(property, at(child(path, 'properties'), key), isEmbedded(property), unrelated)
        : [];
    }),
  ];
}

function own(schema: Schema, path: string, isRoot: boolean, unrelated: string | undefined): FieldError[] {
  return rulesOf(schema, isRoot).flatMap(({ source, rule, message }, index) => {
    if (!String(source.rule ?? '').trim()) return [];
    const place = at(child(path, 'x-kubernetes-validations'), index);
    const field = child(place, 'rule');
    const errors: FieldError[] = [];
    if (typeof rule === 'string') errors.push(invalidValue(field, goRule(source), rule));
    if (typeof message === 'string')
      errors.push(
        invalidValue(
          child(place, 'messageExpression'),
          goRule(source),
          message
            .replace(/^compilation failed/, 'messageExpression compilation failed')
            .replace(/^must/, 'messageExpression must'),
        ),
      );
    if (typeof rule === 'string') return errors;
    if (rule.usesOldSelf && unrelated !== undefined)
      errors.push(
        invalidValue(
          field,
          source.rule,
          `oldSelf cannot be used on the uncorrelatable portion of the schema within ${unrelated}`,
        ),
      );
    if (!rule.usesOldSelf && source.optionalOldSelf !== undefined)
      errors.push(
        invalidValue(
          child(place, 'optionalOldSelf'),
          source.optionalOldSelf,
          'may not be set if oldSelf is not used in rule',
        ),
      );
    return errors;
  });
}

/** A rule as Kubernetes' messages show it. */
function goRule({ rule, message = '', messageExpression = '', fieldPath = '' }: ValidationRule): GoValue {
  const text = (value: unknown) => JSON.stringify(String(value ?? ''));
  return new GoValue(
    `apiextensions.ValidationRule{Rule:${text(rule)}, Message:${text(message)}, MessageExpression:${text(messageExpression)}, ` +
      `Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:${text(fieldPath)}, OptionalOldSelf:(*bool)(nil)}`,
  );
}
