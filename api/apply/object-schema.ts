import type { Kind } from '../kinds.ts';
import { typeMergeSchema } from './kind-schema.ts';
import { deduced } from './merge-schema.ts';
import type { MapSchema, MergeSchema } from './merge-schema.ts';
import { structuralMergeSchema } from './structural-schema.ts';

const ofCustom = new WeakMap<MergeSchema, MapSchema>();
const text: MergeSchema = { shape: 'leaf', scalar: 'string' };

/** How objects of a kind are merged: as the schema data says, or a custom resource's definition. */
export function mergeSchemaOf(kind: Kind): MergeSchema {
  if (kind.type !== undefined) return typeMergeSchema(kind.type);
  const own = structuralMergeSchema(kind.custom?.schema);
  let found = ofCustom.get(own);
  if (!found) ofCustom.set(own, (found = withObjectMeta(own)));
  return found;
}

/** What every object has, in front of what its own schema says. */
function withObjectMeta(schema: MergeSchema): MapSchema {
  const own = schema.shape === 'map' ? schema : undefined;
  const values = schema.shape === 'any' ? deduced : own?.values;
  return {
    shape: 'map',
    field(name) {
      if (name === 'apiVersion' || name === 'kind') return text;
      return name === 'metadata' ? typeMergeSchema('ObjectMeta') : own?.field?.(name);
    },
    ...(values && { values }),
    ...(own?.present && { present: own.present }),
  };
}
