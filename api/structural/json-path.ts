import { getOwn, isPlainObject } from '../plain-objects.ts';

/** One step of a path: what it turns each value into. */
type Step =
  | { name: string }
  | { index: number }
  | { every: true }
  | { filter: Step[]; operator?: string; literal?: string | number | boolean };

/** A parsed path; `valuesAt` follows it. */
export type JsonPath = readonly Step[];

/** Longer than any column of a real definition. */
const pathCharactersMax = 1_000;
/** A wildcard over a large list gives as many values; a column shows one. */
const valuesMax = 10_000;

/**
 * Reads the JSONPath of a printer column, a scale path or a selectable field: `.spec.replicas`, `.spec.list[0]`, `.spec['a.b']`,
 * `.metadata.labels.app\.kubernetes\.io/name`, `.status.conditions[?(@.type=="Ready")].status`, `[*]`.
 *
 * @returns undefined where the text is none of these
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text.length > pathCharactersMax) return undefined;
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const named = /^\.((?:\\.|[^.[\]\\])*)/.exec(rest);
    if (named) {
      const name = named[1]!.replace(/\\(.)/g, '$1');
      if (name === '*') steps.push({ every: true });
      else if (name !== '') steps.push({ name });
      // A lone dot is the object itself; two of them (all descendants) are more than a column can show.
      else if (rest !== '.' && rest[1] !== '[') return undefined;
      at += named[0].length;
      continue;
    }
    const bracket =
      /^\[(?:(-?\d{1,9})|(\*)|'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|\?\(\s*(.*?)\s*\))\]/.exec(rest);
    if (!bracket) return undefined;
    const [whole, index, every, single, double, filter] = bracket;
    const quoted = single ?? double;
    if (index !== undefined) steps.push({ index: Number(index) });
    else if (every) steps.push({ every: true });
    else if (quoted !== undefined) steps.push({ name: quoted.replace(/\\(.)/g, '$1') });
    else {
      const step = parseFilter(filter!);
      if (!step) return undefined;
      steps.push(step);
    }
    at += whole.length;
  }
  return steps;
}

function parseFilter(text: string): Step | undefined {
  const match = /^@((?:\.(?:\\.|[\w/-])+|\[[^\]]*\])*)(?:\s*(==|!=|<=|>=|<|>)\s*(.+))?$/.exec(text);
  if (!match) return undefined;
  const filter = parseJsonPath(match[1]!);
  if (!filter) return undefined;
  if (match[2] === undefined) return { filter: [...filter] };
  const literal = parseLiteral(match[3]!.trim());
  return literal === undefined ? undefined : { filter: [...filter], operator: match[2], literal };
}

function parseLiteral(text: string): string | number | boolean | undefined {
  const quoted = /^(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')$/.exec(text);
  if (quoted) return (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/g, '$1');
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** What stands at the path; nothing where a part of it is missing. */
export function valuesAt(value: unknown, path: JsonPath): unknown[] {
  let values: unknown[] = [value];
  for (const step of path) values = values.flatMap((each) => follow(each, step)).slice(0, valuesMax);
  return values;
}

function follow(value: unknown, step: Step): unknown[] {
  if ('name' in step) {
    const found = isPlainObject(value) ? getOwn(value, step.name) : undefined;
    return found === undefined ? [] : [found];
  }
  if ('index' in step) {
    const found: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
    return found === undefined ? [] : [found];
  }
  const items: unknown[] = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : [];
  return 'every' in step ? items : items.filter((item) => passes(item, step));
}

function passes(item: unknown, { filter, operator, literal }: Extract<Step, { filter: Step[] }>): boolean {
  const [found] = valuesAt(item, filter);
  if (operator === undefined || literal === undefined) return found !== undefined;
  if (typeof found !== typeof literal) return operator === '!=';
  const [left, right] = [found as string, literal as string];
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
