import { isPlainObject, sameJson } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { addedNode } from './added.ts';
import { fieldOf, isEmptyMap } from './empty-fields.ts';
import { FieldSetBuilder, recursiveDifference } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import { resolve } from './merge-schema.ts';
import type { ListSchema, MapSchema, MergeSchema } from './merge-schema.ts';
import { fieldElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** Which paths differ between two objects; no path is in two of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/**
 * What an update has made of an object, path by path, as structured-merge-diff tells it.
 *
 * @param isAsWritten what is empty in `after` is there, since it was not yet read by Kubernetes' types: the outcome of a merge
 */
export function compare(
  schema: MergeSchema,
  before: unknown,
  after: unknown,
  { isAsWritten = false } = {},
): Comparison {
  const walk = new Walk(!isAsWritten);
  if (before !== after) walk.compare(schema, before, after);
  return { added: walk.added.done(), modified: walk.modified.done(), removed: walk.removed.done() };
}

/** The comparison without what lies at or within these paths. */
export function comparisonWithout({ added, modified, removed }: Comparison, paths: FieldSet): Comparison {
  return {
    added: recursiveDifference(added, paths),
    modified: recursiveDifference(modified, paths),
    removed: recursiveDifference(removed, paths),
  };
}

/** `undefined` stands for what is not there, `null` for what is there and empty. */
class Walk {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly #path: PathElement[] = [];
  readonly #omitsAfter: boolean;

  constructor(omitsAfter: boolean) {
    this.#omitsAfter = omitsAfter;
  }

  compare(schema: MergeSchema, before: unknown, after: unknown): void {
    if (before === undefined && after !== undefined)
      return this.added.put(this.#path, addedNode(schema, after, this.#omitsAfter));
    const [left, right] = [resolve(schema, before), resolve(schema, after)];
    let isLeaf: boolean;
    if (after === undefined || after === null) isLeaf = this.#compareAs(left, before, after);
    else {
      // A value whose shape changed goes as what it was and comes as what it is.
      if (before !== null && left.shape !== right.shape) this.#compareAs(left, before, after);
      isLeaf = this.#compareAs(right, before, after);
    }
    if (isLeaf) return;
    if (after === undefined) this.removed.add(this.#path);
  }

  /** Whether the place is a leaf, which tells for itself. */
  #compareAs(schema: Exclude<MergeSchema, { shape: 'any' }>, before: unknown, after: unknown): boolean {
    switch (schema.shape) {
      case 'leaf':
        return this.#compareLeaf(before, after);
      case 'map': {
        const [left, right] = [mapIn(before), mapIn(after)];
        if (schema.atomic) return this.#compareLeaf(before, after);
        if (isEmptyMap(schema, left, true) && isEmptyMap(schema, right, this.#omitsAfter))
          return left && right ? true : this.#compareLeaf(before, after);
        this.#compareMaps(schema, left, right);
        return false;
      }
      case 'list': {
        const [left, right] = [listIn(before), listIn(after)];
        if (schema.list === 'atomic' || (!left?.length && !right?.length))
          return this.#compareLeaf(before, after);
        this.#compareLists(schema, left, right);
        return false;
      }
    }
  }

  #compareLeaf(before: unknown, after: unknown): true {
    if (before === undefined) this.added.add(this.#path);
    else if (after === undefined) this.removed.add(this.#path);
    else if (!sameJson(before, after)) this.modified.add(this.#path);
    return true;
  }

  #compareMaps(schema: MapSchema, before: PlainObject | undefined, after: PlainObject | undefined): void {
    const compareField = (name: string) => {
      const left = fieldOf(schema, before, name, true);
      const right = fieldOf(schema, after, name, this.#omitsAfter);
      if (left === right) return;
      const inner = schema.field?.(name) ?? schema.values;
      // The schema knows no such field: nobody can own it.
      if (inner) this.#within(fieldElement(name), inner, left, right);
    };
    for (const name of Object.keys(after ?? {})) compareField(name);
    for (const name of Object.keys(before ?? {}))
      if (!after || !Object.hasOwn(after, name)) compareField(name);
    for (const name of schema.present?.keys() ?? [])
      if (!(after && Object.hasOwn(after, name)) && !(before && Object.hasOwn(before, name)))
        compareField(name);
  }

  #compareLists(
    schema: ListSchema,
    before: readonly unknown[] | undefined,
    after: readonly unknown[] | undefined,
  ): void {
    const left = itemsByElement(schema, before);
    const right = itemsByElement(schema, after);
    for (const [element, items] of left) this.#compareItems(schema, element, items, right.get(element) ?? []);
    for (const [element, items] of right)
      if (!left.has(element)) this.#compareItems(schema, element, [], items);
  }

  /** What stands in a list twice is one whole, however often; only a single item is looked into. */
  #compareItems(
    schema: ListSchema,
    element: PathElement,
    before: readonly unknown[],
    after: readonly unknown[],
  ): void {
    const add = (to: FieldSetBuilder) => to.add([...this.#path, element]);
    if (before.length <= 1 && after.length <= 1) {
      if (before[0] !== after[0]) this.#within(element, schema.items, before[0], after[0]);
    } else if (before.length >= 2 && after.length >= 2) {
      if (!sameJson(before, after)) add(this.modified);
    } else if (before.length >= 2) {
      if (after.length > 0) this.#within(element, schema.items, undefined, after[0]);
      add(this.removed);
    } else {
      if (before.length > 0) this.#within(element, schema.items, before[0], undefined);
      add(this.added);
    }
  }

  #within(element: PathElement, schema: MergeSchema, before: unknown, after: unknown): void {
    this.#path.push(element);
    this.compare(schema, before, after);
    this.#path.pop();
  }
}

const mapIn = (value: unknown) => (isPlainObject(value) ? value : undefined);
const listIn = (value: unknown) => (Array.isArray(value) ? (value as readonly unknown[]) : undefined);
