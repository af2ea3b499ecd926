import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import type { Kind } from '../kinds.ts';
import type { Ingress, Job, Pod, ResourceQuota } from '../types.ts';
import { validateIngressStatus } from './ingress.ts';
import { validateJobStatus } from './job-status.ts';
import { validateResourceQuotaStatus } from './resource-quota.ts';
import { validatePodStatus } from './pod-status.ts';
import { notNegative } from './rules.ts';

type AnyObject = { status?: unknown };
type Counts = Record<string, number | undefined>;

const ofReplicas = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
];

/** Numbers that a status may not have below nothing, in the order in which Kubernetes looks at them. */
const counts: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ],
  Deployment: [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ],
  HorizontalPodAutoscaler: ['currentReplicas', 'desiredReplicas'],
  HorizontalPodAutoscalerV1: ['currentReplicas', 'desiredReplicas'],
  PodDisruptionBudget: ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'],
  ReplicaSet: [...ofReplicas, 'terminatingReplicas'],
  ReplicationController: ofReplicas,
  StatefulSet: [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
    'observedGeneration',
    'collisionCount',
  ],
};

/** Parts of `status.replicas`, which no part is larger than. */
const parts: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ReplicaSet: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ReplicationController: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  StatefulSet: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
};

/** Kinds whose `collisionCount` only grows: names of revisions are drawn with it. */
const colliding = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);

/** What is wrong with a status that a controller writes over `old`'s; empty where nothing is, or the kind has no rules. */
export function validateStatus(kind: Kind, object: object, old: object): FieldError[] {
  const type = kind.type ?? '';
  if (type === 'Ingress') return validateIngressStatus(object as Ingress);
  if (type === 'ResourceQuota') return validateResourceQuotaStatus(object as ResourceQuota);
  if (type === 'Pod') return validatePodStatus(object as Pod, old as Pod);
  if (type === 'Job') return validateJobStatus(object as Job, old as Job);
  const status = ((object as AnyObject).status ?? {}) as Counts;
  const before = ((old as AnyObject).status ?? {}) as Counts;
  return [
    ...(counts[type] ?? []).flatMap((name) => notNegative(`status.${name}`, status[name])),
    ...validateParts(type, status),
    ...(colliding.has(type) && (status['collisionCount'] ?? -1) < (before['collisionCount'] ?? -Infinity)
      ? [invalidValue('status.collisionCount', status['collisionCount'] ?? 0, 'cannot be decremented')]
      : []),
  ];
}

function validateParts(type: string, status: Counts): FieldError[] {
  if (!parts[type]) return [];
  const { replicas = 0, readyReplicas: ready = 0, availableReplicas: available = 0 } = status;
  const whole = type === 'StatefulSet' ? 'status.readyReplicas' : 'readyReplicas';
  return [
    ...parts[type].flatMap((name) =>
      (status[name] ?? 0) > replicas
        ? [invalidValue(`status.${name}`, status[name] ?? 0, 'cannot be greater than status.replicas')]
        : [],
    ),
    ...(available > ready
      ? [invalidValue('status.availableReplicas', available, `cannot be greater than ${whole}`)]
      : []),
  ];
}
