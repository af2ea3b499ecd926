/** What the generated schema data says of one field. `of` names another type in the same data. */
export type FieldSchema = { required?: true; description?: string } & (
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
