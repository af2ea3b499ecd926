import {
  isEmbedded,
  isIntOrString,
  itemsOf,
  keepsUnknown,
  propertyOf,
  valuesOf,
} from '../structural/schema.ts';
import type { Schema } from '../structural/schema.ts';
import { typeMergeSchema } from './kind-schema.ts';
import { deduced, untypedWhole } from './merge-schema.ts';
import type { ListSchema, MapSchema, MergeSchema } from './merge-schema.ts';

const known = new WeakMap<Schema, MergeSchema>();
const text: MergeSchema = { shape: 'leaf', scalar: 'string' };

/**
 * How objects of a definition's schema are merged: `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-map-type` say what
 * is shared, as in Kubernetes (kube-openapi `schemaconv`). Without a schema, what is found decides.
 */
export function structuralMergeSchema(schema: Schema | undefined): MergeSchema {
  if (!schema) return deduced;
  let found = known.get(schema);
  if (!found) known.set(schema, (found = ofSchema(schema)));
  return found;
}

function ofSchema(schema: Schema): MergeSchema {
  if (isIntOrString(schema)) return { shape: 'leaf', scalar: 'any' };
  switch (schema.type) {
    case 'object':
      return ofObject(schema);
    case 'array':
      return ofArray(schema);
    case 'string':
      return text;
    case 'boolean':
      return { shape: 'leaf', scalar: 'boolean' };
    case 'integer':
    case 'number':
      return { shape: 'leaf', scalar: 'number' };
    default:
      return keepsUnknown(schema) ? deduced : untypedWhole;
  }
}

function ofObject(schema: Schema): MapSchema {
  const values = valuesOf(schema);
  const others =
    values === true || !values
      ? keepsUnknown(schema)
        ? deduced
        : values && untypedWhole
      : structuralMergeSchema(values);
  return {
    shape: 'map',
    ...(schema['x-kubernetes-map-type'] === 'atomic' && { atomic: true }),
    field(name) {
      if (isEmbedded(schema)) {
        if (name === 'apiVersion' || name === 'kind') return text;
        if (name === 'metadata') return typeMergeSchema('ObjectMeta');
      }
      const property = propertyOf(schema, name);
      return property && structuralMergeSchema(property);
    },
    ...(others && { values: others }),
  };
}

function ofArray(schema: Schema): ListSchema {
  const items = itemsOf(schema);
  const list = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    shape: 'list',
    list: list === 'set' || list === 'map' ? list : 'atomic',
    items: structuralMergeSchema(items),
    ...(keys && { keys }),
    keyDefault: (key) => propertyOf(items, key)?.['default'],
  };
}
