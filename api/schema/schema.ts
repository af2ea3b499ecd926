/** What the generated schema data says of one field. `of` names another type in the same data. */
export type FieldSchema = { required?: true } & (
  | {
      type:
        'string' | 'boolean' | 'number' | 'any' | 'time' | 'microTime' | 'bytes' | 'quantity' | 'intOrString';
    }
  | { type: 'integer'; format?: string }
  | { type: 'array'; items: FieldSchema }
  | { type: 'map'; values: FieldSchema }
  | { type: 'object'; of: string }
);

/** What the generated schema data says of one type, such as `Pod` or `PodSpec`. */
export interface TypeSchema {
  fields: Record<string, FieldSchema>;
}

/**
 * How writers share one field: server-side apply's list types and strategic merge patch's strategies. What is absent is the rule:
 * lists are replaced whole, maps and objects are merged.
 */
export interface FieldMerging {
  /** A list that is no whole: a set of plain values, or objects found by `keys`. */
  list?: 'set' | 'map';
  keys?: string[];
  /** A map or an object that is a whole. */
  atomic?: true;
  /** Of strategic merge patch. */
  patch?: string[];
  mergeKey?: string;
  /** What stands where the field is left out, of those that are plain text. */
  default?: string;
  /** The field has a value in every object, though it be empty and unwritten: of Go's structs, what is neither a pointer nor omitted. */
  present?: true;
}

export interface TypeMerging {
  /** Every object of this type is a whole. */
  atomic?: true;
  fields: Record<string, FieldMerging>;
}
