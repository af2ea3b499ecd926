import { ApiError, badRequest } from '../errors.ts';
import { getOwn, isPlainObject, sameJson, setOwn } from '../plain-objects.ts';
import type { PlainObject } from '../plain-objects.ts';
import { compare, comparisonWithout } from './compare.ts';
import { conflictError, conflictsOutside, conflictsWith } from './conflicts.ts';
import type { Conflict } from './conflicts.ts';
import { difference, intersection, noFields, recursiveDifference, union } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { fieldsOf, misfits } from './fields-of.ts';
import { clientSideManager, ownedByLastApplied, withLastApplied } from './last-applied.ts';
import { merge } from './merge.ts';
import type { MergeSchema } from './merge-schema.ts';
import { OwnersError, ownerId, parseOwners } from './owners.ts';
import type { Owner, Owners } from './owners.ts';
import { withNamedFields } from './reconcile.ts';
import { removeFields } from './remove.ts';
import { ownersAfterChange, ownersOfKnownVersions, withoutNeverOwned } from './update.ts';
import type { Writing } from './update.ts';

/** Who owns what of an object that was there before it was first applied. */
const beforeFirstApply = 'before-first-apply';

export interface Applying extends Writing {
  kind: string;
  /** Takes what others own. */
  force: boolean;
}

export interface Applied {
  /** The live object with the configuration in it, not yet with defaults; the live one itself where nothing of it changed. */
  object: PlainObject;
  owners: Owners;
}

/**
 * Server-side apply: `live` with all that `configuration` says, and without what its manager applied before, does not any more and nobody
 * else owns. `live` is `{}` for an object that is not there yet.
 *
 *     const { object, owners } = applyConfiguration(live, configuration, { manager: 'kubectl', force: false, … });
 *
 * @throws ApiError: 409 with a cause for each field of another owner; 400 for what is no configuration; 500, as Kubernetes answers, for one
 *   that does not fit the schema
 */
export function applyConfiguration(
  live: PlainObject,
  configuration: PlainObject,
  applying: Applying,
): Applied {
  checkConfiguration(configuration, applying);
  const owners = storedOwners(live, applying);
  const first = tryToApply(live, configuration, owners, applying, applying.force);
  if (!Array.isArray(first)) return withLastApplied(first, configuration, applying.manager);
  // What kubectl applied from the client before is kubectl's own: it takes that without being told to.
  const isKubectl = applying.manager === clientSideManager;
  const allowed = isKubectl ? ownedByLastApplied(live, applying) : undefined;
  const conflicts = allowed ? conflictsOutside(first, allowed) : first;
  if (conflicts.length > 0) throw conflictError(conflicts);
  const forced = tryToApply(live, configuration, owners, applying, true) as Applied;
  return withLastApplied(forced, configuration, applying.manager);
}

function checkConfiguration(configuration: PlainObject, { kind, apiVersion, schema }: Applying): void {
  const metadata = getOwn(configuration, 'metadata');
  const of = (field: string) => textIn(isPlainObject(metadata) ? metadata : {}, field);
  const given = kindText(textIn(configuration, 'apiVersion'), textIn(configuration, 'kind'));
  const expected = kindText(apiVersion, kind);
  if (given !== expected) throw badRequest(`invalid object type: ${given}`);
  const managed = isPlainObject(metadata) ? getOwn(metadata, 'managedFields') : undefined;
  if (managed !== undefined && managed !== null) throw badRequest('metadata.managedFields must be nil');
  const wrong = misfits(schema, configuration);
  if (wrong.length === 0) return;
  const problem =
    wrong.length === 1 ? wrong[0]! : ['errors:', ...wrong.map((each) => `  ${each}`)].join('\n');
  throw withoutReason(
    `failed to create typed patch object (${of('namespace')}/${of('name')}; ${expected}): ${problem}`,
  );
}

const textIn = (object: PlainObject, field: string) => {
  const value = getOwn(object, field);
  return typeof value === 'string' ? value : '';
};

/** As Go prints a kind: `apps/v1, Kind=Deployment`, and `/v1, Kind=Pod`. */
function kindText(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

/** What Kubernetes has no word for, it answers with 500 and no reason. */
function withoutReason(message: string): ApiError {
  const error = new ApiError(500, '', message);
  Reflect.deleteProperty(error.status, 'reason');
  return error;
}

function storedOwners(live: PlainObject, applying: Applying): Owners {
  const metadata = getOwn(live, 'metadata');
  let owners: Owners;
  try {
    owners = parseOwners(isPlainObject(metadata) ? getOwn(metadata, 'managedFields') : undefined);
  } catch (error) {
    if (error instanceof OwnersError)
      throw withoutReason(`failed to decode managed fields: ${error.message}`);
    throw error;
  }
  if (owners.size > 0) return owners;
  return ownersAfterChange(owners, {}, live, { ...applying, manager: beforeFirstApply });
}

/** The outcome, or what keeps it from being. */
function tryToApply(
  live: PlainObject,
  configuration: PlainObject,
  stored: Owners,
  applying: Applying,
  force: boolean,
): Applied | Conflict[] {
  const { schema, manager, apiVersion, subresource, reset, time } = applying;
  const owners = new Map(ownersOfKnownVersions(stored, applying));
  const self: Owner = {
    manager,
    operation: 'Apply',
    apiVersion,
    ...(subresource && { subresource }),
    fields: recursiveDifference(fieldsOf(schema, configuration), reset),
  };
  const id = ownerId(self);
  const last = owners.get(id);
  owners.set(id, { ...self, ...(last?.time !== undefined && { time: last.time }) });

  const merged = merge(schema, live, configuration);
  const object = prune(schema, merged, owners, id, last?.fields ?? noFields);
  const { added, modified, removed } = comparisonWithout(
    compare(schema, live, object, { isAsWritten: true }),
    reset,
  );
  const changed = union(added, modified);
  const conflicts: Conflict[] = [];
  for (const [otherId, other] of [...owners].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (otherId === id) continue;
    const taken = intersection(other.fields, changed);
    if (taken.size > 0) conflicts.push(...conflictsWith(other, taken));
    const fields = difference(difference(other.fields, taken), removed);
    if (fields.size === 0) owners.delete(otherId);
    else if (fields !== other.fields) owners.set(otherId, { ...other, fields });
  }
  if (conflicts.length > 0 && !force) return conflicts;

  const own = owners.get(id)!;
  const fields = withoutNeverOwned(own.fields);
  const isSame = sameJson(live, object);
  if (fields.size === 0) owners.delete(id);
  else owners.set(id, { ...own, ...(!isSame && { time }), fields });
  return { object: isSame ? live : (withoutEmptied(object, live) as PlainObject), owners };
}

/** The object without the `null` that stands where all of a map or list was taken out. */
function withoutEmptied(object: unknown, live: unknown): unknown {
  if (!isPlainObject(object) || !isPlainObject(live) || object === live) return object;
  const result: PlainObject = {};
  for (const [name, value] of Object.entries(object)) {
    const before = getOwn(live, name);
    if (value === null && typeof before === 'object' && before !== null) continue;
    setOwn(result, name, withoutEmptied(value, before));
  }
  return result;
}

/**
 * Takes out what the manager applied last time and does not this time, unless someone else owns it, too. What lies within and is nobody's
 * stays, with what holds it.
 */
function prune(
  schema: MergeSchema,
  merged: unknown,
  owners: Owners,
  id: string,
  last: FieldSet,
): PlainObject {
  const whole = merged as PlainObject;
  if (difference(last, owners.get(id)!.fields).size === 0) return whole;
  const named = (fields: FieldSet) => withNamedFields(schema, fields);
  const mergedFields = named(fieldsOf(schema, whole));
  const lastFields = named(last);
  let owned = noFields;
  for (const { fields } of owners.values()) owned = union(owned, fields);
  const without = (fields: FieldSet) => (removeFields(schema, whole, fields) ?? {}) as PlainObject;
  const bare = named(fieldsOf(schema, without(lastFields)));
  const withOwned = without(difference(mergedFields, union(bare, named(owned))));
  const kept = named(fieldsOf(schema, withOwned));
  return without(intersection(difference(mergedFields, kept), lastFields));
}
