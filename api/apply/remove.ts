import { isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import type { FieldSet } from './field-set.ts';
import { itemElement, ListItemError } from './list-items.ts';
import { resolve } from './merge-schema.ts';
import type { ListSchema, MergeSchema } from './merge-schema.ts';
import { fieldElement } from './path-element.ts';

/** The value without what these paths name; undefined where nothing of it is left. */
export function removeFields(schema: MergeSchema, value: unknown, paths: FieldSet): unknown {
  if (paths.size === 0) return value;
  const shape = resolve(schema, value);
  switch (shape.shape) {
    case 'leaf':
      return value;
    case 'map': {
      if (!isPlainObject(value) || shape.atomic) return undefined;
      const result: PlainObject = {};
      for (const [name, item] of Object.entries(value)) {
        const node = paths.get(fieldElement(name));
        if (node?.isMember) continue;
        const inner = shape.field?.(name) ?? shape.values;
        // What all is taken out of is still there, and empty, for whom it belongs to.
        setOwn(result, name, node && inner ? (removeFields(inner, item, node.within) ?? null) : item);
      }
      return Object.keys(result).length > 0 ? result : undefined;
    }
    case 'list': {
      if (!Array.isArray(value) || shape.list === 'atomic') return undefined;
      const kept = value.flatMap((item: unknown) => keptItem(shape, item, paths));
      return kept.length > 0 ? kept : undefined;
    }
  }
}

function keptItem(schema: ListSchema, item: unknown, paths: FieldSet): unknown[] {
  const node = paths.get(elementOf(schema, item) ?? '');
  if (node?.isMember) return [];
  const kept = node ? removeFields(schema.items, item, node.within) : item;
  return kept === undefined ? [] : [kept];
}

/** What cannot be told from others is nobody's, and stays. */
function elementOf(schema: ListSchema, item: unknown): string | undefined {
  try {
    return itemElement(schema, item);
  } catch (error) {
    if (error instanceof ListItemError) return undefined;
    throw error;
  }
}
