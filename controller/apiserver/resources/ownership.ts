import { applyConfiguration } from '../../../api/apply/apply.ts';
import { typeMergeSchema } from '../../../api/apply/kind-schema.ts';
import { mergeSchemaOf } from '../../../api/apply/object-schema.ts';
import { differInTimeOnly, printOwners } from '../../../api/apply/owners.ts';
import type { Owners } from '../../../api/apply/owners.ts';
import { fieldElement } from '../../../api/apply/path-element.ts';
import { resetFieldsOf } from '../../../api/apply/reset-fields.ts';
import { ownersAfterScale, ownersOfScale, scaleApiVersion } from '../../../api/apply/scale.ts';
import { ownersAfterUpdate, ownersToStartFrom } from '../../../api/apply/update.ts';
import type { Writing } from '../../../api/apply/update.ts';
import { noFields } from '../../../api/apply/field-set.ts';
import { timestamp } from '../../../api/conditions.ts';
import { badRequest } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { isPlainObject, sameJson } from '../../../api/plain-objects.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import type { ManagedFieldsEntry, Scale } from '../../../api/types.ts';
import { asCompared } from './late-fields.ts';
import type { Resource } from './metadata.ts';

/** Whose fields a write makes its own. */
export interface Author {
  /** What the caller calls itself; the first part of its user agent where it does not say. */
  fieldManager: string;
  now: Date;
}

/** A new object, with its defaults and before admission, as its creator's, who has sent `input`. */
export function ownedByCreator(kind: Kind, draft: Resource, input: Resource, author: Author): Resource {
  const owners = ownersToStartFrom(undefined, input.metadata?.managedFields);
  const bare = withManagedFields(draft, undefined);
  const after = asCompared(kind, bare, input);
  return managed(bare, () => ownersAfterUpdate(owners, undefined, after, writingOf(kind, undefined, author)));
}

/** What a writer says of owners. Of a custom resource no owners at all say nothing, as in Kubernetes: only one that is empty is a wish. */
function givenOwners(kind: Kind, { metadata }: Resource): ManagedFieldsEntry[] | undefined {
  const { managedFields } = metadata ?? {};
  return kind.custom && managedFields?.length === 0 ? undefined : managedFields;
}

/** An object as its writer wants it, with its defaults and before admission: what differs from `old` is the writer's, who has sent `input`. */
export function ownedByUpdater(
  kind: Kind,
  subresource: string | undefined,
  old: Resource,
  next: Resource,
  input: Resource,
  author: Author,
): Resource {
  const stored = old.metadata?.managedFields;
  // Only who writes the object itself may say who owns it.
  const owners = ownersToStartFrom(stored, subresource === undefined ? givenOwners(kind, input) : stored);
  const bare = withManagedFields(next, undefined);
  const before = withManagedFields(old, undefined);
  const after = asCompared(kind, bare, input, subresource);
  return managed(bare, () => ownersAfterUpdate(owners, before, after, writingOf(kind, subresource, author)));
}

/**
 * What server-side apply makes of an object: its next state, not yet decoded and without defaults, and its `managedFields`.
 *
 * @throws ApiError (conflict, bad request)
 */
export function applied(
  kind: Kind,
  subresource: string | undefined,
  live: Resource | undefined,
  configuration: unknown,
  { force, ...author }: Author & { force: boolean },
): { object: Resource; managedFields: ManagedFieldsEntry[] | undefined } {
  const { object, owners } = applyConfiguration((live ?? {}) as PlainObject, asObject(configuration), {
    ...writingOf(kind, subresource, author),
    kind: kind.kind,
    force,
  });
  return { object: withManagedFields(object as Resource, undefined), managedFields: printOwners(owners) };
}

/** A Scale as it is wished to be, and the `managedFields` of the object behind it. */
export interface Scaling {
  scale: Scale;
  managedFields: ManagedFieldsEntry[] | undefined;
}

/** A Scale that was replaced or patched. */
export function scaledByUpdater(
  kind: Kind,
  old: Resource,
  before: Scale,
  after: Scale,
  author: Author,
): Scaling {
  const owners = ownersToStartFrom(old.metadata?.managedFields, undefined);
  const path = replicasPath(kind);
  const ofScale = ownersOfScale(owners, kind.apiVersion, path);
  const next = ownersAfterUpdate(ofScale, before, after, writingOfScale(author));
  return { scale: after, managedFields: printOwners(ownersAfterScale(owners, next, kind.apiVersion, path)) };
}

/** A Scale that was applied. @throws ApiError (conflict, bad request) */
export function appliedScale(
  kind: Kind,
  old: Resource,
  before: Scale,
  configuration: unknown,
  { force, ...author }: Author & { force: boolean },
): Scaling {
  const owners = ownersToStartFrom(old.metadata?.managedFields, undefined);
  const path = replicasPath(kind);
  const managedFields = printOwners(ownersOfScale(owners, kind.apiVersion, path));
  const live = { ...before, metadata: { ...before.metadata, ...(managedFields && { managedFields }) } };
  const { object, owners: next } = applyConfiguration(live as PlainObject, asObject(configuration), {
    ...writingOfScale(author),
    kind: 'Scale',
    force,
  });
  return {
    scale: withManagedFields(object as Resource, undefined) as Scale,
    managedFields: printOwners(ownersAfterScale(owners, next, kind.apiVersion, path)),
  };
}

export function withManagedFields(
  object: Resource,
  managedFields: ManagedFieldsEntry[] | undefined,
): Resource {
  if (object.metadata?.managedFields === managedFields) return object;
  const { managedFields: _before, ...metadata } = object.metadata ?? {};
  return { ...object, metadata: managedFields ? { ...metadata, managedFields } : metadata };
}

/** A write that changes nothing but the times of owners is none: the object stays as it was, and so does its version. */
export function withoutNewTimesOnly(old: Resource, next: Resource): Resource {
  const [before, after] = [old.metadata?.managedFields, next.metadata?.managedFields];
  if (before === after || !differInTimeOnly(before, after)) return next;
  const same = withManagedFields(next, before);
  return sameJson(withoutVersion(old), withoutVersion(same)) ? old : next;
}

function withoutVersion({ metadata, ...object }: Resource): object {
  const { resourceVersion: _version, ...rest } = metadata ?? {};
  return { ...object, metadata: rest };
}

/** A write does not fail for who owns what: an object too deep to be compared has no owners, as in Kubernetes. */
function managed(object: Resource, ownersOf: () => Owners): Resource {
  try {
    return withManagedFields(object, printOwners(ownersOf()));
  } catch (error) {
    if (error instanceof RangeError) return object;
    throw error;
  }
}

function writingOf(kind: Kind, subresource: string | undefined, { fieldManager, now }: Author): Writing {
  const group = kind.group ? `${kind.group}/` : '';
  return {
    schema: mergeSchemaOf(kind),
    manager: fieldManager,
    apiVersion: kind.apiVersion,
    subresource,
    reset: resetFieldsOf(kind, subresource),
    time: timestamp(now),
    // The versions of a definition differ in their apiVersion alone.
    ...(kind.custom && { isKnownVersion: (version: string) => version.startsWith(group) }),
  };
}

function writingOfScale({ fieldManager, now }: Author): Writing {
  return {
    schema: typeMergeSchema('Scale'),
    manager: fieldManager,
    apiVersion: scaleApiVersion,
    subresource: 'scale',
    reset: noFields,
    time: timestamp(now),
  };
}

/** Where the number of replicas stands in an object. */
function replicasPath({ custom }: Kind): string[] {
  const path = custom?.scale?.specReplicasPath ?? '.spec.replicas';
  return path.split('.').slice(1).map(fieldElement);
}

function asObject(configuration: unknown): PlainObject {
  if (configuration === null) return {};
  if (isPlainObject(configuration)) return configuration;
  throw badRequest('error decoding YAML: the body of the request is no object');
}
