import { noFields } from './field-set.ts';
import type { FieldNode, FieldSet } from './field-set.ts';
import type { MergeSchema } from './merge-schema.ts';
import { fieldNameOf } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/**
 * The set as the schema has its places today: who owned something within what has become a whole owns the whole. The same set where there
 * is nothing to do.
 */
export function reconciled(schema: MergeSchema, fields: FieldSet): FieldSet {
  let result: Map<PathElement, FieldNode> | undefined;
  for (const [element, node] of fields) {
    if (node.within.size === 0) continue;
    const inner = schemaWithin(schema, element);
    if (!inner) continue;
    const next = isWhole(inner)
      ? { isMember: true, within: noFields }
      : { isMember: node.isMember, within: reconciled(inner, node.within) };
    if (next.isMember === node.isMember && next.within === node.within) continue;
    (result ??= new Map(fields)).set(element, next);
  }
  return result ?? fields;
}

function isWhole(schema: MergeSchema): boolean {
  if (schema.shape === 'list') return schema.list === 'atomic';
  return schema.shape === 'map' && Boolean(schema.atomic);
}

/** What the schema says of the place that a step leads to; undefined where it says nothing. */
export function schemaWithin(schema: MergeSchema, element: PathElement): MergeSchema | undefined {
  const name = fieldNameOf(element);
  if (name === undefined) return schema.shape === 'list' ? schema.items : undefined;
  if (schema.shape === 'any') return schema;
  return schema.shape === 'map' ? (schema.field?.(name) ?? schema.values) : undefined;
}

/** The set with the named fields that its paths pass through: who owns `a.b` owns `a` too, where `a` is a field and no key of a map. */
export function withNamedFields(schema: MergeSchema, fields: FieldSet): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const [element, { isMember, within }] of fields) {
    const name = fieldNameOf(element);
    const isNamed = name !== undefined && schema.shape === 'map' && schema.field?.(name) !== undefined;
    const inner = schemaWithin(schema, element);
    result.set(element, {
      isMember: isMember || (isNamed && within.size > 0),
      within: inner ? withNamedFields(inner, within) : within,
    });
  }
  return result;
}
