import type { Answer } from './answer.ts';

/**
 * The answers to one topic with what no two servers have in common put into words: uids, versions, times, addresses from the
 * Service range, generated names, continue tokens, ages in tables, and whole objects in messages, which the original writes as Go does,
 * pointers and all. What stands for a uid or a version counts, so that it still shows whether two answers tell of the same object,
 * and of the same state of it: `<uid a#1>`, `<version 2>`.
 *
 * @param generatedFrom what the topic asked names to be generated from
 */
export function mask(answers: readonly Answer[], generatedFrom: readonly string[] = []): Answer[] {
  const known = new Known(generatedFrom);
  for (const { body } of answers) known.learn(body);
  return answers.map((answer) => ({ ...(known.masked(answer) as Answer), step: answer.step }));
}

interface Meta {
  name?: unknown;
  namespace?: unknown;
  uid?: unknown;
  resourceVersion?: unknown;
}

const generatedLetters = 5;
/** A base is cut so that a name of 63 letters comes of it. */
const generatedBaseMax = 58;
/** The script's own times are of the years before, so that these are a server's. */
const time = /\b20(?:2[4-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
/** The script's own addresses are of 192.0.2.0/24 and 198.51.100.0/24, which are for documentation. */
const serviceAddress = /\b10\.(?:9[6-9]|10\d|11[01])\.\d{1,3}\.\d{1,3}\b/g;
const age = /^(?:\d+[ydhms])+$/;
const versionInWords = /(resource ?version:? |in record \(|current: )\d+( \(\d+\))?/gi;

class Known {
  readonly #uids = new Map<string, string>();
  readonly #uidsOfName = new Map<string, number>();
  readonly #versions = new Map<string, string>();
  readonly #versionsOfUid = new Map<string, number>();
  readonly #generated: RegExp | undefined;

  constructor(generatedFrom: readonly string[]) {
    const bases = [...new Set(generatedFrom)].map((base) => base.slice(0, generatedBaseMax));
    if (bases.length > 0)
      this.#generated = new RegExp(`\\b(${bases.join('|')})[a-z0-9]{${generatedLetters}}\\b`, 'g');
  }

  learn(value: unknown): void {
    if (Array.isArray(value)) for (const each of value) this.learn(each);
    else if (typeof value === 'object' && value !== null) {
      const { metadata } = value as { metadata?: unknown };
      if (typeof metadata === 'object' && metadata !== null) this.#learnMeta(metadata);
      for (const each of Object.values(value)) this.learn(each);
    }
  }

  #learnMeta({ name, uid, resourceVersion }: Meta): void {
    if (typeof uid !== 'string' || typeof name !== 'string') return;
    const shown = this.#withoutGenerated(name);
    if (!this.#uids.has(uid)) {
      const count = (this.#uidsOfName.get(shown) ?? 0) + 1;
      this.#uidsOfName.set(shown, count);
      this.#uids.set(uid, `<uid ${shown}#${count}>`);
    }
    const key = `${uid} ${String(resourceVersion)}`;
    if (resourceVersion && !this.#versions.has(key)) {
      const count = (this.#versionsOfUid.get(uid) ?? 0) + 1;
      this.#versionsOfUid.set(uid, count);
      this.#versions.set(key, `<version ${count}>`);
    }
  }

  masked(value: unknown, key?: string, within?: object): unknown {
    if (typeof value === 'string') return this.#text(value, key, within as Meta);
    if (Array.isArray(value)) {
      const items = value.map((each) => this.masked(each, key));
      // They stand in the order of their times, of which one second may hold all or not.
      return key === 'managedFields' ? items.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [this.#words(name), this.masked(each, name, value)]),
    );
  }

  #text(value: string, key: string | undefined, within: Meta | undefined): string {
    if (key === 'resourceVersion')
      return value && (this.#versions.get(`${String(within?.uid)} ${value}`) ?? '<version>');
    if (key === 'continue') return value && '<continue>';
    if (key === 'serverAddress') return '<address>';
    if (key === 'cells' && age.test(value)) return '<age>';
    return this.#words(value);
  }

  #words(value: string): string {
    const words = withoutObjects(value)
      .replace(time, '<time>')
      .replace(serviceAddress, '<address>')
      .replace(uuid, (uid) => this.#uids.get(uid) ?? uid)
      .replace(
        versionInWords,
        (_, before: string, second?: string) => `${before}<version>${second ? ' (<version>)' : ''}`,
      );
    return this.#withoutGenerated(words);
  }

  #withoutGenerated(words: string): string {
    return this.#generated ? words.replace(this.#generated, '$1<generated>') : words;
  }
}

/** In the order of its keys, which differs between the two. */
const textOf = (value: unknown) =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

const before = /(?<=(?:Invalid|Duplicate) value: )/;

/** `Invalid value: core.PodSpec{…}: why` and `Invalid value: "{…}": why` as `Invalid value: <object>: why`; a diff of two as `<diff>`. */
function withoutObjects(text: string): string {
  const diff = text.search(/\n\s+(?:\S+\(\n\s+)?[\w.&*[\]]+\{/u);
  const words = diff < 0 ? text : `${text.slice(0, diff)}\n<diff>`;
  return words
    .split(before)
    .map((part, index) => (index === 0 ? part : withoutObject(part)))
    .join('');
}

function withoutObject(text: string): string {
  const quoted = /^"\s*[{[](?:[^"\\]|\\.)*"/.exec(text);
  if (quoted) return `<object>${text.slice(quoted[0].length)}`;
  const opening = /^[\w.&*[\]]*[{[]/.exec(text);
  if (!opening) return text;
  const end = closing(text, opening[0].length);
  return end === undefined ? text : `<object>${text.slice(end)}`;
}

/** Where the bracket that was opened before `from` is closed; brackets within strings do not count. */
function closing(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '"') {
      at = text.slice(at).match(/^"(?:[^"\\]|\\.)*/)![0].length + at;
      continue;
    }
    if ('{[('.includes(letter)) depth++;
    if ('}])'.includes(letter) && --depth === 0) return at + 1;
  }
  return undefined;
}
