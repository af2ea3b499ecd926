import { isDeepStrictEqual } from 'node:util';
import { timestamp } from '../../../api/conditions.ts';
import { badRequest, conflict, invalid } from '../../../api/errors.ts';
import { invalidValue } from '../../../api/field-errors.ts';
import { goTime } from '../../../api/go-value.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { ObjectMeta, Pod } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { nameSuffix, randomUid, type Random } from '../../../process/random.ts';
import { withGeneratedSelector } from './workloads.ts';

/** Any object with the parts that most kinds have. */
export type Resource = KubeObject & { spec?: unknown; status?: unknown };

/** Kinds whose `metadata.generation` counts what was asked for, so that controllers can say how much of it they saw. */
const generational = new Set([
  'CronJob',
  'CustomResourceDefinition',
  'DaemonSet',
  'Deployment',
  'EndpointSlice',
  'Ingress',
  'IngressClass',
  'Job',
  'NetworkPolicy',
  'Pod',
  'PodDisruptionBudget',
  'PodTemplate',
  'PriorityClass',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]);

/** What a new object's status is, whatever its creator says; a Node is created by the node itself and says it all at once. */
const firstStatus: Record<string, object | 'as given'> = {
  Pod: { phase: 'Pending' },
  Namespace: { phase: 'Active' },
  Service: { loadBalancer: {} },
  Deployment: {},
  ReplicaSet: { replicas: 0 },
  ReplicationController: { replicas: 0 },
  StatefulSet: { replicas: 0, availableReplicas: 0 },
  DaemonSet: {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  },
  Job: {},
  Ingress: { loadBalancer: {} },
  ResourceQuota: {},
  PersistentVolume: { phase: 'Pending' },
  PersistentVolumeClaim: { phase: 'Pending' },
  CertificateSigningRequest: {},
  CronJob: {},
  HorizontalPodAutoscaler: { desiredReplicas: 0 },
  HorizontalPodAutoscalerV1: { currentReplicas: 0, desiredReplicas: 0 },
  PodDisruptionBudget: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  Node: 'as given',
};

/** Kinds whose status tells its counts also where a writer leaves them out: they are none then. */
const alwaysCounted = new Set([
  'DaemonSet',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]);

/** How much of `generateName` is kept: a name may have 63 letters as a label, and five follow. */
const generatedBaseMax = 58;

/** A new object as it will be stored, before defaults: the server's own fields set, those of others cleared. */
export function newObject(
  kind: Kind,
  input: Resource,
  { namespace, now, random }: { namespace: string | undefined; now: Date; random: Random },
): Resource {
  const given = input.metadata ?? {};
  if (given.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  const {
    managedFields: _fields,
    selfLink: _link,
    deletionTimestamp: _at,
    deletionGracePeriodSeconds: _grace,
    ...kept
  } = given;
  const metadata: ObjectMeta = {
    ...kept,
    name: given.name || generatedName(given, random),
    ...(kind.namespaced ? { namespace: namespaceOf(kind, given, namespace) } : {}),
    uid: randomUid(random),
    creationTimestamp: timestamp(now),
  };
  if (!kind.namespaced) delete metadata.namespace;
  if (kind.custom || generational.has(kind.type ?? '')) metadata.generation = 1;
  const status = kind.custom
    ? kind.custom.hasStatus
      ? undefined
      : 'as given'
    : firstStatus[kind.type ?? ''];
  const { status: givenStatus, ...rest } = input;
  const made: Resource = {
    ...rest,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata,
    ...(status === 'as given'
      ? givenStatus !== undefined && { status: givenStatus }
      : status && {
          status: {
            ...status,
            ...(kind.type === 'PersistentVolume' && { lastPhaseTransitionTime: timestamp(now) }),
          },
        }),
  };
  return kind.type === 'Job' ? withGeneratedSelector(made) : made;
}

/** `old` with what a writer of the main resource may change: everything but the status and the server's own fields. */
export function replaced(kind: Kind, old: Resource, input: Resource): Resource {
  const { status: given, ...rest } = input;
  // A custom resource whose status is no part of its own is written whole.
  const status = kind.custom?.hasStatus === false ? given : old.status;
  const next: Resource = {
    ...rest,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: replacedMetadata(kind, old.metadata!, input.metadata ?? {}),
    ...(status !== undefined && { status }),
  };
  return next;
}

/** `old` with the status of `input`, and nothing else of it. */
export function withStatusOf(old: Resource, input: Resource): Resource {
  const { status: _status, ...rest } = old;
  if (input.status === undefined) return rest;
  // How a pod is treated is not its host's to say, nor to forget.
  const { qosClass } = (old.kind === 'Pod' && (old as Pod).status) || {};
  const counts = alwaysCounted.has(old.kind ?? '') ? firstStatus[old.kind!] : undefined;
  return {
    ...rest,
    status: { ...(counts as object | undefined), ...(qosClass && { qosClass }), ...input.status },
  };
}

function replacedMetadata(kind: Kind, old: ObjectMeta, given: ObjectMeta): ObjectMeta {
  if (given.uid && given.uid !== old.uid)
    throw conflict(
      kind,
      old.name!,
      `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${old.uid}`,
    );
  const { deletionTimestamp } = given;
  if (deletionTimestamp && deletionTimestamp !== old.deletionTimestamp)
    throw invalid(kind, old.name!, [
      invalidValue('metadata.deletionTimestamp', goTime(deletionTimestamp), 'field is immutable'),
    ]);
  const { managedFields: _fields, selfLink: _link, ...kept } = given;
  const own = {
    name: old.name!,
    namespace: old.namespace,
    uid: old.uid!,
    creationTimestamp: old.creationTimestamp!,
    generation: old.generation,
    resourceVersion: old.resourceVersion!,
    deletionTimestamp: old.deletionTimestamp,
    deletionGracePeriodSeconds: old.deletionGracePeriodSeconds,
  };
  return withoutUndefined({ ...kept, ...own });
}

/** `next` with its generation raised where what it asks for differs from `old`. */
export function withGeneration(kind: Kind, old: Resource, next: Resource): Resource {
  if (kind.custom) return withCustomGeneration(old, next);
  if (!generational.has(kind.type ?? '')) return next;
  const isBeingDeletedNow =
    kind.type !== 'CustomResourceDefinition' &&
    !old.metadata?.deletionTimestamp &&
    next.metadata?.deletionTimestamp;
  const asked = kind.type === 'EndpointSlice' ? contentOf : specOf;
  // A Deployment's annotations go on to its ReplicaSets, so they are something to do too.
  const isSaid =
    kind.type !== 'Deployment' ||
    isDeepStrictEqual(old.metadata?.annotations ?? {}, next.metadata?.annotations ?? {});
  if (!isBeingDeletedNow && isSaid && isDeepStrictEqual(asked(old), asked(next))) return next;
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata?.generation ?? 0) + 1 } };
}

const specOf = ({ spec, template }: Resource & { template?: unknown }) => spec ?? template;

/** A slice has no spec; its labels say whose it is. */
function contentOf({ metadata, ...rest }: Resource): unknown {
  return { ...rest, labels: metadata?.labels };
}

/** Of a custom resource, whatever is not metadata is asked for; a status that is written apart has been kept as it was. */
function withCustomGeneration(old: Resource, next: Resource): Resource {
  const asked = ({ metadata: _metadata, ...rest }: Resource) => rest;
  const isBeingDeletedNow = !old.metadata?.deletionTimestamp && next.metadata?.deletionTimestamp;
  if (!isBeingDeletedNow && isDeepStrictEqual(asked(old), asked(next))) return next;
  return { ...next, metadata: { ...next.metadata, generation: (old.metadata?.generation ?? 0) + 1 } };
}

/** As it is stored: what it is first, then its metadata, so that lists can be written from its letters (`http/item-text.ts`). */
export function atRevision(object: Resource, revision: number): Resource {
  const { apiVersion, kind, metadata, ...rest } = object;
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
    metadata: { ...metadata, resourceVersion: String(revision) },
    ...rest,
  };
}

/** The namespace that the URL and the object agree on. */
function namespaceOf(kind: Kind, given: ObjectMeta, namespace: string | undefined): string {
  if (!namespace) throw badRequest(`a ${kind.kind} lives in a namespace: name it in the URL`);
  if (given.namespace && given.namespace !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  return namespace;
}

function generatedName({ generateName }: ObjectMeta, random: Random): string {
  // Validation says that a name is required, in the words that it has for every field.
  return generateName ? `${generateName.slice(0, generatedBaseMax)}${nameSuffix(random)}` : '';
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
