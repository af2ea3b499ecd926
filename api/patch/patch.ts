import { depthMax, isDeeperThan } from '../depth.ts';
import { badRequest } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import { isPlainObject } from '../plain-objects.ts';
import { applyJsonPatch } from './json.ts';
import { mergePatch } from './merge.ts';
import { strategicMergePatch } from './strategic.ts';

export { createThreeWayPatch } from './three-way.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

/** What a client writes as the content type of each. */
export const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/**
 * The object with the patch applied, as a new object; the one given stays as it is. Nothing is validated here beyond
 * the patch's own form: the result is to be examined like any other object.
 *
 * @throws ApiError
 */
export function applyPatch<T extends object>(
  type: PatchType,
  object: T,
  patch: unknown,
  kind: Kind | string,
): T {
  const result = patched(type, object, patch, typeof kind === 'string' ? kind : kind.type);
  if (!isPlainObject(result)) throw badRequest('the patch leaves no object');
  return result as T;
}

function patched(type: PatchType, object: object, patch: unknown, kind: string | undefined): unknown {
  if (isDeeperThan(patch, depthMax)) throw badRequest(`a patch may be nested ${depthMax} levels deep`);
  if (type === 'json') return applyJsonPatch(object, patch);
  if (!isPlainObject(patch)) throw badRequest(`a ${type} patch is an object`);
  return type === 'merge' ? mergePatch(object, patch) : strategicMergePatch({ ...object }, patch, kind);
}
