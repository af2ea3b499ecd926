import { isPlainObject, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { compareElements, parseElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** What a set knows of one step: whether the path up to here is in the set, and which paths further in are. */
export interface FieldNode {
  readonly isMember: boolean;
  readonly within: FieldSet;
}

/**
 * A set of paths in an object, as a tree. Never changed once made, and no node of it is empty, so that what did not change is the same
 * object as before: `difference(a, b) === a` says that nothing went.
 */
export type FieldSet = ReadonlyMap<PathElement, FieldNode>;

export const noFields: FieldSet = new Map();
/** A path in the set, with none further in. */
export const member: FieldNode = { isMember: true, within: noFields };

/** As deep as no object of ours is; a deeper set would only be meant to exhaust the stack. */
export const fieldsDepthMax = 128;

/** FieldsV1 that cannot be read. */
export class FieldsError extends Error {}

/** A set that is being put together. */
export class FieldSetBuilder {
  readonly #root = new Map<PathElement, FieldNode>();

  /** The empty path is the whole object, which nobody owns: it is left out. */
  add(path: readonly PathElement[]): void {
    this.put(path, member);
  }

  /** A path with all that is known of what lies within; the node's maps are the builder's from now on. */
  put(path: readonly PathElement[], node: FieldNode): void {
    const last = path.length - 1;
    if (last < 0) {
      for (const [element, inner] of node.within) this.put([element], inner);
      return;
    }
    let level = this.#root;
    for (let at = 0; at < last; at++) level = levelWithin(level, path[at]!);
    const same = level.get(path[last]!);
    level.set(path[last]!, same ? unionOfNodes(same, node) : node);
  }

  done(): FieldSet {
    return this.#root.size === 0 ? noFields : this.#root;
  }
}

/** The next level, of its own where there was none. */
function levelWithin(level: Map<PathElement, FieldNode>, element: PathElement): Map<PathElement, FieldNode> {
  const node = level.get(element);
  if (node && node.within !== noFields) return node.within as Map<PathElement, FieldNode>;
  const next = new Map<PathElement, FieldNode>();
  level.set(element, { isMember: node?.isMember ?? false, within: next });
  return next;
}

/** The set of these paths, each as its steps. */
export function fieldSet(...paths: readonly PathElement[][]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.add(path);
  return builder.done();
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || b.size === 0) return a;
  if (a.size === 0) return b;
  let result: Map<PathElement, FieldNode> | undefined;
  for (const [element, right] of b) {
    const left = a.get(element);
    const node = left ? unionOfNodes(left, right) : right;
    if (node !== left) (result ??= new Map(a)).set(element, node);
  }
  return result ?? a;
}

function unionOfNodes(a: FieldNode, b: FieldNode): FieldNode {
  const within = union(a.within, b.within);
  const isMember = a.isMember || b.isMember;
  return within === a.within && isMember === a.isMember ? a : { isMember, within };
}

/** The paths that are in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result = new Map<PathElement, FieldNode>();
  for (const [element, left] of a) {
    const right = b.get(element);
    if (!right) continue;
    const node = {
      isMember: left.isMember && right.isMember,
      within: intersection(left.within, right.within),
    };
    if (!isEmptyNode(node)) result.set(element, node);
  }
  return result.size === 0 ? noFields : result;
}

/** The paths of `a` that are not in `b`. What lies within a path of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, false);
}

/** The paths of `a` that are neither in `b` nor within a path of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, true);
}

function without(a: FieldSet, b: FieldSet, isRecursive: boolean): FieldSet {
  if (a.size === 0 || b.size === 0) return a;
  let result: Map<PathElement, FieldNode> | undefined;
  for (const [element, left] of a) {
    const right = b.get(element);
    if (!right) continue;
    const node =
      isRecursive && right.isMember
        ? { isMember: false, within: noFields }
        : {
            isMember: left.isMember && !right.isMember,
            within: without(left.within, right.within, isRecursive),
          };
    if (node.isMember === left.isMember && node.within === left.within) continue;
    result ??= new Map(a);
    if (isEmptyNode(node)) result.delete(element);
    else result.set(element, node);
  }
  if (!result) return a;
  return result.size === 0 ? noFields : result;
}

export function hasField(set: FieldSet, path: readonly PathElement[]): boolean {
  let level = set;
  for (let at = 0; at < path.length; at++) {
    const node = level.get(path[at]!);
    if (!node) return false;
    if (at === path.length - 1) return node.isMember;
    level = node.within;
  }
  return false;
}

/** Every path of the set: those of a level first, then those within, each in structured-merge-diff's order. */
export function* pathsOf(set: FieldSet, before: readonly PathElement[] = []): Generator<PathElement[]> {
  const sorted = [...set].toSorted(([a], [b]) => compareElements(a, b));
  for (const [element, { isMember }] of sorted) if (isMember) yield [...before, element];
  for (const [element, { within }] of sorted) yield* pathsOf(within, [...before, element]);
}

/**
 * FieldsV1 as a set: `{"f:spec":{".":{},"f:replicas":{}}}` is `spec` and `spec.replicas`. A key of an unknown kind is left out.
 *
 * @throws FieldsError, PathElementError
 */
export function parseFields(fields: unknown): FieldSet {
  return fields === undefined || fields === null ? noFields : parseLevel(fields, 0).within;
}

function parseLevel(fields: unknown, depth: number): FieldNode {
  if (fields === null) return member;
  if (!isPlainObject(fields))
    throw new FieldsError(`expected an object of fields, got ${JSON.stringify(fields)}`);
  if (depth > fieldsDepthMax) throw new FieldsError(`fields may be nested ${fieldsDepthMax} levels deep`);
  let isMember = false;
  const within = new Map<PathElement, FieldNode>();
  for (const [key, inner] of Object.entries(fields)) {
    if (key === '.') {
      isMember = true;
      continue;
    }
    const element = parseElement(key);
    if (element === undefined) continue;
    const node = parseLevel(inner, depth + 1);
    const same = within.get(element);
    within.set(element, same ? unionOfNodes(same, node) : node);
  }
  // What has nothing within is there for itself.
  return within.size === 0 ? member : { isMember, within };
}

/** A set as FieldsV1, in structured-merge-diff's order. */
export function printFields(set: FieldSet): PlainObject {
  const result: PlainObject = {};
  const elements = set.size < 2 ? [...set.keys()] : [...set.keys()].toSorted(compareElements);
  for (const element of elements) {
    const { isMember, within } = set.get(element)!;
    const inner = printFields(within);
    setOwn(result, element, isMember && within.size > 0 ? { '.': {}, ...inner } : inner);
  }
  return result;
}

/** The set as a text that tells it from any other. Two sets of the same paths have the same text only where these came in the same order. */
export function fieldsText(set: FieldSet): string {
  let text = '';
  // With its length in front, an element may hold any sign.
  for (const [element, { isMember, within: inner }] of set)
    text += `${isMember ? '+' : '-'}${element.length}:${element}${inner.size > 0 ? `{${fieldsText(inner)}}` : ''}`;
  return text;
}

function isEmptyNode({ isMember, within }: FieldNode): boolean {
  return !isMember && within.size === 0;
}
