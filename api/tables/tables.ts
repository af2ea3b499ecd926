import { kindNamed } from '../kinds.ts';
import type { Kind } from '../kinds.ts';
import type { ListMeta, ObjectMeta } from '../types.ts';
import { autoscalerColumns, autoscalerV1Columns } from './autoscaling.ts';
import { cronJobColumns, jobColumns } from './batch.ts';
import {
  configMapColumns,
  leaseColumns,
  namespaceColumns,
  nodeColumns,
  plainColumns,
  secretColumns,
  serviceAccountColumns,
} from './cluster.ts';
import { eventColumns, eventsEventColumns } from './events.ts';
import { apiServiceColumns, nodeMetricsColumns, podMetricsColumns } from './metrics.ts';
import { endpointSliceColumns, serviceColumns } from './network.ts';
import { podColumns } from './pods.ts';
import {
  bindingColumns,
  priorityClassColumns,
  resourceQuotaColumns,
  runtimeClassColumns,
  signingRequestColumns,
} from './policies.ts';
import { endpointsColumns, ingressClassColumns, ingressColumns, networkPolicyColumns } from './routing.ts';
import { persistentVolumeClaimColumns, persistentVolumeColumns, storageClassColumns } from './storage.ts';
import type { Cell, Columns, Table } from './table.ts';
import {
  controllerRevisionColumns,
  daemonSetColumns,
  deploymentColumns,
  disruptionBudgetColumns,
  podTemplateColumns,
  replicaSetColumns,
  replicationControllerColumns,
  statefulSetColumns,
} from './workloads.ts';

export type { Table } from './table.ts';
export { age, humanDuration } from './duration.ts';

type AnyObject = { metadata?: ObjectMeta };
const of = <T>(columns: Columns<T>) => columns as unknown as Columns<AnyObject>;

/** What `kubectl get` shows of each kind, by its type. A kind that is not here shows its name and when it was made. */
const columnsOfKind: Record<string, Columns<AnyObject>> = {
  APIService: of(apiServiceColumns),
  CertificateSigningRequest: of(signingRequestColumns),
  ClusterRoleBinding: of(bindingColumns),
  ConfigMap: of(configMapColumns),
  ControllerRevision: of(controllerRevisionColumns),
  CronJob: of(cronJobColumns),
  DaemonSet: of(daemonSetColumns),
  Deployment: of(deploymentColumns),
  EndpointSlice: of(endpointSliceColumns),
  Endpoints: of(endpointsColumns),
  Event: of(eventColumns),
  EventsEvent: of(eventsEventColumns),
  HorizontalPodAutoscaler: of(autoscalerColumns),
  HorizontalPodAutoscalerV1: of(autoscalerV1Columns),
  Ingress: of(ingressColumns),
  IngressClass: of(ingressClassColumns),
  Job: of(jobColumns),
  Lease: of(leaseColumns),
  Namespace: of(namespaceColumns),
  NetworkPolicy: of(networkPolicyColumns),
  Node: of(nodeColumns),
  NodeMetrics: of(nodeMetricsColumns),
  PersistentVolume: of(persistentVolumeColumns),
  PersistentVolumeClaim: of(persistentVolumeClaimColumns),
  Pod: of(podColumns),
  PodMetrics: of(podMetricsColumns),
  PodDisruptionBudget: of(disruptionBudgetColumns),
  PodTemplate: of(podTemplateColumns),
  PriorityClass: of(priorityClassColumns),
  ReplicaSet: of(replicaSetColumns),
  ReplicationController: of(replicationControllerColumns),
  ResourceQuota: of(resourceQuotaColumns),
  RoleBinding: of(bindingColumns),
  RuntimeClass: of(runtimeClassColumns),
  Secret: of(secretColumns),
  Service: of(serviceColumns),
  ServiceAccount: of(serviceAccountColumns),
  StatefulSet: of(statefulSetColumns),
  StorageClass: of(storageClassColumns),
};

export interface TableOptions {
  /** What ages are measured to. */
  now: Date;
  /** What each row carries of its object, as the request's `includeObject` asks. @default 'Metadata' */
  includeObject?: 'None' | 'Metadata' | 'Object';
  /** The list's own: resourceVersion, continue. */
  metadata?: ListMeta;
}

/** The objects as kubectl prints them: cells are text and numbers, ages are told as of `now`. */
export function tableOf(kind: Kind | string, objects: readonly object[], options: TableOptions): Table {
  const known = typeof kind === 'string' ? kindNamed(kind) : kind;
  const columns = columnsOf(known);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: columns.map(({ name, type, format, priority, description = '' }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: cellsOf(known, object, options.now),
      ...rowObject(known, object, options.includeObject ?? 'Metadata'),
    })),
  };
}

/** One row: what each column of the kind says of an object. */
export function cellsOf(kind: Kind, object: object, now: Date): Cell[] {
  return columnsOf(kind).map(({ cell }) => cell(object, now));
}

function columnsOf(kind: Kind): Columns<AnyObject> {
  return kind.custom?.columns ?? columnsOfKind[kind.type ?? ''] ?? plainColumns;
}

function rowObject(
  kind: Kind,
  object: AnyObject,
  include: 'None' | 'Metadata' | 'Object',
): { object?: unknown } {
  if (include === 'None') return { object: null };
  if (include === 'Object') return { object: { kind: kind.kind, apiVersion: kind.apiVersion, ...object } };
  return {
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
