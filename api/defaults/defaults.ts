import { kindOf } from '../kinds.ts';
import type {
  ClusterRoleBinding,
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
  IngressClass,
  Job,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  PriorityClass,
  ReplicaSet,
  ReplicationController,
  RoleBinding,
  Secret,
  Service,
  StatefulSet,
  StorageClass,
} from '../types.ts';
import { defaultAutoscaler, defaultAutoscalerV1 } from './autoscaling.ts';
import { defaultCronJob, defaultJob } from './batch.ts';
import { defaultNamespace, defaultNode, defaultSecret } from './cluster.ts';
import { defaultCustomResourceDefinition } from './custom-resource-definition.ts';
import { defaultLimitRange, defaultPriorityClass } from './limits.ts';
import { defaultEndpoints, defaultIngressClass, defaultNetworkPolicy } from './networking.ts';
import { defaultEvent, defaultEventsEvent } from './events.ts';
import { defaultPod } from './pod.ts';
import { defaultBinding } from './rights.ts';
import { defaultEndpointSlice, defaultService } from './service.ts';
import { defaultPersistentVolume, defaultPersistentVolumeClaim, defaultStorageClass } from './storage.ts';
import {
  defaultDaemonSet,
  defaultDeployment,
  defaultPodTemplate,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workloads.ts';

type Typed = { apiVersion?: string; kind?: string };
const of =
  <T extends Typed>(fill: (object: T) => T) =>
  (object: Typed): Typed =>
    fill(object as T);

/** What Kubernetes fills in, by the kind's type. A kind that is not here has no defaults. */
const defaults: Record<string, (object: Typed) => Typed> = {
  ClusterRoleBinding: of<ClusterRoleBinding>(defaultBinding),
  CronJob: of<CronJob>(defaultCronJob),
  CustomResourceDefinition: of<CustomResourceDefinition>(defaultCustomResourceDefinition),
  DaemonSet: of<DaemonSet>(defaultDaemonSet),
  Deployment: of<Deployment>(defaultDeployment),
  EndpointSlice: of<EndpointSlice>(defaultEndpointSlice),
  Endpoints: of<Endpoints>(defaultEndpoints),
  Event: of<Event>(defaultEvent),
  EventsEvent: of<EventsEvent>(defaultEventsEvent),
  HorizontalPodAutoscaler: of<HorizontalPodAutoscaler>(defaultAutoscaler),
  HorizontalPodAutoscalerV1: of<HorizontalPodAutoscalerV1>(defaultAutoscalerV1),
  IngressClass: of<IngressClass>(defaultIngressClass),
  Job: of<Job>(defaultJob),
  LimitRange: of<LimitRange>(defaultLimitRange),
  Namespace: of<Namespace>(defaultNamespace),
  NetworkPolicy: of<NetworkPolicy>(defaultNetworkPolicy),
  Node: of<Node>(defaultNode),
  PersistentVolume: of<PersistentVolume>(defaultPersistentVolume),
  PersistentVolumeClaim: of<PersistentVolumeClaim>(defaultPersistentVolumeClaim),
  Pod: of<Pod>(defaultPod),
  PodTemplate: of<PodTemplate>(defaultPodTemplate),
  PriorityClass: of<PriorityClass>(defaultPriorityClass),
  ReplicaSet: of<ReplicaSet>(defaultReplicaSet),
  ReplicationController: of<ReplicationController>(defaultReplicationController),
  RoleBinding: of<RoleBinding>(defaultBinding),
  Secret: of<Secret>(defaultSecret),
  Service: of<Service>(defaultService),
  StatefulSet: of<StatefulSet>(defaultStatefulSet),
  StorageClass: of<StorageClass>(defaultStorageClass),
};

/**
 * The object with Kubernetes' defaults for its kind, as a new object: what was given stays as it is. Applying them twice
 * changes nothing. Expects what `normalize` made: no `null`, no wrong types. Its `apiVersion` and `kind` say what it is.
 *
 * Source: k8s.io/kubernetes/pkg/apis/(core|apps|batch|discovery)/v1/defaults.go
 */
export function applyDefaults<T extends object>(object: T): T {
  const { apiVersion, kind = '' } = object as Typed;
  const type = apiVersion === undefined ? kind : (kindOf(apiVersion, kind)?.type ?? '');
  return (Object.hasOwn(defaults, type) ? defaults[type]!(object as Typed) : object) as T;
}
