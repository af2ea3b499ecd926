import { GoValue } from '../go-value.ts';
import { isPlainObject } from '../plain-objects.ts';

/** A JSON value as Kubernetes' messages show it where it is no plain text or number: `map[string]interface {}{"name":"a"}`. */
export function goSyntax(value: unknown): GoValue {
  return new GoValue(textOf(value));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(textOf).join(', ')}}`;
  if (!isPlainObject(value)) return JSON.stringify(value);
  const pairs = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${textOf(inner)}`);
  return `map[string]interface {}{${pairs.join(', ')}}`;
}

/** A value as the error of one field shows it: texts, numbers and truth values as they are. */
export function shownValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? goSyntax(value) : value;
}
