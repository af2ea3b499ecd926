import { getOwn, isPlainObject } from '../plain-objects.ts';
import type { ListSchema } from './merge-schema.ts';
import { keyElement, valueElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** An item of a set or keyed list that cannot be told from others; the message is structured-merge-diff's. */
export class ListItemError extends Error {}

/** What tells an item from the others of its list. @throws ListItemError */
export function itemElement(schema: ListSchema, item: unknown): PathElement {
  return schema.list === 'map' ? keyedElement(schema, item) : setElement(item);
}

function keyedElement({ keys = [], keyDefault }: ListSchema, item: unknown): PathElement {
  if (item === null) throw new ListItemError('associative list with keys may not have a null element');
  if (!isPlainObject(item))
    throw new ListItemError('associative list with keys may not have non-map elements');
  return keyElement(
    keys.map((key) => {
      const value = getOwn(item, key) ?? keyDefault?.(key);
      if (value === undefined)
        throw new ListItemError(
          `associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`,
        );
      return [key, value] as const;
    }),
  );
}

function setElement(item: unknown): PathElement {
  if (isPlainObject(item))
    throw new ListItemError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new ListItemError('not supported: associative list with lists as elements');
  if (item === null || item === undefined)
    throw new ListItemError("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

/** The items by what tells them apart, in order; more than one where an item is there twice. What cannot be told is left out. */
export function itemsByElement(
  schema: ListSchema,
  items: readonly unknown[] | undefined,
): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of items ?? []) {
    let element: PathElement;
    try {
      element = itemElement(schema, item);
    } catch (error) {
      if (error instanceof ListItemError) continue;
      throw error;
    }
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
}
