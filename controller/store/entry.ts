import type { Entry } from './store.ts';

/** What objects of the store are as JSON: each is written out once, whoever is shown it. */
const texts = new WeakMap<object, string>();

/** The object as JSON; that of a stored one is at hand. */
export function jsonOf(object: object): string {
  return texts.get(object) ?? JSON.stringify(object);
}

/** A value in memory: as its JSON, and as the value from the moment that anyone asks for it. */
export class StoredEntry implements Entry {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly json: string;
  #value: unknown;
  #read: ((json: string) => unknown) | undefined;

  /** @param value of which `json` are the letters, or how to read them */
  constructor(
    key: string,
    { createRevision, modRevision }: Pick<Entry, 'createRevision' | 'modRevision'>,
    json: string,
    value: { value: unknown } | { read: (json: string) => unknown },
  ) {
    this.key = key;
    this.createRevision = createRevision;
    this.modRevision = modRevision;
    this.json = json;
    if ('read' in value) this.#read = value.read;
    else this.#take(value.value);
  }

  get value(): unknown {
    const read = this.#read;
    if (read) {
      this.#read = undefined;
      this.#take(read(this.json));
    }
    return this.#value;
  }

  #take(value: unknown): void {
    this.#value = value;
    if (typeof value === 'object' && value !== null) texts.set(value, this.json);
  }
}
