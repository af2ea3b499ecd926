import type { FieldError } from '../field-errors.ts';
import { kindNamed } from '../kinds.ts';
import type { Kind } from '../kinds.ts';
import type {
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  EventsEvent,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  Ingress,
  IngressClass,
  Job,
  Lease,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Node,
  ObjectMeta,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodTemplate,
  PodTemplateSpec,
  PriorityClass,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  StatefulSet,
  StorageClass,
} from '../types.ts';
import { validateAutoscaler, validateAutoscalerV1 } from './autoscaler.ts';
import { validateSigningRequest } from './certificate-signing-request.ts';
import { validateConfigMap } from './config-map.ts';
import { validateControllerRevision } from './controller-revision.ts';
import { validateCronJob } from './cron-job.ts';
import {
  refuseCustomResourceDefinition,
  validateCustomResourceDefinition,
} from './custom-resource-definition.ts';
import { validateDaemonSet } from './daemon-set.ts';
import { validateDeployment } from './deployment.ts';
import { validateDisruptionBudget } from './disruption-budget.ts';
import { validateEndpointSlice } from './endpoint-slice.ts';
import { validateEndpoints } from './endpoints.ts';
import { validateEvent, validateEventsEvent } from './event.ts';
import { validateIngressClass } from './ingress-class.ts';
import { validateIngress } from './ingress.ts';
import { validateJob } from './job.ts';
import { validateLease } from './lease.ts';
import { validateLimitRange } from './limit-range.ts';
import { validateMetadata } from './metadata.ts';
import { validateNamespace } from './namespace.ts';
import { validateNetworkPolicy } from './network-policy.ts';
import { validateNode } from './node.ts';
import { validatePersistentVolumeClaim } from './persistent-volume-claim.ts';
import { validatePersistentVolume } from './persistent-volume.ts';
import { validatePod } from './pod.ts';
import { validatePriorityClass } from './priority-class.ts';
import { refusePodSpec, refuseService } from './refusals.ts';
import { validateReplicaSet } from './replica-set.ts';
import { validatePodTemplateObject, validateReplicationController } from './replication-controller.ts';
import { validateResourceQuota } from './resource-quota.ts';
import { validateClusterRoleBinding, validateRoleBinding } from './role-binding.ts';
import { validateClusterRole, validateRole } from './role.ts';
import { validateRuntimeClass } from './runtime-class.ts';
import { validateSecret } from './secret.ts';
import { validateService } from './service.ts';
import { validateStatefulSet } from './stateful-set.ts';
import { validateStorageClass } from './storage-class.ts';

export { decodeStrict } from './decode.ts';

type AnyObject = { metadata?: ObjectMeta };
type Rule<T> = (object: T, old?: T) => FieldError[];

/** A rule for one kind, kept in a list for all: `validate` hands it only what the schema says is of that kind. */
const of = <T extends AnyObject>(rule: Rule<T>): Rule<AnyObject> => rule as Rule<AnyObject>;

/** Beside the metadata, what each kind must be, by its type. A kind that is not here has no rules but its schema's. */
const rules: Record<string, Rule<AnyObject>> = {
  CertificateSigningRequest: of<CertificateSigningRequest>(validateSigningRequest),
  ClusterRole: of<ClusterRole>(validateClusterRole),
  ClusterRoleBinding: of<ClusterRoleBinding>(validateClusterRoleBinding),
  ConfigMap: of<ConfigMap>(validateConfigMap),
  ControllerRevision: of<ControllerRevision>(validateControllerRevision),
  CronJob: of<CronJob>(validateCronJob),
  CustomResourceDefinition: of<CustomResourceDefinition>(validateCustomResourceDefinition),
  DaemonSet: of<DaemonSet>(validateDaemonSet),
  Deployment: of<Deployment>(validateDeployment),
  EndpointSlice: of<EndpointSlice>(validateEndpointSlice),
  Endpoints: of<Endpoints>(validateEndpoints),
  Event: of<Event>(validateEvent),
  EventsEvent: of<EventsEvent>(validateEventsEvent),
  HorizontalPodAutoscaler: of<HorizontalPodAutoscaler>(validateAutoscaler),
  HorizontalPodAutoscalerV1: of<HorizontalPodAutoscalerV1>(validateAutoscalerV1),
  Ingress: of<Ingress>(validateIngress),
  IngressClass: of<IngressClass>(validateIngressClass),
  Job: of<Job>(validateJob),
  Lease: of<Lease>(validateLease),
  LimitRange: of<LimitRange>(validateLimitRange),
  Namespace: of<Namespace>(validateNamespace),
  NetworkPolicy: of<NetworkPolicy>(validateNetworkPolicy),
  Node: of<Node>(validateNode),
  PersistentVolume: of<PersistentVolume>(validatePersistentVolume),
  PersistentVolumeClaim: of<PersistentVolumeClaim>(validatePersistentVolumeClaim),
  Pod: of<Pod>(validatePod),
  PodDisruptionBudget: of<PodDisruptionBudget>(validateDisruptionBudget),
  PodTemplate: of<PodTemplate>(validatePodTemplateObject),
  PriorityClass: of<PriorityClass>(validatePriorityClass),
  ReplicaSet: of<ReplicaSet>(validateReplicaSet),
  ReplicationController: of<ReplicationController>(validateReplicationController),
  ResourceQuota: of<ResourceQuota>(validateResourceQuota),
  Role: of<Role>(validateRole),
  RoleBinding: of<RoleBinding>(validateRoleBinding),
  RuntimeClass: of<RuntimeClass>(validateRuntimeClass),
  Secret: of<Secret>(validateSecret),
  Service: of<Service>(validateService),
  StatefulSet: of<StatefulSet>(validateStatefulSet),
  StorageClass: of<StorageClass>(validateStorageClass),
};

function refuseTemplate({ spec }: { spec?: { template?: PodTemplateSpec } }): FieldError[] {
  return refusePodSpec('spec.template.spec', spec?.template?.spec);
}

/** What kith refuses of each kind that Kubernetes would take. */
const refusals: Record<string, Rule<AnyObject>> = {
  CustomResourceDefinition: of<CustomResourceDefinition>(refuseCustomResourceDefinition),
  CronJob: of<CronJob>(({ spec }) =>
    refusePodSpec('spec.jobTemplate.spec.template.spec', spec?.jobTemplate?.spec?.template?.spec),
  ),
  DaemonSet: of<DaemonSet>(refuseTemplate),
  Deployment: of<Deployment>(refuseTemplate),
  Job: of<Job>(refuseTemplate),
  Pod: of<Pod>(({ spec }) => refusePodSpec('spec', spec)),
  PodTemplate: of<PodTemplate>(({ template }) => refusePodSpec('template.spec', template?.spec)),
  ReplicaSet: of<ReplicaSet>(refuseTemplate),
  ReplicationController: of<ReplicationController>(refuseTemplate),
  Service: of<Service>(refuseService),
  StatefulSet: of<StatefulSet>(refuseTemplate),
};

/**
 * What is wrong with the content of an object that decodes, after its defaults; empty where nothing is. With `old`, the
 * stored object, also what an update may not change. Includes `refusalsOf`.
 */
export function validate(kind: Kind | string, object: object, old?: object): FieldError[] {
  return [...validateAsKubernetes(kind, object, old), ...refusalsOf(kind, object)];
}

/** `validate` without what kith itself refuses: what any Kubernetes would say. */
export function validateAsKubernetes(kind: Kind | string, object: object, old?: object): FieldError[] {
  const known = typeof kind === 'string' ? kindNamed(kind) : kind;
  return [
    ...validateMetadata(known, (object as AnyObject).metadata, (old as AnyObject | undefined)?.metadata),
    ...(rules[known.type ?? '']?.(object, old) ?? []),
  ];
}

/** What the object asks for that no home host grants and kith does not carry. */
export function refusalsOf(kind: Kind | string, object: object): FieldError[] {
  return refusals[(typeof kind === 'string' ? kind : kind.type) ?? '']?.(object) ?? [];
}

/** Kinds whose rules say themselves what must be there, so that it is said in Kubernetes' words, and of what it misses only. */
const judging = new Set([
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ControllerRevision',
  'CronJob',
  'CustomResourceDefinition',
  'DaemonSet',
  'Deployment',
  'Endpoints',
  'Event',
  'EventsEvent',
  'HorizontalPodAutoscaler',
  'HorizontalPodAutoscalerV1',
  'Ingress',
  'IngressClass',
  'Job',
  'LimitRange',
  'NetworkPolicy',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'PodTemplate',
  'PriorityClass',
  'ReplicaSet',
  'ReplicationController',
  'ResourceQuota',
  'Role',
  'RoleBinding',
  'RuntimeClass',
  'Service',
  'StatefulSet',
  'StorageClass',
]);

/** Whether what the schema calls required is left to the kind's rules: Kubernetes itself decodes without it, and then looks. */
export function judgesWhatIsMissing(kind: Kind): boolean {
  return judging.has(kind.type ?? '');
}
