import { getOwn, isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';

/**
 * JSON merge patch (RFC 7386): what the patch names takes its value, `null` removes, lists are replaced whole. As in Kubernetes, `null` in the
 * objects of a new list removes too, but for a list that takes the place of an object.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return isPlainObject(target) ? patch : withoutNulls(patch);
  const result: PlainObject = isPlainObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(getOwn(result, key), value));
  }
  return result;
}

const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((item) => (isPlainObject(item) ? mergePatch(undefined, item) : withoutNulls(item)))
    : value;
