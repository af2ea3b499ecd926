/** A field's name and value as they travel: the name in the guest's own letters, the value as bytes (RFC 9110, 5). */
export type FieldEntry = [name: string, value: Uint8Array];

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What the server at the edge writes itself: an app that set these could break the framing of its answer (RFC 9112, 6). */
const forbiddenNames = new Set([
  'connection',
  'keep-alive',
  'host',
  'http2-settings',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** HTTP headers, as `wasi:http/types` has them. Throws `{tag}` of the interface's `header-error`. */
export class Fields {
  #entries: FieldEntry[] = [];
  #immutable = false;

  static fromList(entries: FieldEntry[]): Fields {
    const fields = new Fields();
    for (const [name, value] of entries) fields.append(name, value);
    return fields;
  }

  get(name: string): Uint8Array[] {
    const wanted = name.toLowerCase();
    return this.#entries.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value);
  }

  has(name: string): boolean {
    const wanted = name.toLowerCase();
    return this.#entries.some(([each]) => each.toLowerCase() === wanted);
  }

  set(name: string, values: Uint8Array[]): void {
    this.#check(name, values);
    this.delete(name);
    for (const value of values) this.#entries.push([name, value]);
  }

  delete(name: string): void {
    this.#check(name, []);
    const unwanted = name.toLowerCase();
    this.#entries = this.#entries.filter(([each]) => each.toLowerCase() !== unwanted);
  }

  append(name: string, value: Uint8Array): void {
    this.#check(name, [value]);
    this.#entries.push([name, value]);
  }

  entries(): FieldEntry[] {
    return this.#entries;
  }

  clone(): Fields {
    const copy = new Fields();
    copy.#entries = [...this.#entries];
    return copy;
  }

  #check(name: string, values: Uint8Array[]): void {
    if (this.#immutable) throw { tag: 'immutable' };
    if (!tokenPattern.test(name) || !values.every(isFieldValue)) throw { tag: 'invalid-syntax' };
    if (forbiddenNames.has(name.toLowerCase())) throw { tag: 'forbidden' };
  }

  /** Fields that came with a request: as they are, and never to be changed. */
  static received(entries: FieldEntry[]): Fields {
    const fields = new Fields();
    fields.#entries = entries;
    return lock(fields);
  }

  static lock(fields: Fields): Fields {
    fields.#immutable = true;
    return fields;
  }
}

/** From here on the guest may read the fields but no longer change them. Kept off the class that the guest's bindings see. */
export const lock = Fields.lock;

function isFieldValue(value: Uint8Array): boolean {
  for (const byte of value) if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return false;
  return true;
}
