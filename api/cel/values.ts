import { getOwn, isPlainObject } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { isIntOrString, itemsOf, memberOf } from '../structural/schema.ts';
import type { Schema } from '../structural/schema.ts';
import type { Cidr, Ip } from './addresses.ts';
import { parseDuration, parseTimestamp } from './times.ts';

/** Whole numbers of 64 bits without a sign. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}
export class Duration {
  /** In nanoseconds. */
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}
export class Timestamp {
  /** In nanoseconds since 1970. */
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}
export class Optional {
  readonly value: Value | undefined;
  constructor(value?: Value) {
    this.value = value;
  }
}
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
export class UrlValue {
  readonly text: string;
  readonly url: URL;
  constructor(text: string, url: URL) {
    this.text = text;
    this.url = url;
  }
}
/** An amount as Kubernetes writes it: `500m`, `2Gi`. */
export class QuantityValue {
  readonly amount: number;
  constructor(amount: number) {
    this.amount = amount;
  }
}
export class Format {
  readonly name: string;
  readonly check: (text: string) => string[];
  constructor(name: string, check: (text: string) => string[]) {
    this.name = name;
    this.check = check;
  }
}

/** A list whose items are made when they are looked at: most rules look at few. */
export class List {
  readonly size: number;
  readonly #at: (index: number) => Value;
  constructor(size: number, at: (index: number) => Value) {
    this.size = size;
    this.#at = at;
  }
  static of(items: readonly Value[]): List {
    return new List(items.length, (index) => items[index]!);
  }
  at(index: number): Value {
    return this.#at(index);
  }
  *[Symbol.iterator](): Generator<Value> {
    for (let index = 0; index < this.size; index++) yield this.#at(index);
  }
}

/** A map, or an object with named fields. */
export class Dict {
  readonly #keys: () => readonly Value[];
  readonly #get: (key: Value) => Value | undefined;
  constructor(keys: () => readonly Value[], get: (key: Value) => Value | undefined) {
    this.#keys = keys;
    this.#get = get;
  }
  static of(entries: readonly (readonly [Value, Value])[]): Dict {
    const byKey = new Map(entries.map(([key, value]) => [keyText(key), value]));
    return new Dict(
      () => entries.map(([key]) => key),
      (key) => byKey.get(keyText(key)),
    );
  }
  get size(): number {
    return this.#keys().length;
  }
  keys(): readonly Value[] {
    return this.#keys();
  }
  get(key: Value): Value | undefined {
    return this.#get(key);
  }
}

export type Value =
  | bigint
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | Uint
  | Duration
  | Timestamp
  | Optional
  | TypeValue
  | UrlValue
  | QuantityValue
  | Format
  | Ip
  | Cidr
  | List
  | Dict;

/** Keys of maps: 1, 1u and 1.0 are one key. */
export function keyText(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  const number = key instanceof Uint ? key.value : key;
  return `n${String(number)}`;
}

/** A JSON value as a rule sees it, by its schema: numbers are whole where the schema says so. */
export function valueOf(json: unknown, schema: Schema | undefined): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'string') return textValue(json, schema);
  if (typeof json === 'boolean') return json;
  if (typeof json === 'number') return numberValue(json, schema);
  if (Array.isArray(json)) {
    const items = itemsOf(schema);
    return new List(json.length, (index) => valueOf(json[index], items));
  }
  return isPlainObject(json) ? dictOf(json, schema) : null;
}

function numberValue(json: number, schema: Schema | undefined): Value {
  if (schema?.type === 'number') return json;
  return Number.isInteger(json) && (schema?.type === 'integer' || isIntOrString(schema) || !schema?.type)
    ? BigInt(json)
    : json;
}

function textValue(json: string, schema: Schema | undefined): Value {
  if (schema?.type !== 'string') return json;
  switch (schema.format) {
    case 'byte':
      return Uint8Array.from(Buffer.from(json, 'base64'));
    case 'duration':
      return new Duration(parseDuration(json) ?? 0n);
    case 'date':
      return new Timestamp(parseTimestamp(`${json}T00:00:00Z`) ?? 0n);
    case 'date-time':
      return new Timestamp(parseTimestamp(json) ?? 0n);
    default:
      return json;
  }
}

function dictOf(json: PlainObject, schema: Schema | undefined): Dict {
  return new Dict(
    () => Object.keys(json),
    (key) => {
      const inner = typeof key === 'string' ? getOwn(json, key) : undefined;
      if (inner === undefined) return undefined;
      const member = memberOf(schema, key as string) ?? metaMember(key as string);
      return valueOf(inner, member === true ? undefined : member);
    },
  );
}

const metaMember = (key: string): Schema | undefined =>
  key === 'apiVersion' || key === 'kind' ? { type: 'string' } : undefined;
