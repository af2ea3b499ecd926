import { badRequest } from '../errors.ts';
import { getOwn, isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';

/** No object of ours is a quarter as deep; a patch that is would only be meant to exhaust the stack. */
export const patchDepthMax = 64;

/**
 * JSON merge patch (RFC 7386): what the patch names takes its value, `null` removes, lists are replaced whole.
 *
 * @throws ApiError (bad request)
 */
export function mergePatch(target: unknown, patch: unknown, depth = 0): unknown {
  if (depth > patchDepthMax) throw badRequest(`a patch may be nested ${patchDepthMax} levels deep`);
  if (!isPlainObject(patch)) return patch;
  const result: PlainObject = isPlainObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(getOwn(result, key), value, depth + 1));
  }
  return result;
}
