import { badRequest } from './errors.ts';
import { fieldErrorText, invalidValue } from './field-errors.ts';
import type { Kind } from './kinds.ts';
import type { LabelSelector } from './types.ts';
import { labelValue, qualifiedName } from './validation/names.ts';
import { named } from './validation/rules.ts';

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
 * @throws ApiError (bad request) in Kubernetes' words
 */
export function parseLabelSelector(text: string): Requirement[] {
  if (text.length > selectorCharactersMax)
    throw badRequest(
      `a label selector may have ${selectorCharactersMax} characters, this has ${text.length}`,
    );
  return new SelectorParser(text).parse();
}

type Token = 'identifier' | 'end' | 'in' | 'notin' | '=' | '==' | '!=' | '!' | '<' | '>' | '(' | ')' | ',';

const symbols = /==|!=|[=!<>(),]|[^\s=!<>(),]+/g;
const words = new Set(['in', 'notin', '=', '==', '!=', '!', '<', '>', '(', ')', ',']);

/** The grammar and the words are those of k8s.io/apimachinery/pkg/labels/selector.go. */
class SelectorParser {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(symbols) ?? [];
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const token = this.#lookahead();
      if (token === 'end') return requirements;
      if (token !== 'identifier' && token !== '!')
        throw badRequest(`found '${this.#literal()}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const after = this.#consume();
      if (after.token === 'end') return requirements;
      if (after.token !== ',') throw badRequest(`found '${after.literal}', expected: ',' or 'end of string'`);
      const next = this.#lookahead();
      if (next !== 'identifier' && next !== '!')
        throw badRequest(`found '${this.#literal()}', expected: identifier after ','`);
    }
  }

  #requirement(): Requirement {
    const { key, operator } = this.#key();
    if (operator) return { key, operator, values: [] };
    const { token, literal } = this.#consume(true);
    switch (token) {
      case '=':
      case '==':
        return checked({ key, operator: 'In', values: [this.#value()] });
      case '!=':
        return checked({ key, operator: 'NotIn', values: [this.#value()] });
      case '>':
      case '<':
        return checked({ key, operator: token === '>' ? 'Gt' : 'Lt', values: [this.#value()] });
      case 'in':
      case 'notin':
        return checked({ key, operator: token === 'in' ? 'In' : 'NotIn', values: this.#values() });
      default:
        return fail(`found '${literal}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  #key(): { key: string; operator?: SelectorOperator } {
    let { token, literal } = this.#consume();
    const isAbsent = token === '!';
    if (isAbsent) ({ token, literal } = this.#consume());
    if (token !== 'identifier') return fail(`found '${literal}', expected: identifier`);
    const [problem] = named('<nil>', literal, qualifiedName);
    if (problem) return fail(fieldErrorText(problem));
    if (isAbsent) return { key: literal, operator: 'DoesNotExist' };
    const next = this.#lookahead();
    return next === 'end' || next === ',' ? { key: literal, operator: 'Exists' } : { key: literal };
  }

  #value(): string {
    const next = this.#lookahead();
    if (next === 'end' || next === ',') return '';
    const { token, literal } = this.#consume();
    return token === 'identifier' ? literal : fail(`found '${literal}', expected: identifier`);
  }

  #values(): string[] {
    const opening = this.#consume();
    if (opening.token !== '(') return fail(`found '${opening.literal}' expected: '('`);
    const values = new Set<string>();
    const first = this.#lookahead();
    if (first !== ')' && first !== 'identifier' && first !== ',')
      return fail(`found '${this.#literal()}', expected: ',', ')' or identifier`);
    // An empty place between two commas stands for the empty text.
    for (;;) {
      const isNamed = this.#lookahead() === 'identifier';
      values.add(isNamed ? this.#consume().literal : '');
      const { token, literal } = this.#consume();
      if (token === ')') return [...values].toSorted();
      if (token !== ',')
        return fail(`found '${literal}', expected: ${isNamed ? "',' or ')'" : "',', or identifier"}`);
    }
  }

  #literal(): string {
    return this.#tokens[this.#at] ?? '';
  }

  /** `in` and `notin` are words of the grammar only where an operator may stand; else they are names as any. */
  #lookahead(isOperator = false): Token {
    const literal = this.#tokens[this.#at];
    if (literal === undefined) return 'end';
    if (!isOperator && (literal === 'in' || literal === 'notin')) return 'identifier';
    return words.has(literal) ? (literal as Token) : 'identifier';
  }

  #consume(isOperator = false): { token: Token; literal: string } {
    const found = { token: this.#lookahead(isOperator), literal: this.#literal() };
    this.#at += 1;
    return found;
  }
}

function checked(requirement: Requirement): Requirement {
  const { key, operator, values } = requirement;
  const isOrder = operator === 'Gt' || operator === 'Lt';
  if (isOrder && !/^[-+]?\d+$/.test(values[0]!))
    return fail(
      fieldErrorText(
        invalidValue('values[0]', values[0], "for 'Gt', 'Lt' operators, the value must be an integer"),
      ),
    );
  const [problem] = values.flatMap((value, index) => named(`values[${index}][${key}]`, value, labelValue));
  return problem ? fail(fieldErrorText(problem)) : requirement;
}

function fail(why: string): never {
  throw badRequest(`unable to parse requirement: ${why}`);
}

/**
 * A selector as text; `parseLabelSelector` reads it back. One of an object is written as Kubernetes does: by key, and what is an
 * expression there stays one (`a in (1)`).
 */
export function formatLabelSelector(selector: LabelSelector | readonly Requirement[]): string {
  if (Array.isArray(selector)) return (selector as readonly Requirement[]).map(formatRequirement).join(',');
  const { matchLabels = {}, matchExpressions = [] } = selector as LabelSelector;
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...requirementsOf({ matchExpressions }).map((each) => ({ key: each.key, text: formatExpression(each) })),
  ];
  return terms
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
}

function formatExpression(requirement: Requirement): string {
  const { key, operator, values } = requirement;
  if (operator !== 'In' && operator !== 'NotIn') return formatRequirement(requirement);
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.toSorted().join(',')})`;
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
  // In their own order, in which Kubernetes looks at them.
  const terms = (text.match(/(?:\\[^]|[^,\\]|\\$)+/g) ?? []).toSorted();
  return terms.flatMap((term) => {
    const [, field, operator, value] = /^([^]*?)(==|!=|=)([^]*)$/.exec(term) ?? [];
    if (field === undefined || value === undefined)
      throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const found = {
      field,
      operator: operator === '!=' ? ('!=' as const) : ('=' as const),
      value: unescaped(value),
    };
    if (kind && !Object.hasOwn(kind.selectableFields, field)) throw badRequest(unknownField(field, kind));
    return field === '' && found.value === '' ? [] : [found];
  });
}

/** A backslash keeps the next character as it is: `\,` `\=` `\\`; without it none of these may stand there. */
function unescaped(value: string): string {
  return value.replace(/\\([^]?)|[,=]/g, (found: string, kept: string | undefined) => {
    if (kept === undefined)
      throw badRequest(`invalid field selector: unescaped character in value: ${found.charCodeAt(0)}`);
    if (kept === '' || !',=\\'.includes(kept))
      throw badRequest(`invalid field selector: invalid escape sequence: ${found}`);
    return kept;
  });
}

/** Kubernetes has other words for kinds that have fields of their own to be selected by. */
function unknownField(field: string, { selectableFields }: Kind): string {
  return Object.keys(selectableFields).some((each) => !each.startsWith('metadata.'))
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
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
const otherNames: Readonly<Record<string, readonly string[]>> = {
  // An Event's `source` is selected by its component, or by who reports it in the newer way.
  source: ['source.component', 'reportingComponent'],
  'status.successful': ['status.succeeded'],
};

function fieldText(object: object, path: string): string | undefined {
  if (!Object.hasOwn(otherNames, path)) return textAt(object, path);
  const texts = otherNames[path]!.map((each) => textAt(object, each));
  return texts.find((text) => text) ?? texts.find((text) => text !== undefined);
}

function textAt(object: object, path: string): string | undefined {
  let value: unknown = object;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}
