import { badRequest } from './errors.ts';
import type { Kind } from './kinds.ts';
import type { LabelSelector } from './types.ts';

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

/** One requirement on labels; all of a selector's must hold. */
export interface Requirement {
  key: string;
  operator: SelectorOperator;
  /** Empty for `Exists` and `DoesNotExist`, one for `Gt` and `Lt`. */
  values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** Longer selectors than this are no user's; the parser refuses them unread. */
const selectorCharactersMax = 16 * 1024;

/**
 * Reads a selector as users and URLs write it: `app=hello,tier!=db,env in (dev, test),!legacy,cores>2`.
 *
 * @throws ApiError (bad request) that shows the place
 */
export function parseLabelSelector(text: string): Requirement[] {
  if (text.length > selectorCharactersMax)
    throw badRequest(
      `a label selector may have ${selectorCharactersMax} characters, this has ${text.length}`,
    );
  return new SelectorParser(text).parse();
}

const keyPattern = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

class SelectorParser {
  readonly #text: string;
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? [];
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#tokens.length === 0) return requirements;
    do requirements.push(this.#requirement());
    while (this.#take(','));
    if (this.#at < this.#tokens.length) this.#fail(`found "${this.#peek()}", expected "," or the end`);
    return requirements;
  }

  #requirement(): Requirement {
    if (this.#take('!')) return { key: this.#key(), operator: 'DoesNotExist', values: [] };
    const key = this.#key();
    const operator = this.#peek();
    switch (operator) {
      case undefined:
      case ',':
        return { key, operator: 'Exists', values: [] };
      case '=':
      case '==':
        this.#at += 1;
        return { key, operator: 'In', values: [this.#value()] };
      case '!=':
        this.#at += 1;
        return { key, operator: 'NotIn', values: [this.#value()] };
      case '>':
      case '<':
        this.#at += 1;
        return { key, operator: operator === '>' ? 'Gt' : 'Lt', values: [this.#integer()] };
      case 'in':
      case 'notin':
        this.#at += 1;
        return { key, operator: operator === 'in' ? 'In' : 'NotIn', values: this.#values() };
      default:
        return this.#fail(`found "${operator}", expected one of =, ==, !=, in, notin, >, <`);
    }
  }

  #key(): string {
    const key = this.#tokens[this.#at++];
    if (key === undefined) return this.#fail('a label key is missing at the end');
    if (!keyPattern.test(key)) return this.#fail(`"${key}" is no label key`);
    return key;
  }

  #value(): string {
    const next = this.#peek();
    if (next === undefined || next === ',' || next === ')') return '';
    this.#at += 1;
    if (!valuePattern.test(next)) return this.#fail(`"${next}" is no label value`);
    return next;
  }

  #integer(): string {
    const value = this.#value();
    return /^-?\d+$/.test(value) ? value : this.#fail(`"${value}" is no whole number to compare with`);
  }

  #values(): string[] {
    if (!this.#take('(')) return this.#fail(`found "${this.#peek() ?? 'the end'}", expected "("`);
    const values = new Set<string>();
    do values.add(this.#value());
    while (this.#take(','));
    if (!this.#take(')')) return this.#fail(`found "${this.#peek() ?? 'the end'}", expected "," or ")"`);
    return [...values].toSorted();
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #fail(why: string): never {
    throw badRequest(`unable to parse requirement: ${why} in label selector "${this.#text}"`);
  }
}

/** The requirements as canonical text; `parseLabelSelector` reads it back. */
export function formatLabelSelector(selector: LabelSelector | readonly Requirement[]): string {
  return requirementsOf(selector).map(formatRequirement).join(',');
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
      return `${key}>${values[0]}`;
    case 'Lt':
      return `${key}<${values[0]}`;
    default:
      if (values.length === 1) return `${key}${operator === 'In' ? '=' : '!='}${values[0]}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  }
}

/** What a `LabelSelector` object asks for, as the requirements that the text form has. */
export function requirementsOf(selector: LabelSelector | readonly Requirement[]): readonly Requirement[] {
  if (Array.isArray(selector)) return selector as readonly Requirement[];
  const { matchLabels, matchExpressions } = selector as LabelSelector;
  return [
    ...Object.entries(matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'In' as const,
      values: [value],
    })),
    ...(matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      operator: operator as SelectorOperator,
      values: values ?? [],
    })),
  ];
}

/**
 * Whether the selector picks an object with these labels. As in Kubernetes: an absent selector picks nothing, an empty
 * one everything. A Service's selector is a plain map: `selects({ matchLabels: service.spec.selector }, labels)`,
 * and a Service without one has no pods at all.
 */
export function selects(
  selector: LabelSelector | readonly Requirement[] | undefined,
  labels: Labels | undefined,
): boolean {
  return selector !== undefined && requirementsOf(selector).every((each) => holds(each, labels ?? {}));
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && /^-?\d+$/.test(value) && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && /^-?\d+$/.test(value) && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** One term of a field selector; all must hold. */
export interface FieldTerm {
  field: string;
  operator: '=' | '!=';
  value: string;
}

/**
 * Reads `spec.nodeName=attic,status.phase!=Running`. With a kind, refuses fields that the kind cannot be selected by.
 *
 * @throws ApiError (bad request)
 */
export function parseFieldSelector(text: string, kind?: Kind): FieldTerm[] {
  if (text.length > selectorCharactersMax)
    throw badRequest(
      `a field selector may have ${selectorCharactersMax} characters, this has ${text.length}`,
    );
  // A backslash keeps the next character as it is: `\,` `\=` `\\`.
  const terms = text.match(/(?:\\.|[^,\\])+/g) ?? [];
  return terms.map((term) => {
    const match = /^((?:\\.|[^=!\\])+?)(==|!=|=)((?:\\.|[^=\\])*)$/.exec(term.trim());
    if (!match)
      throw badRequest(
        `invalid selector: '${text}'; can't understand '${term}' (write field=value or field!=value)`,
      );
    const field = match[1]!.trim();
    if (kind && !Object.hasOwn(kind.selectableFields, field))
      throw badRequest(
        `field label not supported: ${field} (${kind.plural} can be selected by ${Object.keys(kind.selectableFields).join(', ')})`,
      );
    return { field, operator: match[2] === '!=' ? '!=' : '=', value: match[3]!.replace(/\\(.)/g, '$1') };
  });
}

/** The terms as text; `parseFieldSelector` reads it back. */
export function formatFieldSelector(terms: readonly FieldTerm[]): string {
  return terms
    .map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`)
    .join(',');
}

/** Whether all terms hold. Absent fields read as the kind says (`spec.unschedulable` as `false`), else as empty. */
export function selectsFields(terms: readonly FieldTerm[], object: object, kind?: Kind): boolean {
  return terms.every(({ field, operator, value }) => {
    const actual = fieldText(object, field) ?? kind?.selectableFields[field] ?? '';
    return (actual === value) === (operator === '=');
  });
}

/** Kubernetes selects these by other names than they have. */
const otherNames: Readonly<Record<string, string>> = {
  // An Event's `source` is selected by its component.
  source: 'source.component',
  'status.successful': 'status.succeeded',
};

function fieldText(object: object, path: string): string | undefined {
  const steps = (Object.hasOwn(otherNames, path) ? otherNames[path]! : path).split('.');
  let value: unknown = object;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}
