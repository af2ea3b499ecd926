import { isEmbedded, isIntOrString, itemsOf, propertyOf, valuesOf } from '../structural/schema.ts';
import type { Schema } from '../structural/schema.ts';

/** What a part of a rule is, as far as can be told before it runs. */
export type Type =
  | { is: Plain }
  | { is: 'list'; of: Type }
  | { is: 'map'; key: Type; of: Type }
  | { is: 'object'; name: string; schema: Schema; isRoot: boolean }
  | { is: 'optional'; of: Type }
  /** Any one type, the same wherever its name stands in a signature. */
  | { is: 'param'; name: string };

type Plain =
  | 'dyn'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bool'
  | 'null'
  | 'bytes'
  | 'duration'
  | 'timestamp'
  | 'type'
  | 'url'
  | 'ip'
  | 'cidr'
  | 'quantity'
  | 'format';

export const plain = (is: Plain): Type => ({ is });
export const dyn = plain('dyn');
export const listOf = (of: Type): Type => ({ is: 'list', of });
export const mapOf = (key: Type, of: Type): Type => ({ is: 'map', key, of });
export const optionalOf = (of: Type): Type => ({ is: 'optional', of });

const names: Partial<Record<Plain, string>> = {
  url: 'kubernetes.URL',
  ip: 'net.IP',
  cidr: 'net.CIDR',
  quantity: 'kubernetes.Quantity',
  format: 'kubernetes.NamedFormat',
};

/** A type as messages name it. */
export function typeText(type: Type): string {
  switch (type.is) {
    case 'list':
      return `list(${typeText(type.of)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.of)})`;
    case 'optional':
      return `optional_type(${typeText(type.of)})`;
    case 'object':
    case 'param':
      return type.name;
    default:
      return names[type.is] ?? type.is;
  }
}

/**
 * What a value of this schema is to a rule; undefined where rules cannot see it.
 *
 * Source: k8s.io/apiserver/pkg/cel/common/schemas.go
 */
export function typeOfSchema(
  schema: Schema | undefined,
  isRoot: boolean,
  name = 'selfType',
): Type | undefined {
  if (!schema) return undefined;
  if (isIntOrString(schema)) return dyn;
  switch (schema.type) {
    case 'array': {
      const items = typeOfSchema(itemsOf(schema), isEmbedded(itemsOf(schema)), `${name}.@idx`);
      return items && listOf(items);
    }
    case 'object': {
      const values = valuesOf(schema);
      if (values && values !== true) {
        const value = typeOfSchema(values, isEmbedded(values), `${name}.@elem`);
        return value && mapOf(plain('string'), value);
      }
      return { is: 'object', name, schema, isRoot: isRoot || isEmbedded(schema) };
    }
    case 'string':
      switch (schema.format) {
        case 'byte':
          return plain('bytes');
        case 'duration':
          return plain('duration');
        case 'date':
        case 'date-time':
          return plain('timestamp');
        default:
          return plain('string');
      }
    case 'boolean':
      return plain('bool');
    case 'number':
      return plain('double');
    case 'integer':
      return plain('int');
    default:
      return undefined;
  }
}

const metaProperties = { name: { type: 'string' }, generateName: { type: 'string' } };

/** A field of an object by the name that rules write; undefined where it has none that rules can see. */
export function fieldOf(
  type: Extract<Type, { is: 'object' }>,
  written: string,
): { name: string; type: Type; schema: Schema } | undefined {
  const name = unescapeName(written);
  if (name === undefined) return undefined;
  const schema = type.isRoot
    ? (rootField(name) ?? propertyOf(type.schema, name))
    : propertyOf(type.schema, name);
  const found = typeOfSchema(schema, isEmbedded(schema), `${type.name}.${written}`);
  return schema && found && { name, type: found, schema };
}

/** What rules can see of every resource: its name, and what it is. */
function rootField(name: string): Schema | undefined {
  if (name === 'apiVersion' || name === 'kind') return { type: 'string' };
  return name === 'metadata' ? { type: 'object', properties: metaProperties } : undefined;
}

const keywords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const escapes: Record<string, string> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** `foo__dash__bar` is the field `foo-bar`. @returns undefined where no field is written so */
export function unescapeName(written: string): string | undefined {
  if (keywords.has(written)) return undefined;
  const keyword = /^__([a-z]+)__$/.exec(written)?.[1];
  if (keyword && keywords.has(keyword)) return keyword;
  return written.replace(/__(underscores|dot|dash|slash)__/g, (_whole, name: string) => escapes[name]!);
}
