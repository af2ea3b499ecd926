import { getOwn, isPlainObject, sameJson, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import type { Kind } from '../kinds.ts';
import { strategyOf } from './strategy.ts';
import type { Strategy } from './strategy.ts';

/**
 * The strategic merge patch that `kubectl apply` sends: makes `current` (what the server has) say all that `modified`
 * (what the user now wants) says, and takes out what `original` (what the user last applied) said and `modified` no
 * longer does. What others have set stays. An empty patch means that nothing is to do.
 *
 *     const patch = createThreeWayPatch(lastApplied, manifest, live, kindNamed('Deployment'));
 */
export function createThreeWayPatch(
  original: object,
  modified: object,
  current: object,
  kind: Kind | string,
): PlainObject {
  return compareObjects(
    original as PlainObject,
    modified as PlainObject,
    current as PlainObject,
    typeof kind === 'string' ? kind : kind.type,
  );
}

function compareObjects(
  original: PlainObject,
  modified: PlainObject,
  current: PlainObject,
  type: string | undefined,
): PlainObject {
  const patch: PlainObject = {};
  for (const [key, wanted] of Object.entries(modified)) {
    const [was, is, strategy] = [getOwn(original, key), getOwn(current, key), strategyOf(type, key)];
    if (wanted === null || wanted === undefined) {
      if (is !== undefined) setOwn(patch, key, null);
    } else if (isPlainObject(wanted) && isPlainObject(is)) {
      const inner = compareObjects(isPlainObject(was) ? was : {}, wanted, is, strategy.type);
      if (Object.keys(inner).length === 0) continue;
      setOwn(patch, key, strategy.retainKeys ? retaining(inner, wanted) : inner);
    } else if (Array.isArray(wanted) && Array.isArray(is) && (strategy.mergeKey || strategy.set)) {
      Object.assign(patch, compareLists(key, Array.isArray(was) ? was : [], wanted, is, strategy));
    } else if (!sameJson(wanted, is)) {
      setOwn(patch, key, wanted);
    }
  }
  for (const key of Object.keys(original))
    if (!Object.hasOwn(modified, key) && Object.hasOwn(current, key)) setOwn(patch, key, null);
  return patch;
}

/** Of a choice between variants, what the server filled in for the other variant has to go. */
function retaining(inner: PlainObject, wanted: PlainObject): PlainObject {
  return { $retainKeys: Object.keys(wanted).toSorted(), ...inner };
}

/** The part of the patch that concerns one merged list: items, directives, order. */
function compareLists(
  field: string,
  original: readonly unknown[],
  modified: readonly unknown[],
  current: readonly unknown[],
  { mergeKey, type, retainKeys }: Strategy,
): PlainObject {
  const identity = (item: unknown) =>
    mergeKey && isPlainObject(item) ? String(item[mergeKey]) : JSON.stringify(item);
  const index = (items: readonly unknown[]) => new Map(items.map((item) => [identity(item), item]));
  const [was, is, wanted] = [index(original), index(current), index(modified)];

  const changes: unknown[] = [];
  for (const [id, item] of wanted) {
    const there = is.get(id);
    if (there === undefined) changes.push(item);
    else if (mergeKey && isPlainObject(item) && isPlainObject(there)) {
      const before = was.get(id);
      const inner = compareObjects(isPlainObject(before) ? before : {}, item, there, type);
      if (Object.keys(inner).length > 0)
        changes.push({ ...(retainKeys ? retaining(inner, item) : inner), [mergeKey]: item[mergeKey] });
    }
  }
  const gone = [...was].filter(([id]) => !wanted.has(id) && is.has(id)).map(([, item]) => item);
  const patch: PlainObject = {};
  if (mergeKey)
    changes.push(...gone.map((item) => ({ $patch: 'delete', [mergeKey]: (item as PlainObject)[mergeKey] })));
  else if (gone.length > 0) patch[`$deleteFromPrimitiveList/${field}`] = gone;
  if (changes.length > 0) patch[field] = changes;
  if (Object.keys(patch).length > 0 || !inOrder([...wanted.keys()], [...is.keys()]))
    patch[`$setElementOrder/${field}`] = modified.map((item) =>
      mergeKey && isPlainObject(item) ? { [mergeKey]: item[mergeKey] } : item,
    );
  return patch;
}

/** Whether what is wanted stands in the wanted order already. */
function inOrder(wanted: readonly string[], there: readonly string[]): boolean {
  const names = new Set(wanted);
  return sameJson(
    there.filter((name) => names.has(name)),
    wanted.filter((name) => there.includes(name)),
  );
}
