import { duplicateKeys, type DuplicateKey } from '../../../api/duplicate-keys.ts';
import { ApiError, badRequest } from '../../../api/errors.ts';
import { fieldErrorText, type FieldError } from '../../../api/field-errors.ts';
import type { Kind } from '../../../api/kinds.ts';

/** What becomes of a field that the schema does not know: refused, dropped with a warning, or dropped. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** How strictly a body is read. */
export interface Strictness {
  fieldValidation: FieldValidation;
  /** Told of what was dropped; becomes a `Warning` header. */
  warn: (text: string) => void;
  /** What stands twice in the body. @default nothing */
  doubles?: Doubles | undefined;
}

/** What stands twice in a body, in the words of Kubernetes' decoders. */
export interface Doubles {
  texts: readonly string[];
  /** Those of a JSON text, to be told among other mistakes in the order of the text. */
  keys: readonly DuplicateKey[];
  json: string | undefined;
}

/** The keys that stand twice in a JSON text, which was read as `value`; undefined where none does. */
export function doublesInJson(json: string, value: unknown): Doubles | undefined {
  // What is written again in the same letters has lost nothing. Most clients write as we do, and it takes a third of looking for doubles.
  if (JSON.stringify(value) === json.trimEnd()) return undefined;
  const keys = duplicateKeys(json);
  if (keys.length === 0) return undefined;
  return { keys, json, texts: keys.map(({ field }) => `duplicate field ${JSON.stringify(field)}`) };
}

const yamlErrors = 'yaml: unmarshal errors:\n';

/** The same in the words that Kubernetes has for YAML, which an apply is in. */
export function doublesInYaml(keys: readonly Pick<DuplicateKey, 'line' | 'key'>[]): Doubles | undefined {
  if (keys.length === 0) return undefined;
  const lines = keys.map(({ line, key }) => `  line ${line}: key ${JSON.stringify(key)} already set in map`);
  return { keys: [], json: undefined, texts: [`${yamlErrors}${lines.join('\n')}`] };
}

/**
 * Refuses or warns of what a body says in vain: fields that its kind does not have, keys that stand twice.
 *
 * @param patched where the body was a patch: what Kubernetes shows of it
 * @throws ApiError: 400, or 422 for a patch
 */
export function beStrict(
  kind: Kind,
  unknown: readonly FieldError[],
  { fieldValidation, warn, doubles }: Strictness,
  patched?: () => string,
): void {
  if (fieldValidation === 'Ignore' || (unknown.length === 0 && !doubles)) return;
  const texts = inOrder(unknown, doubles);
  if (fieldValidation === 'Warn') for (const text of texts) warnOf(text, warn);
  else {
    const problem = `strict decoding error: ${texts.join(', ')}`;
    throw patched ? invalidPatch(patched(), problem) : strictError(kind, problem);
  }
}

/** Refuses or warns of what stands twice in an applied configuration, in the words that Kubernetes has for it. */
export function beStrictWithYaml({ fieldValidation, warn, doubles }: Strictness): void {
  for (const text of doubles?.texts ?? []) {
    const problem = `error converting YAML to JSON: ${text}`;
    if (fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${problem}`);
    if (fieldValidation === 'Warn') warnOf(text, warn);
  }
}

/** Each line of YAML's errors is a warning of its own. */
function warnOf(text: string, warn: (text: string) => void): void {
  if (!text.startsWith(yamlErrors)) return warn(text);
  for (const line of text.slice(yamlErrors.length).split('\n')) warn(line.trim());
}

/** What a patch made of an object cannot be read: 422, as Kubernetes answers. */
export function invalidPatch(patched: string, problem: string): ApiError {
  const shown = patched.length > patchCharactersMax ? `${patched.slice(0, patchCharactersMax)}…` : patched;
  const message = `Invalid value: ${JSON.stringify(shown)}: ${problem}`;
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}

/** A message repeats at most so much of a patch: a refused 1 MiB ConfigMap must not come back as a 2 MiB message. */
const patchCharactersMax = 200;

function strictError({ kind, version }: Kind, problem: string): ApiError {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`);
}

/** All that is wrong, each as it comes in the text. */
function inOrder(unknown: readonly FieldError[], doubles: Doubles | undefined): string[] {
  const texts = unknown.map(fieldErrorText);
  if (!doubles) return texts;
  // What YAML says twice is found before the kind is known.
  if (doubles.json === undefined) return [...doubles.texts, ...texts];
  const places = new Map<string, number>();
  duplicateKeys(doubles.json, (field, offset) => {
    if (!places.has(field)) places.set(field, offset);
  });
  return [
    ...unknown.map((error, index) => ({ text: texts[index]!, offset: places.get(error.field) ?? 0 })),
    ...doubles.keys.map(({ offset }, index) => ({ text: doubles.texts[index]!, offset })),
  ]
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ text }) => text);
}
