import { isPlainObject, sameJson } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import type { ManagedFieldsEntry } from '../types.ts';
import { FieldsError, fieldsText, parseFields, printFields } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { PathElementError } from './path-element.ts';

/** Who owns which fields of an object, by which kind of writing. */
export interface Owner {
  /** `kubectl`, `kith-agent`. */
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  /** When it last changed something; absent where it owns what others wrote as well. */
  time?: string;
  fields: FieldSet;
}

/** Owners by what tells one from another: `ownerId`. */
export type Owners = ReadonlyMap<string, Owner>;

/** `metadata.managedFields` that cannot be read; the message is Kubernetes' own. */
export class OwnersError extends Error {}

/** What tells one owner from another: who applies does so in any version. Sorts as Kubernetes sorts owners in messages. */
export function ownerId({
  manager,
  operation,
  apiVersion,
  subresource,
}: Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify({
    ...(manager && { manager }),
    operation,
    ...(operation === 'Update' && { apiVersion }),
    ...(subresource && { subresource }),
  });
}

/**
 * `metadata.managedFields` as owners.
 *
 * @throws OwnersError
 */
export function parseOwners(entries: unknown): Owners {
  const owners = new Map<string, Owner>();
  if (entries === undefined || entries === null) return owners;
  if (!Array.isArray(entries)) throw new OwnersError('managedFields must be a list');
  for (const [index, entry] of entries.entries()) {
    const owner = parseOwner(entry, index);
    owners.set(ownerId(owner), owner);
  }
  return owners;
}

function parseOwner(entry: unknown, index: number): Owner {
  if (!isPlainObject(entry)) throw new OwnersError(`managed fields entry ${index} is no object`);
  const { manager, operation, apiVersion, subresource, time, fieldsType, fieldsV1 } = entry;
  if (operation !== 'Apply' && operation !== 'Update')
    throw new OwnersError('operation must be `Apply` or `Update`');
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw new OwnersError('apiVersion must not be empty');
  if (fieldsType === undefined || fieldsType === '')
    throw new OwnersError(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1')
    throw new OwnersError(
      `invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`,
    );
  return {
    manager: typeof manager === 'string' ? manager : '',
    operation,
    apiVersion,
    ...(typeof subresource === 'string' && subresource && { subresource }),
    ...(typeof time === 'string' && { time }),
    fields: fieldsIn(fieldsV1),
  };
}

/**
 * Sets that were read or written last, and what stands for them in objects. Pods of one ReplicaSet own the same paths: what is there once
 * is read once, and is held in memory once. As many as kinds of objects and their writers in a large cluster.
 */
const knownSetsMax = 500;
/** As text, some ten times a pod's. What is larger is one object's own, such as the keys of a large ConfigMap, and is not held for others. */
const knownSetCharactersMax = 16_384;
const setOfFields = new Map<object, FieldSet>();
const fieldsByText = new Map<string, PlainObject>();
const fieldsOfSet = new Map<FieldSet, PlainObject>();
/** By `fieldsText`: what a create owns is a set of its own each time, and mostly one that was printed before. */
const fieldsBySetText = new Map<string, PlainObject>();

function fieldsIn(fieldsV1: unknown): FieldSet {
  if (!isPlainObject(fieldsV1)) return parsed(fieldsV1);
  const known = setOfFields.get(fieldsV1);
  if (known) return known;
  const set = parsed(fieldsV1);
  // What is not frozen may be changed by its owner.
  if (Object.isFrozen(fieldsV1)) remember(set, fieldsV1);
  return set;
}

function parsed(fieldsV1: unknown): FieldSet {
  try {
    return parseFields(fieldsV1);
  } catch (error) {
    if (error instanceof FieldsError || error instanceof PathElementError)
      throw new OwnersError(`error decoding set: ${error.message}`);
    throw error;
  }
}

function printed(set: FieldSet): PlainObject {
  const known = fieldsOfSet.get(set);
  if (known) return known;
  const text = fieldsText(set);
  const same = fieldsBySetText.get(text);
  if (same) return same;
  if (text.length > knownSetCharactersMax) return deepFrozen(printFields(set));
  const fields = inOne(printFields(set));
  remember(set, fields);
  if (fieldsBySetText.size >= knownSetsMax) fieldsBySetText.clear();
  fieldsBySetText.set(text, fields);
  return fields;
}

/**
 * An object that was read from elsewhere, with its owners' fields in one with those of other objects: as text they are told apart by nothing.
 * Any other value stays as it is.
 */
export function withSharedFields<T>(value: T): T {
  const metadata = isPlainObject(value) ? value['metadata'] : undefined;
  const entries = isPlainObject(metadata) ? metadata['managedFields'] : undefined;
  if (!Array.isArray(entries)) return value;
  for (const entry of entries as unknown[])
    if (isPlainObject(entry) && isPlainObject(entry['fieldsV1']))
      entry['fieldsV1'] = inOne(entry['fieldsV1']);
  return value;
}

function inOne(fields: PlainObject): PlainObject {
  const text = JSON.stringify(fields);
  const same = fieldsByText.get(text);
  if (same) return same;
  deepFrozen(fields);
  if (text.length > knownSetCharactersMax) return fields;
  if (fieldsByText.size >= knownSetsMax) fieldsByText.clear();
  fieldsByText.set(text, fields);
  return fields;
}

function remember(set: FieldSet, fields: PlainObject): void {
  if (setOfFields.size >= knownSetsMax) setOfFields.clear();
  if (fieldsOfSet.size >= knownSetsMax) fieldsOfSet.clear();
  setOfFields.set(fields, set);
  fieldsOfSet.set(set, fields);
}

function deepFrozen(fields: PlainObject): PlainObject {
  for (const inner of Object.values(fields)) if (isPlainObject(inner)) deepFrozen(inner);
  return Object.freeze(fields);
}

/** Owners as `metadata.managedFields`; undefined where there are none. */
export function printOwners(owners: Owners): ManagedFieldsEntry[] | undefined {
  if (owners.size === 0) return undefined;
  return [...owners.values()]
    .toSorted(byOperationAndTime)
    .map(({ manager, operation, apiVersion, subresource, time, fields }): ManagedFieldsEntry => ({
      ...(manager && { manager }),
      operation,
      apiVersion,
      ...(time !== undefined && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: printed(fields),
      ...(subresource && { subresource }),
    }));
}

const secondsOf = ({ time }: Owner) => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0);
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function byOperationAndTime(a: Owner, b: Owner): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource ?? '', b.subresource ?? '')
  );
}

/** Whether two `managedFields` differ in nothing but times. */
export function differInTimeOnly(
  a: readonly ManagedFieldsEntry[] = [],
  b: readonly ManagedFieldsEntry[] = [],
): boolean {
  if (a.length !== b.length || a.length === 0) return false;
  let isOtherTime = false;
  for (const [index, left] of a.entries()) {
    const right = b[index]!;
    if (left.time !== right.time) isOtherTime = true;
    if (left.fieldsV1 !== right.fieldsV1 && !sameJson(left.fieldsV1, right.fieldsV1)) return false;
    if (ownerIdOf(left) !== ownerIdOf(right) || left.apiVersion !== right.apiVersion) return false;
  }
  return isOtherTime;
}

function ownerIdOf({ manager = '', operation, apiVersion = '', subresource }: ManagedFieldsEntry): string {
  return `${manager} ${operation} ${apiVersion} ${subresource ?? ''}`;
}
