import type { ManagedFieldsEntry } from '../types.ts';
import { compare, comparisonWithout } from './compare.ts';
import { difference, fieldSet, noFields, recursiveDifference, union } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import type { MergeSchema } from './merge-schema.ts';
import { OwnersError, ownerId, parseOwners } from './owners.ts';
import type { Owner, Owners } from './owners.ts';
import { fieldElement } from './path-element.ts';
import { reconciled } from './reconcile.ts';

/** Who writes, through what, and how: what a new entry of `managedFields` says beside its fields. */
export interface Writing {
  schema: MergeSchema;
  manager: string;
  /** The version that the object is written in. */
  apiVersion: string;
  subresource?: string | undefined;
  /** What such a write cannot change: `resetFieldsOf`. */
  reset: FieldSet;
  /** Now, as the API writes times. */
  time: string;
  /** Versions whose fields are named as in `apiVersion`; entries in any other are dropped. @default only `apiVersion` */
  isKnownVersion?: ((apiVersion: string) => boolean) | undefined;
}

/** So many owners by updates are told apart; the oldest of more become one. Kubernetes' number. */
export const updateOwnersMax = 10;
const ancientChanges = 'ancient-changes';

const metadata = (name: string) => ['metadata', name].map(fieldElement);
/** What the server itself writes, or what only says which object it is: nobody owns it. */
const neverOwned = fieldSet(
  ...['apiVersion', 'kind', 'metadata'].map((name) => [fieldElement(name)]),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map(metadata),
);

export const withoutNeverOwned = (fields: FieldSet): FieldSet => difference(fields, neverOwned);

/** Whether `managedFields` asks to forget all owners: a list that is empty, or has one empty entry. */
export function asksForReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  if (entries.length === 0) return true;
  const [only] = entries as unknown[];
  return entries.length === 1 && typeof only === 'object' && only !== null && Object.keys(only).length === 0;
}

/**
 * The owners that a write starts from. Who writes an object may rewrite them; what cannot be read, or is missing, is taken from the stored
 * object, since old clients know nothing of it.
 */
export function ownersToStartFrom(stored: unknown, given: unknown): Owners {
  if (asksForReset(given)) return new Map();
  // What was read and sent back as it was is not read again.
  const own = given === stored ? undefined : readable(given);
  return own && own.size > 0 ? own : (readable(stored) ?? new Map<string, Owner>());
}

function readable(entries: unknown): Owners | undefined {
  try {
    return parseOwners(entries);
  } catch (error) {
    if (error instanceof OwnersError) return undefined;
    throw error;
  }
}

/**
 * The owners after a create, update or patch: what it has changed is the writer's, and no longer anyone else's. `before` is undefined for a
 * new object. An object without owners has asked for none: it has none until it is applied.
 */
export function ownersAfterUpdate(
  owners: Owners,
  before: object | undefined,
  after: object,
  writing: Writing,
): Owners {
  if (owners.size === 0 && before) return owners;
  return ownersAfterChange(owners, before ?? {}, after, writing);
}

export function ownersAfterChange(owners: Owners, before: object, after: object, writing: Writing): Owners {
  const { schema, reset, manager, apiVersion, subresource, time } = writing;
  const { added, modified, removed } = comparisonWithout(compare(schema, before, after), reset);
  const changed = union(added, modified);
  const next = new Map<string, Owner>();
  for (const [id, owner] of ownersOfKnownVersions(owners, writing)) {
    const fields = difference(difference(owner.fields, changed), removed);
    if (fields.size > 0) next.set(id, fields === owner.fields ? owner : { ...owner, fields });
  }
  const own = withoutNeverOwned(recursiveDifference(changed, reset));
  if (own.size > 0) {
    const owner = { manager: manager || 'unknown', operation: 'Update' as const, apiVersion, subresource };
    const id = ownerId({ ...owner, subresource: subresource ?? '' });
    const fields = union(next.get(id)?.fields ?? noFields, own);
    const { subresource: _none, ...bare } = owner;
    next.set(id, { ...bare, ...(subresource && { subresource }), time, fields });
  }
  return withoutOldest(next);
}

/** Only the owners whose fields are named as the object's, with their paths as the schema has them today. */
export function ownersOfKnownVersions(
  owners: Owners,
  { schema, apiVersion, isKnownVersion = (version) => version === apiVersion }: Writing,
): Owners {
  const known = new Map<string, Owner>();
  for (const [id, owner] of owners) {
    if (!isKnownVersion(owner.apiVersion)) continue;
    const fields = reconciled(schema, owner.fields);
    known.set(id, fields === owner.fields ? owner : { ...owner, fields });
  }
  return known;
}

/** The oldest owners by updates become one of their version, until there are not more than allowed. */
function withoutOldest(owners: Map<string, Owner>): Owners {
  const updates = [...owners].filter(([, { operation }]) => operation === 'Update');
  let count = updates.length;
  if (count <= updateOwnersMax) return owners;
  const seconds = ({ time }: Owner) => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0);
  updates.sort(([idA, a], [idB, b]) => seconds(a) - seconds(b) || (idA < idB ? -1 : 1));
  const firstOfVersion = new Map<string, string>();
  for (const [id, owner] of updates) {
    if (count <= updateOwnersMax) break;
    const first = firstOfVersion.get(owner.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(owner.apiVersion, id);
      continue;
    }
    const bucket = { manager: ancientChanges, operation: 'Update' as const, apiVersion: owner.apiVersion };
    const bucketId = ownerId(bucket);
    const before = owners.get(bucketId) ?? owners.get(first)!;
    owners.delete(first);
    owners.delete(id);
    const time = owner.time ?? before.time;
    owners.set(bucketId, { ...bucket, fields: union(before.fields, owner.fields), ...(time && { time }) });
    count--;
  }
  return owners;
}

export type { ManagedFieldsEntry };
