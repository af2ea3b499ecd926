import { fieldMerging, fieldSchema } from '../schema/load.ts';

/** How strategic merge patch treats one field. */
export interface Strategy {
  /** The type of the object, or of the list's items, where the schema names one. */
  type?: string;
  /** A list of objects that is merged: by this field of its items. */
  mergeKey?: string;
  /** A list of plain values that is merged as a set. */
  set?: true;
  /** An object of which one variant is chosen: what the patch does not name is dropped (`$retainKeys`). */
  retainKeys?: true;
}

/** How to patch this field of this type, as its `patchStrategy` and `patchMergeKey` in k8s.io/api say; inside maps and untyped values (`type` undefined) there is nothing to know. */
export function strategyOf(type: string | undefined, field: string): Strategy {
  if (type === undefined) return {};
  const schema = fieldSchema(type, field);
  const inner = schema?.type === 'array' ? schema.items : schema;
  const { patch = [], mergeKey } = fieldMerging(type, field);
  const isMerged = patch.includes('merge');
  return {
    ...(isMerged && mergeKey ? { mergeKey } : {}),
    ...(isMerged && !mergeKey ? { set: true as const } : {}),
    ...(patch.includes('retainKeys') ? { retainKeys: true as const } : {}),
    ...(inner?.type === 'object' ? { type: inner.of } : {}),
  };
}
