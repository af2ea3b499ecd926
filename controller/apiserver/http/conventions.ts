import { ApiError } from '../../../api/errors.ts';
import { resourceOf, type Kind } from '../../../api/kinds.ts';

/**
 * What Kubernetes does for some kinds and not for others, for reasons that only its history knows, and that clients may count on.
 * Source: the strategies (`AllowCreateOnUpdate`) and stores (`ReturnDeletedObject`) of pkg/registry.
 */
const madeByReplacing = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'Endpoints',
  'Event',
  'EventsEvent',
  'Lease',
  'LimitRange',
  'Role',
  'RoleBinding',
  'RuntimeClass',
  'Service',
]);

const replacedByVersion = new Set([
  'CustomResourceDefinition',
  'Lease',
  'PodDisruptionBudget',
  'RuntimeClass',
]);

const answeredWhole = new Set([
  'Job',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodTemplate',
  'ReplicationController',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
  'StorageClass',
]);

/** Whether a PUT of what is not there makes it. */
export function isMadeByReplacing(kind: Kind): boolean {
  return madeByReplacing.has(kind.type ?? '');
}

/** Whether a deletion is answered with the object as it was last; else with a Status that names it. */
export function isAnsweredWhole(kind: Kind): boolean {
  return answeredWhole.has(kind.type ?? '');
}

/**
 * Whether a PUT must say which state of the object it is meant for; elsewhere it may leave that out, and then writes over any.
 * Source: `AllowUnconditionalUpdate`
 */
export function isReplacedByVersion(kind: Kind): boolean {
  return Boolean(kind.custom) || replacedByVersion.has(kind.type ?? '');
}

/** What to warn of whoever uses a kind at all. */
export function deprecationOf(kind: Kind): string | undefined {
  if (kind.custom) return kind.custom.warning;
  return kind.type === 'Endpoints'
    ? 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'
    : undefined;
}

/** A PUT that does not say which state it is meant for, where it must. */
export function versionNeeded(kind: Kind, name: string): ApiError {
  const message = 'Invalid value: 0x0: must be specified for an update';
  const field = 'metadata.resourceVersion';
  return new ApiError(
    422,
    'Invalid',
    `${resourceOf(kind)} ${JSON.stringify(name)} is invalid: ${field}: ${message}`,
    {
      name,
      ...(kind.group && { group: kind.group }),
      kind: kind.plural,
      causes: [{ reason: 'FieldValueInvalid', message, field }],
    },
  );
}
