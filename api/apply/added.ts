import { isPlainObject } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { fieldOf, isEmptyMap } from './empty-fields.ts';
import { member } from './field-set.ts';
import type { FieldNode } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import { resolve } from './merge-schema.ts';
import type { ListSchema, MapSchema, MergeSchema } from './merge-schema.ts';
import { fieldElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/**
 * A value that is new, with every path within: what a comparison with nothing finds. Most of what is written is new, and this asks nothing
 * of what was before.
 *
 * @param omits whether what is empty is as if it were not there
 */
export function addedNode(schema: MergeSchema, value: unknown, omits: boolean): FieldNode {
  const shape = resolve(schema, value);
  if (shape.shape === 'map' && isPlainObject(value) && !shape.atomic) return mapNode(shape, value, omits);
  if (shape.shape === 'list' && Array.isArray(value) && value.length > 0 && shape.list !== 'atomic')
    return listNode(shape, value, omits);
  return member;
}

function mapNode(schema: MapSchema, map: PlainObject, omits: boolean): FieldNode {
  if (isEmptyMap(schema, map, omits)) return member;
  const within = new Map<PathElement, FieldNode>();
  const addField = (name: string) => {
    const value = fieldOf(schema, map, name, omits);
    const inner = value === undefined ? undefined : (schema.field?.(name) ?? schema.values);
    if (inner) within.set(fieldElement(name), addedNode(inner, value, omits));
  };
  for (const name of Object.keys(map)) addField(name);
  if (schema.present) for (const name of schema.present.keys()) if (!Object.hasOwn(map, name)) addField(name);
  return within.size === 0 ? member : { isMember: true, within };
}

/** What stands in a list twice is one whole; only a single item is looked into. */
function listNode(schema: ListSchema, list: readonly unknown[], omits: boolean): FieldNode {
  const within = new Map<PathElement, FieldNode>();
  for (const [element, items] of itemsByElement(schema, list))
    within.set(element, items.length > 1 ? member : addedNode(schema.items, items[0], omits));
  return within.size === 0 ? member : { isMember: true, within };
}
