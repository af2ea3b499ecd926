/**
 * What server-side apply has to know of one place in an object: is it a whole, or do writers share what lies within? Kinds of
 * Kubernetes have theirs from the schema data (`kind-schema.ts`), custom resources from their definition.
 */
export type MergeSchema =
  /** A plain value. `any` takes a text, a number or true and false: quantities, times. */
  | { readonly shape: 'leaf'; readonly scalar: 'string' | 'number' | 'boolean' | 'any' }
  | MapSchema
  | ListSchema
  /** No shape is said: what is found decides. Maps are shared key by key and lists are wholes; `atomic`: all is a whole. */
  | { readonly shape: 'any'; readonly atomic?: boolean };

export interface MapSchema {
  readonly shape: 'map';
  /** The object is a whole: who writes into it owns all of it. */
  readonly atomic?: boolean;
  /** The fields that have a name in the schema. @default none */
  field?(name: string): MergeSchema | undefined;
  /** What lies under any other key. Absent: there may be no other. */
  readonly values?: MergeSchema;
  /** Fields that have a value in every object even where it is not written, with that value: Go's structs. @default none */
  readonly present?: ReadonlyMap<string, unknown>;
  /** Fields that are as if they were not there where they are empty: Go's `omitempty`. @default none */
  readonly omitted?: ReadonlySet<string>;
}

export interface ListSchema {
  readonly shape: 'list';
  /** `atomic`: a whole. `set`: plain values, each once. `map`: objects, found by `keys`. */
  readonly list: 'atomic' | 'set' | 'map';
  readonly items: MergeSchema;
  /** Of `map`: the fields that name an item. */
  readonly keys?: readonly string[];
  /** Of `map`: what a key is where an item leaves it out. @default none: such an item is refused */
  keyDefault?(key: string): unknown;
}

/** An object of which nothing is known. */
export const deduced: MergeSchema = { shape: 'any' };
/** A value of which nothing is known, and which is a whole. */
export const untypedWhole: MergeSchema = { shape: 'any', atomic: true };

/** The shape of a place where this value stands: decides what `any` is. */
export function resolve(schema: MergeSchema, value: unknown): Exclude<MergeSchema, { shape: 'any' }> {
  if (schema.shape !== 'any') return schema;
  if (Array.isArray(value)) return { shape: 'list', list: 'atomic', items: untypedWhole };
  if (typeof value === 'object' && value !== null) return schema.atomic ? wholeMap : deducedMap;
  return anyLeaf;
}

const anyLeaf = { shape: 'leaf', scalar: 'any' } as const;
const wholeMap: MapSchema = { shape: 'map', atomic: true, values: untypedWhole };
const deducedMap: MapSchema = { shape: 'map', values: deduced };
