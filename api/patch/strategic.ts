import { badRequest } from '../errors.ts';
import { getOwn, isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { orderLike } from './order.ts';
import { strategyOf } from './strategy.ts';
import type { Strategy } from './strategy.ts';

const deletePrefix = '$deleteFromPrimitiveList/';
const orderPrefix = '$setElementOrder/';

/**
 * Strategic merge patch: maps are merged key by key, lists by the field that names their items (`containers` by `name`),
 * `null` removes. Directives: `$patch: replace|delete|merge`, `$retainKeys`, `$deleteFromPrimitiveList/<field>`,
 * `$setElementOrder/<field>`.
 *
 * Source: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 *
 * @param type the object's type in the schema, such as `Deployment`; undefined where nothing is known of it
 * @throws ApiError (bad request)
 */
export function strategicMergePatch(
  target: PlainObject,
  patch: PlainObject,
  type: string | undefined,
): PlainObject {
  const directive = patch['$patch'];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined) throw unknownDirective(directive, 'replace or delete');

  const result = retained(target, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null || isNothing(getOwn(result, key), value)) delete result[key];
    else setOwn(result, key, merged(getOwn(result, key), value, strategyOf(type, key), key));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(deletePrefix)) removeValues(result, key.slice(deletePrefix.length), value);
    if (key.startsWith(orderPrefix)) reorder(result, target, patch, key.slice(orderPrefix.length), type);
  }
  return result;
}

/** The target's own keys, or those of them that `$retainKeys` names. */
function retained(target: PlainObject, patch: PlainObject): PlainObject {
  const keep = patch['$retainKeys'];
  if (keep === undefined) return { ...target };
  if (!Array.isArray(keep)) throw badRequest('$retainKeys must be a list of field names');
  const unlisted = Object.keys(patch).find(
    (key) => !key.startsWith('$') && patch[key] !== null && !keep.includes(key),
  );
  if (unlisted !== undefined)
    throw badRequest(`$retainKeys must list every field of the patch; it lacks ${unlisted}`);
  return Object.fromEntries(Object.entries(target).filter(([key]) => keep.includes(key)));
}

function merged(target: unknown, patch: unknown, strategy: Strategy, field: string): unknown {
  if (isPlainObject(patch))
    return strategicMergePatch(isPlainObject(target) ? target : {}, patch, strategy.type);
  if (!Array.isArray(patch)) return patch;
  const list = Array.isArray(target) ? target : [];
  // A list that is not there is taken as it comes, items of the same key side by side.
  if (target === undefined && patch.some(isPlainObject))
    return patch
      .filter((item) => !isNothing(undefined, item))
      .map((item) => (isPlainObject(item) ? strategicMergePatch({}, item, strategy.type) : item));
  if (strategy.mergeKey) return mergeItems(list, patch, strategy, strategy.mergeKey, field);
  // A set: what is there stays, what is new comes in, each once.
  if (strategy.set) {
    const whole: unknown[] = [...new Set([...list, ...patch])];
    return orderLike(whole, patch, list, (item) => JSON.stringify(item));
  }
  return patch;
}

/** Where nothing is, a directive has nothing to do, and as in Kubernetes what stands beside it goes with it. */
const isNothing = (target: unknown, patch: unknown): boolean =>
  (target === undefined || target === null) && isPlainObject(patch) && Object.hasOwn(patch, '$patch');

function mergeItems(
  target: readonly unknown[],
  patch: readonly unknown[],
  strategy: Strategy,
  mergeKey: string,
  field: string,
): unknown[] {
  const items = patch.map((item) => {
    if (isPlainObject(item)) return item;
    throw badRequest(`${field}: the items of this list are objects, found ${JSON.stringify(item)}`);
  });
  if (items.some((item) => item['$patch'] === 'replace'))
    return items.filter((item) => item['$patch'] !== 'replace').map(withoutDirectives);
  const result = new KeyedList(target, mergeKey);
  for (const item of items) {
    const identity = item[mergeKey];
    if (identity === undefined)
      throw badRequest(`${field}: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const directive = item['$patch'];
    if (directive === 'delete') {
      result.delete(String(identity));
      continue;
    }
    if (directive !== undefined && directive !== 'merge')
      throw unknownDirective(directive, 'replace, delete or merge');
    const known = result.get(String(identity)) ?? {};
    const { $patch: _merge, ...fields } = item;
    result.set(String(identity), strategicMergePatch(known, fields, strategy.type));
  }
  // As in Kubernetes the patch says the order of what it names, and what is new comes before what only the server knows.
  return orderLike(result.items(), items, target, (item) =>
    isPlainObject(item) ? String(item[mergeKey]) : JSON.stringify(item),
  );
}

/** A list whose items are found by their key at once: searched item by item, a patch of a megabyte would take minutes. */
class KeyedList {
  readonly #items: unknown[];
  /** Where the items of each key stand; the first is the one that is merged. */
  readonly #places = new Map<string, number[]>();
  readonly #deleted = new Set<number>();

  constructor(items: readonly unknown[], mergeKey: string) {
    this.#items = [...items];
    for (const [place, item] of items.entries()) {
      if (!isPlainObject(item)) continue;
      const key = String(item[mergeKey]);
      const places = this.#places.get(key);
      if (places) places.push(place);
      else this.#places.set(key, [place]);
    }
  }

  get(key: string): PlainObject | undefined {
    const place = this.#places.get(key)?.[0];
    return place === undefined ? undefined : (this.#items[place] as PlainObject);
  }

  /** Replaces the first item of this key, or goes to the end. */
  set(key: string, item: PlainObject): void {
    const place = this.#places.get(key)?.[0];
    if (place === undefined) this.#places.set(key, [this.#items.push(item) - 1]);
    else this.#items[place] = item;
  }

  delete(key: string): void {
    for (const place of this.#places.get(key) ?? []) this.#deleted.add(place);
    this.#places.delete(key);
  }

  items(): unknown[] {
    return this.#deleted.size === 0
      ? this.#items
      : this.#items.filter((_item, place) => !this.#deleted.has(place));
  }
}

function removeValues(result: PlainObject, field: string, values: unknown): void {
  if (!Array.isArray(values)) throw badRequest(`${deletePrefix}${field} must be a list`);
  const list = getOwn(result, field);
  if (!Array.isArray(list)) return;
  // The lists that this directive is for hold words and numbers.
  const gone = new Set<unknown>(values);
  setOwn(
    result,
    field,
    list.filter((item) => !gone.has(item)),
  );
}

function reorder(
  result: PlainObject,
  target: PlainObject,
  patch: PlainObject,
  field: string,
  type: string | undefined,
): void {
  const order = patch[`${orderPrefix}${field}`];
  if (!Array.isArray(order)) throw badRequest(`${orderPrefix}${field} must be a list`);
  const list = getOwn(result, field);
  if (!Array.isArray(list)) return;
  const { mergeKey } = strategyOf(type, field);
  const identity = (item: unknown) =>
    mergeKey && isPlainObject(item) ? String(item[mergeKey]) : JSON.stringify(item);
  const before = getOwn(target, field);
  setOwn(result, field, orderLike(list, order, Array.isArray(before) ? before : [], identity));
}

function withoutDirectives(patch: PlainObject): PlainObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

function unknownDirective(directive: unknown, known: string) {
  return badRequest(`unknown patch type: ${JSON.stringify(directive)}; $patch may be ${known} here`);
}
