import { fieldMerging, typeSchema } from '../../../api/schema/load.ts';
import type { FieldMerging, FieldSchema } from '../../../api/schema/schema.ts';
import type { Json, PublishedField, PublishedTypes } from './published-types.ts';

const prefix = '#/components/schemas/';

/** A reference to a component by its name. */
export const refTo = (name: string): Json => ({ $ref: `${prefix}${name}` });

/** The component that a reference names. */
export const nameIn = (ref: string): string => ref.slice(prefix.length);

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** Values with a component of their own. */
const values = {
  time: `${meta}.Time`,
  microTime: `${meta}.MicroTime`,
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
} as const;

/** The component of a type of the schema data, as Kubernetes writes it down. */
export function typeComponent(type: string, published: PublishedTypes): Json {
  const { description, more, required: said, fields } = published.types[type]!;
  const known = Object.entries(typeSchema(type).fields);
  const required = said ?? known.filter(([, field]) => field.required).map(([name]) => name);
  const properties = known.map(([name]) => [name, fieldComponent(type, name, fields[name], published)]);
  return {
    ...(description && { description }),
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) as Json }),
    ...more,
  };
}

function fieldComponent(
  type: string,
  name: string,
  said: PublishedField = {},
  published: PublishedTypes,
): Json {
  const { description, as, enum: choices } = said;
  const text = description === undefined ? {} : { description };
  if (as) return { ...text, ...as };
  const field = typeSchema(type).fields[name]!;
  return {
    ...text,
    ...fieldRule(field, fieldMerging(type, name), published, description !== undefined),
    ...(choices && { enum: choices }),
  };
}

/**
 * What follows of a field's type and of how writers share it. Exported for the script that writes down what does not follow.
 */
export function fieldRule(
  field: FieldSchema,
  merging: FieldMerging,
  published: Pick<PublishedTypes, 'types'>,
  isDescribed: boolean,
): Json {
  const schema = valueSchema(field, published);
  const fallback = merging.default ?? (merging.present ? emptyOf(field) : undefined);
  const ref = schema['$ref'] !== undefined && (isDescribed || fallback !== undefined);
  return {
    // OpenAPI 3.0 lets nothing stand beside a $ref, and a description does.
    ...(ref ? { allOf: [schema] } : schema),
    ...(fallback !== undefined && { default: fallback }),
    ...sharing(field, merging),
  };
}

function sharing(field: FieldSchema, { list, keys, atomic, patch, mergeKey }: FieldMerging): Json {
  return {
    ...(field.type === 'array' && { 'x-kubernetes-list-type': list ?? 'atomic' }),
    ...(keys && { 'x-kubernetes-list-map-keys': keys }),
    ...(atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(patch && { 'x-kubernetes-patch-strategy': patch.join(',') }),
    ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
  };
}

function valueSchema(field: FieldSchema, published: Pick<PublishedTypes, 'types'>): Json {
  switch (field.type) {
    case 'object':
      return refTo(published.types[field.of]?.name ?? field.of);
    case 'array':
      return { type: 'array', items: elementSchema(field.items, published) };
    case 'map':
      return { type: 'object', additionalProperties: elementSchema(field.values, published) };
    case 'integer':
      return { type: 'integer', ...(field.format && { format: field.format }) };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'time':
    case 'microTime':
    case 'quantity':
    case 'intOrString':
      return refTo(values[field.type]);
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'any':
      return { type: 'object' };
    default:
      return { type: field.type };
  }
}

/** What stands in lists and maps is there, though it be empty; values with a component of their own say so themselves. */
function elementSchema(field: FieldSchema, published: Pick<PublishedTypes, 'types'>): Json {
  const schema = valueSchema(field, published);
  const fallback = field.type in values ? undefined : emptyOf(field);
  if (fallback === undefined) return schema;
  return { ...(schema['$ref'] ? { allOf: [schema] } : schema), default: fallback };
}

function emptyOf(field: FieldSchema): unknown {
  switch (field.type) {
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'object':
    case 'quantity':
    case 'time':
    case 'microTime':
    case 'intOrString':
      return {};
    default:
      return undefined;
  }
}
