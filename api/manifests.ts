import { LineCounter, isScalar, parseAllDocuments } from 'yaml';
import type { Document, ScalarTag, YAMLParseError } from 'yaml';
import { fieldErrorBody } from './field-errors.ts';
import type { FieldError } from './field-errors.ts';
import { kindOf, kinds } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { isPlainObject } from './plain-objects.ts';
import type { PlainObject } from './plain-objects.ts';
import { TextPlace } from './text-place.ts';
import { examine } from './validation/examine.ts';

/** One object of a manifest, as the user wrote it (no defaults filled in), and where it stands. */
export interface ManifestDocument {
  object: PlainObject;
  kind: Kind;
  file: string;
  /** Where the object begins, from 1. */
  line: number;
  /** The line of a field by its path (`spec.replicas`), or of the nearest thing that holds it where it is missing. */
  lineOf(path: string): number;
}

/** Why a manifest is refused, and where. */
export interface ManifestError {
  file: string;
  line: number;
  column?: number;
  /** Absent where the text itself cannot be read. */
  field?: string;
  reason: string;
}

export interface Manifests {
  documents: ManifestDocument[];
  /** Empty where every document is in order. If it is not, nothing of the input should be applied. */
  errors: ManifestError[];
}

/** Several times the largest charts; all of it is held in memory, with a tree of its lines. */
export const manifestBytesMax = 8 * 1024 * 1024;

/** As many objects as no one writes by hand; a larger input can be cut in several. */
export const manifestDocumentsMax = 2000;

/** How often aliases may repeat what they stand for, all together: aliases of aliases grow without end. */
const aliasesMax = 100;

/** After the first slip a reader stumbles on over what follows it; so many of one document's are told. */
const syntaxErrorsMax = 3;

/** A leading zero is octal in YAML 1.1, which Kubernetes reads: `defaultMode: 0644` is 420. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

/**
 * Reads YAML or JSON with any number of documents, and checks all of them: syntax, kinds, fields, types, content. Lists
 * (`kind: List`) become their items, empty documents are skipped.
 *
 *     const { documents, errors } = parseManifests(text, 'hello.yaml');
 *     for (const { file, line, field, reason } of errors) console.error(`${file}:${line}: ${field}: ${reason}`);
 */
export function parseManifests(text: string, fileName: string): Manifests {
  const result: Manifests = { documents: [], errors: [] };
  const refuse = (reason: string, line = 1) => result.errors.push({ file: fileName, line, reason });
  if (Buffer.byteLength(text) > manifestBytesMax) {
    refuse(
      `a manifest may have ${manifestBytesMax} bytes, this has ${Buffer.byteLength(text)}; cut it in several`,
    );
    return result;
  }
  const lines = new LineCounter();
  try {
    for (const document of read(text, lines)) {
      if (result.documents.length + result.errors.length >= manifestDocumentsMax) {
        refuse(`a manifest may have ${manifestDocumentsMax} documents; cut it in several`);
        break;
      }
      checkDocument(document, lines, fileName, result);
    }
  } catch (error) {
    // The reader goes as deep as the text does; text that deep is no manifest.
    if (!(error instanceof RangeError)) throw error;
    refuse('this is nested too deeply to be a manifest');
  }
  return result;
}

function read(text: string, lines: LineCounter): Document.Parsed[] {
  const documents = parseAllDocuments(jsonTabs(text), {
    lineCounter: lines,
    merge: true,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    customTags: (tags) => [octal, ...tags],
  });
  return [...documents];
}

/** JSON may be indented with tabs, YAML not. In JSON a tab can only stand between tokens, so a space does as well. */
function jsonTabs(text: string): string {
  if (!/^\s*[[{]/.test(text) || !text.includes('\t')) return text;
  try {
    JSON.parse(text);
    return text.replaceAll('\t', ' ');
  } catch {
    // YAML in flow style, or broken: the YAML parser says what is wrong, and where.
    return text;
  }
}

function checkDocument(document: Document.Parsed, lines: LineCounter, file: string, result: Manifests): void {
  if (document.errors.length > 0) {
    for (const error of document.errors.slice(0, syntaxErrorsMax)) {
      const { line, col } = lines.linePos(error.pos[0]);
      const field = error.code === 'DUPLICATE_KEY' && fieldAt(document, lines, error.pos[0]);
      result.errors.push({ file, line, column: col, ...(field && { field }), reason: syntaxReason(error) });
    }
    return;
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return;
  const place = new TextPlace(document.contents, lines);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: aliasesMax });
    // An anchor that holds an alias of itself makes a value without end.
    JSON.stringify(value);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    result.errors.push({
      file,
      line: place.lineOf(''),
      reason: `its anchors and aliases cannot be followed: ${why}`,
    });
    return;
  }
  checkValue(value, '', place, file, result);
}

function fieldAt(document: Document.Parsed, lines: LineCounter, offset: number): string | undefined {
  return document.contents ? new TextPlace(document.contents, lines).fieldAt(offset) : undefined;
}

/** The mistakes that everyone makes once, in words that say what to do. */
function syntaxReason({ code, message }: YAMLParseError): string {
  if (code === 'TAB_AS_INDENT') return 'tabs are not allowed as indentation in YAML; use spaces';
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice; keep one';
  if (message.includes('call stack')) return 'this is nested too deeply to be a manifest';
  return `this is no YAML: ${message.split('\n')[0]}`;
}

/** One value of a document that should be an object, or a list of them; `prefix` is where it stands in the document. */
function checkValue(value: unknown, prefix: string, place: TextPlace, file: string, result: Manifests): void {
  const refuse = (field: string, reason: string) => {
    const path = join(prefix, field);
    result.errors.push({ file, line: place.lineOf(path), ...(field ? { field: path } : {}), reason });
  };
  if (!isPlainObject(value))
    return void refuse('', 'a manifest is an object with apiVersion, kind and metadata');
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion !== 'string') return void refuse('apiVersion', unstated(apiVersion, 'apps/v1'));
  if (typeof kind !== 'string') return void refuse('kind', unstated(kind, 'Deployment'));
  if (isListKind(kind) && prefix === '') {
    if (!Array.isArray(items)) return void refuse('items', 'Required value: a list has items');
    for (const [index, item] of items.entries()) checkValue(item, `items[${index}]`, place, file, result);
    return;
  }
  const known = kindOf(apiVersion, kind);
  if (!known)
    return void refuse(
      kinds.some((each) => each.kind === kind) ? 'apiVersion' : 'kind',
      unknownKind(apiVersion, kind),
    );
  for (const error of examine(known, inSomeNamespace(value, known)).errors)
    refuse(error.field, reasonOf(error));
  result.documents.push({
    object: value,
    kind: known,
    file,
    line: place.lineOf(prefix),
    lineOf: (path) => place.lineOf(join(prefix, path)),
  });
}

function join(prefix: string, field: string): string {
  return prefix && field ? `${prefix}.${field}` : prefix || field;
}

function isListKind(kind: string): boolean {
  return kind === 'List' || kinds.some((each) => `${each.kind}List` === kind);
}

function unstated(value: unknown, example: string): string {
  return value === undefined || value === null
    ? `Required value: such as ${example}`
    : `must be a string such as ${example}`;
}

function unknownKind(apiVersion: string, kind: string): string {
  const known = kinds.find((each) => each.kind === kind);
  if (known)
    return `no matches for kind "${kind}" in version "${apiVersion}"; kith serves it as ${known.apiVersion}`;
  return `no matches for kind "${kind}" in version "${apiVersion}"; kith serves ${kinds.map((each) => each.kind).join(', ')}`;
}

/** Which namespace an object goes to may be said on the command line, so a manifest need not. */
function inSomeNamespace(value: PlainObject, kind: Kind): PlainObject {
  const { metadata = {} } = value;
  if (!kind.namespaced || !isPlainObject(metadata) || metadata['namespace']) return value;
  return { ...value, metadata: { ...metadata, namespace: 'default' } };
}

function reasonOf(error: FieldError): string {
  return error.type === 'UnknownField' ? 'unknown field' : fieldErrorBody(error);
}
