import type { Document, Node } from 'yaml';
import { badRequest } from '../../../api/errors.ts';

/** A YAML document may repeat itself by aliases; more than this is an attempt to fill memory. */
const yamlAliasesMax = 100;
/** As many keys that stand twice as are told. */
const doublesMax = 100;

/** Types that YAML 1.1 has and JSON has not, and numbers such as `12:30`. */
const isOwnType = ({ tag, format }: { tag: string; format?: string }) =>
  format === 'TIME' || /:(?:timestamp|binary|omap|pairs|set)$/.test(tag);

/** `0o17`, which YAML 1.1 has not and Kubernetes' parser takes. */
const octal = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text: string) => {
    const value = Number.parseInt(text.replace(/^[-+]?0o|_/g, ''), 8);
    return text.startsWith('-') ? -value : value;
  },
} as const;

/** What a YAML text says, and which keys stand twice in a map of it: the last counts. */
export interface Yaml {
  value: unknown;
  doubles: { key: string; line: number }[];
}

/**
 * A YAML text's only document. Aliases are limited; a key that stands twice is told, not refused: whether that is a mistake is the reader's
 * to say.
 *
 * @throws ApiError (bad request)
 */
export async function parseYaml(text: string, why: (problem: string) => string): Promise<Yaml> {
  // Most callers send JSON: the parser is loaded when the first one does not.
  const { parseDocument, LineCounter, visit, isCollection, isScalar } = await import('yaml');
  const lines = new LineCounter();
  // The parser's own search for double keys takes the square of their number.
  const document: Document.Parsed = parseDocument(text, {
    uniqueKeys: false,
    lineCounter: lines,
    // As Kubernetes reads it: `y` and `on` are true, `0644` is octal. Times and the like stay texts.
    version: '1.1',
    merge: true,
    customTags: (tags) => [octal, ...tags.filter((tag) => typeof tag === 'string' || !isOwnType(tag))],
  });
  const [error] = document.errors;
  if (error) throw badRequest(why(error.message.split('\n')[0]!));
  const doubles: Yaml['doubles'] = [];
  const refused = (problem: string) => badRequest(why(problem));
  let isEndless = false;
  visit(document, {
    Scalar(_place, scalar) {
      if (typeof scalar.value !== 'number' || Number.isFinite(scalar.value)) return;
      // Beyond what a number can be, it is a text to Kubernetes.
      if (/\d/.test(scalar.source ?? '')) scalar.value = scalar.source;
      else isEndless = true;
    },
    Alias(_place, alias, above) {
      const named = alias.resolve(document);
      if (named && above.includes(named))
        throw refused(`yaml: anchor '${alias.source}' value contains itself`);
    },
    Map(_place, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items as { key: Node }[]) {
        if (isCollection(key)) throw refused('yaml: invalid map key');
        if (!isScalar(key)) continue;
        if (key.value === null) throw refused('unsupported map key of type: null');
        if (seen.has(key.value) && doubles.length < doublesMax)
          doubles.push({ key: String(key.value), line: lines.linePos(key.range?.[0] ?? 0).line });
        seen.add(key.value);
      }
    },
  });
  try {
    const value: unknown = document.toJS({ maxAliasCount: yamlAliasesMax });
    if (isEndless) refuseEndless(value);
    return { value, doubles };
  } catch (cause) {
    throw badRequest(why((cause as Error).message.split('\n')[0]!));
  }
}

/** JSON has no infinity; one that a later key of the same name took the place of is nothing to refuse. @throws Error */
function refuseEndless(value: unknown): void {
  JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'number' && !Number.isFinite(part))
      throw new Error(`json: unsupported value: ${part}`);
    return part;
  });
}
