import { isPlainObject } from '../plain-objects.ts';

/**
 * One step of a path in an object, as `metadata.managedFields` writes it, in one canonical text, so that equal steps are equal
 * texts: `f:spec` (a field), `k:{"name":"web"}` (an item of a keyed list), `v:"web"` (an item of a set), `i:0` (an index).
 */
export type PathElement = string;

/** A text that stands for no step of a path. */
export class PathElementError extends Error {}

export const fieldElement = (name: string): PathElement => `f:${name}`;
export const valueElement = (value: unknown): PathElement => `v:${canonical(value)}`;

/** `k:{"containerPort":80,"protocol":"TCP"}`: the keys in the order of their names. */
export function keyElement(fields: readonly (readonly [name: string, value: unknown])[]): PathElement {
  const sorted = fields.length < 2 ? fields : fields.toSorted(([a], [b]) => compareText(a, b));
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${canonical(value)}`).join(',')}}`;
}

/**
 * The step that a key of FieldsV1 stands for; undefined for a kind of step that a later Kubernetes may know.
 *
 * @throws PathElementError
 */
export function parseElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new PathElementError('key must be 2 characters long:');
  if (text[1] !== ':') throw new PathElementError(`missing colon: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f':
      return text;
    case 'v':
      return valueElement(jsonOf(rest));
    case 'k': {
      const fields = jsonOf(rest);
      if (!isPlainObject(fields)) throw new PathElementError(`the keys of an item are an object: ${text}`);
      return keyElement(Object.entries(fields));
    }
    case 'i':
      if (!/^[-+]?\d{1,15}$/.test(rest)) throw new PathElementError(`an index is a whole number: ${text}`);
      return `i:${Number(rest)}`;
    default:
      return undefined;
  }
}

/** The name that a step selects of an object; undefined where it selects of a list. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** As messages write it: `.spec`, `[name="web"]`, `[="web"]`, `[0]`. */
export function elementText(element: PathElement): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'k':
      return `[${Object.entries(jsonOf(rest) as object)
        .map(([name, value]) => `${name}=${valueText(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${valueText(jsonOf(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

/** A path as messages write it: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join('');
}

const kindOrder = 'fkvi';

/** structured-merge-diff's order: fields by name, then keys field by field, then values (numbers before texts), then indexes. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  const kinds = kindOrder.indexOf(a[0]!) - kindOrder.indexOf(b[0]!);
  if (kinds !== 0) return kinds;
  switch (a[0]) {
    case 'f':
      return compareText(a, b);
    case 'i':
      return Number(a.slice(2)) - Number(b.slice(2));
    default:
      return compareValues(jsonOf(a.slice(2)), jsonOf(b.slice(2)));
  }
}

/** By code points, as Go compares UTF-8; UTF-16 would put emoji before some of what comes ahead of them. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const at = firstDifference(a, b);
  const [left, right] = [a.codePointAt(at), b.codePointAt(at)];
  return (left ?? -1) - (right ?? -1);
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  // A pair that differs in its second half begins one before.
  const before = a.charCodeAt(at - 1);
  return before >= 0xd800 && before < 0xdc00 ? at - 1 : at;
}

const ranks = ['number', 'string', 'boolean', 'list', 'map', 'null'];

function rankOf(value: unknown): number {
  if (value === null) return ranks.indexOf('null');
  if (Array.isArray(value)) return ranks.indexOf('list');
  return typeof value === 'object' ? ranks.indexOf('map') : ranks.indexOf(typeof value);
}

function compareValues(a: unknown, b: unknown): number {
  const order = rankOf(a) - rankOf(b);
  if (order !== 0) return order;
  if (typeof a === 'number') return a - (b as number);
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a === null) return 0;
  return compareLists(flat(a as object), flat(b as object));
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareValues(a[at], b[at]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const flat = (value: object): readonly unknown[] =>
  Array.isArray(value) ? value : Object.entries(value).flat();

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new PathElementError(`${(error as Error).message}: ${text}`);
  }
}

/** JSON as Go writes it: keys in order, and what could end a script escaped. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isPlainObject(value))
    return `{${Object.keys(value)
      .toSorted(compareText)
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
      .join(',')}}`;
  const text = JSON.stringify(value) ?? 'null';
  return typeof value === 'string' && /[<>&\u2028\u2029]/.test(value)
    ? text.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (isPlainObject(value))
    return Object.entries(value)
      .map(([key, each]) => `${key}=${valueText(each)}`)
      .join('');
  return JSON.stringify(value) ?? 'null';
}
