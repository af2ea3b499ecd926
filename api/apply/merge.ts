import { isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { itemElement } from './list-items.ts';
import { resolve } from './merge-schema.ts';
import type { ListSchema, MapSchema, MergeSchema } from './merge-schema.ts';
import type { PathElement } from './path-element.ts';

/**
 * `live` with all that `applied` says. Nothing goes by it, not even what `applied` leaves out. What both know of a shared list stands in
 * the order of `applied`. `undefined` is what is not there.
 */
export function merge(schema: MergeSchema, live: unknown, applied: unknown): unknown {
  if (applied === undefined || live === applied) return live;
  if (live === undefined) return applied;
  const shape = resolve(schema, applied === null ? live : applied);
  switch (shape.shape) {
    case 'leaf':
      return applied;
    case 'map': {
      const [left, right] = [mapIn(live), mapIn(applied)];
      if (shape.atomic || (isEmpty(left) && isEmpty(right))) return applied;
      return mergeMaps(shape, left ?? {}, right ?? {});
    }
    case 'list': {
      const [left, right] = [listIn(live), listIn(applied)];
      if (shape.list === 'atomic' || (!left?.length && !right?.length)) return applied;
      return mergeLists(shape, left ?? [], right ?? []);
    }
  }
}

const mapIn = (value: unknown) => (isPlainObject(value) ? value : undefined);
const listIn = (value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]) : undefined);
const isEmpty = (map: PlainObject | undefined) => map === undefined || Object.keys(map).length === 0;

function mergeMaps(schema: MapSchema, live: PlainObject, applied: PlainObject): PlainObject {
  const result: PlainObject = { ...live };
  for (const [name, value] of Object.entries(applied)) {
    const inner = schema.field?.(name) ?? schema.values;
    if (!inner) continue;
    const was = Object.hasOwn(live, name) ? live[name] : undefined;
    const merged = merge(inner, was, value);
    if (merged !== undefined) setOwn(result, name, merged);
  }
  return result;
}

interface Item {
  element: PathElement;
  item: unknown;
}

/**
 * The live items and the applied ones: who is in both takes its place from `applied`, and between them the live ones stay where they
 * were. A live item that is there twice is replaced by the applied one.
 */
function mergeLists(schema: ListSchema, live: readonly unknown[], applied: readonly unknown[]): unknown[] {
  const named = (items: readonly unknown[]): Item[] =>
    items.map((item) => ({ element: itemElement(schema, item), item }));
  const [left, right] = [named(live), named(applied)];
  const counts = new Map<PathElement, number>();
  for (const { element } of left) counts.set(element, (counts.get(element) ?? 0) + 1);
  const byElement = new Map(left.map(({ element, item }) => [element, item]));
  const wanted = new Set(right.map(({ element }) => element));
  const shared = right.filter(({ element }) => byElement.has(element)).map(({ element }) => element);

  const result: unknown[] = [];
  const merged = new Set<PathElement>();
  const take = ({ element, item }: Item) => {
    merged.add(element);
    const was = counts.get(element) === 1 ? byElement.get(element) : undefined;
    result.push(merge(schema.items, was, item));
    if (shared[0] === element) shared.shift();
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const [mine, theirs] = [left[l], right[r]];
    if (mine && theirs) {
      if (mine.element === theirs.element) {
        take(theirs);
        l++;
        r++;
        continue;
      }
      // Both know it, and it is not its turn yet.
      if (wanted.has(mine.element) && shared.length > 0 && shared[0] !== mine.element) {
        l++;
        continue;
      }
    }
    if (mine) {
      if (!wanted.has(mine.element)) {
        result.push(mine.item);
        l++;
        continue;
      }
      if (merged.has(mine.element)) l++;
    }
    if (theirs) {
      take(theirs);
      r++;
    }
  }
  return result;
}
