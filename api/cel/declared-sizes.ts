import { isEmbedded, isIntOrString, itemsOf, propertyOf, valuesOf } from '../structural/schema.ts';
import type { Schema } from '../structural/schema.ts';
import { typeOfSchema } from './types.ts';

/** The largest request that Kubernetes takes: what a schema does not bound is bounded by it. */
export const requestBytesMax = 3 * 1024 * 1024;
/** A letter may have so many bytes. */
const letterBytesMax = 4;
/** The longest that each is in JSON. */
const longest: Readonly<Record<string, number>> = { duration: 32, date: 12, 'date-time': 32 };
const shortestText: Readonly<Record<string, number>> = { duration: 3, date: 12, 'date-time': 21 };

/**
 * How many elements a value of this schema has at most: items, properties, or bytes of a text.
 *
 * Source: k8s.io/apiserver/pkg/cel/common/schemas.go
 */
export function elementsMax(schema: Schema): number {
  if (isIntOrString(schema)) return requestBytesMax - 2;
  switch (schema.type) {
    case 'array': {
      const items = itemsOf(schema);
      return atLeastZero(schema.maxItems) ?? fitting((items ? bytesMin(items) : 0) + 1);
    }
    case 'object': {
      const values = valuesOf(schema);
      if (!values || values === true) return 0;
      // Two bytes of a key, its quotes, a colon and a comma.
      return atLeastZero(schema.maxProperties) ?? fitting(bytesMin(values) + 6);
    }
    case 'string':
      return textMax(schema);
    default:
      return 0;
  }
}

function textMax(schema: Schema): number {
  const { format = '', maxLength } = schema;
  if (Object.hasOwn(longest, format)) return longest[format]!;
  const given = atLeastZero(maxLength);
  if (given !== undefined) return format === 'byte' ? given : given * letterBytesMax;
  const texts = ((schema.enum as unknown[] | undefined) ?? []).filter((each) => typeof each === 'string');
  if (format !== 'byte' && schema.enum?.length)
    return Math.max(0, ...texts.map((each) => Buffer.byteLength(each)));
  return requestBytesMax - 2;
}

/** How few bytes a value of this schema may have in JSON. */
export function bytesMin(schema: Schema): number {
  if (isIntOrString(schema)) return 1;
  switch (schema.type) {
    case 'object': {
      const values = valuesOf(schema);
      return values && values !== true ? 2 : 2 + requiredBytes(schema);
    }
    case 'array':
      return 2;
    case 'string':
      return shortestText[schema.format ?? ''] ?? 2;
    case 'boolean':
      return 4;
    default:
      return 1;
  }
}

function requiredBytes(schema: Schema): number {
  const required = new Set(schema.required ?? []);
  let bytes = 0;
  for (const name of required) {
    const property = propertyOf(schema, name);
    if (property && property.default === undefined && typeOfSchema(property, isEmbedded(property)))
      bytes += Buffer.byteLength(name) + bytesMin(property) + 4;
  }
  return bytes;
}

const fitting = (bytes: number) => Math.floor((requestBytesMax - 2) / bytes);
const atLeastZero = (value: number | undefined) => (value === undefined ? undefined : Math.max(0, value));
