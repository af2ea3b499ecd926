import type { Answer } from './answer.ts';

/**
 * The answers to one topic with what no two servers have in common put into words: uids, versions, times, addresses from the
 * Service range, generated names, continue tokens, ages in tables. What stands for a uid or a version counts, so that it still shows
 * whether two answers tell of the same object, and of the same state of it: `<uid a#1>`, `<version 2>`.
 */
export function mask(answers: readonly Answer[]): Answer[] {
  const known = new Known();
  for (const { body } of answers) known.learn(body);
  return answers.map((answer) => known.masked(answer) as Answer);
}

interface Meta {
  name?: unknown;
  namespace?: unknown;
  uid?: unknown;
  resourceVersion?: unknown;
  generateName?: unknown;
}

const generatedLetters = 5;
/** The script's own times are of the years before, so that these are a server's. */
const time = /\b20(?:2[4-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
/** The script's own addresses are of 192.0.2.0/24 and 198.51.100.0/24, which are for documentation. */
const serviceAddress = /\b10\.(?:9[6-9]|10\d|11[01])\.\d{1,3}\.\d{1,3}\b/g;
const age = /^(?:\d+[ydhms])+$/;
const versionInWords = /((?:resource ?version|version)[^0-9"]{0,20})\d+( \(\d+\))?/gi;

class Known {
  readonly #uids = new Map<string, string>();
  readonly #uidsOfName = new Map<string, number>();
  readonly #versions = new Map<string, string>();
  readonly #versionsOfUid = new Map<string, number>();
  readonly #generated = new Map<string, string>();

  learn(value: unknown): void {
    if (Array.isArray(value)) for (const each of value) this.learn(each);
    else if (typeof value === 'object' && value !== null) {
      const { metadata } = value as { metadata?: unknown };
      if (typeof metadata === 'object' && metadata !== null) this.#learnMeta(metadata);
      for (const each of Object.values(value)) this.learn(each);
    }
  }

  #learnMeta({ name, uid, resourceVersion, generateName }: Meta): void {
    if (typeof uid !== 'string' || typeof name !== 'string') return;
    let shown = name;
    if (
      typeof generateName === 'string' &&
      name.length >= generatedLetters &&
      name.startsWith(generateName.slice(0, 58))
    ) {
      shown = `${name.slice(0, -generatedLetters)}<generated>`;
      this.#generated.set(name, shown);
    }
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
    if (Array.isArray(value)) return value.map((each) => this.masked(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [this.#words(name), this.masked(each, name, value)]),
    );
  }

  #text(value: string, key: string | undefined, within: Meta | undefined): string {
    if (key === 'resourceVersion')
      return value && (this.#versions.get(`${String(within?.uid)} ${value}`) ?? '<version>');
    if (key === 'continue') return value && '<continue>';
    if (key === 'cells' && age.test(value)) return '<age>';
    return this.#words(value);
  }

  #words(value: string): string {
    let words = value
      .replace(time, '<time>')
      .replace(serviceAddress, '<address>')
      .replace(uuid, (uid) => this.#uids.get(uid) ?? uid)
      .replace(
        versionInWords,
        (_, before: string, second?: string) => `${before}<version>${second ? ' (<version>)' : ''}`,
      );
    for (const [name, shown] of this.#generated) words = words.replaceAll(name, shown);
    return words;
  }
}
