import { kindNamed } from '../kinds.ts';
import type { Kind } from '../kinds.ts';
import type { ListMeta, ObjectMeta } from '../types.ts';
import {
  configMapColumns,
  leaseColumns,
  namespaceColumns,
  nodeColumns,
  plainColumns,
  secretColumns,
  serviceAccountColumns,
} from './cluster.ts';
import { eventColumns } from './events.ts';
import { endpointSliceColumns, serviceColumns } from './network.ts';
import { podColumns } from './pods.ts';
import type { Columns, Table } from './table.ts';
import { deploymentColumns, replicaSetColumns } from './workloads.ts';

export type { Table } from './table.ts';
export { age, humanDuration } from './duration.ts';

type AnyObject = { metadata?: ObjectMeta };
const of = <T>(columns: Columns<T>) => columns as unknown as Columns<AnyObject>;

/** What `kubectl get` shows of each kind, by its type. A kind that is not here shows its name and when it was made. */
const columnsOfKind: Record<string, Columns<AnyObject>> = {
  ConfigMap: of(configMapColumns),
  Deployment: of(deploymentColumns),
  EndpointSlice: of(endpointSliceColumns),
  Event: of(eventColumns),
  Lease: of(leaseColumns),
  Namespace: of(namespaceColumns),
  Node: of(nodeColumns),
  Pod: of(podColumns),
  ReplicaSet: of(replicaSetColumns),
  Secret: of(secretColumns),
  Service: of(serviceColumns),
  ServiceAccount: of(serviceAccountColumns),
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
  const columns = columnsOfKind[known.type ?? ''] ?? plainColumns;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata ?? {},
    columnDefinitions: columns.map(({ name, type, format, priority }) => ({
      name,
      type,
      format,
      description: '',
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, options.now)),
      ...rowObject(known, object, options.includeObject ?? 'Metadata'),
    })),
  };
}

function rowObject(
  kind: Kind,
  object: AnyObject,
  include: 'None' | 'Metadata' | 'Object',
): { object?: unknown } {
  if (include === 'None') return {};
  if (include === 'Object') return { object: { kind: kind.kind, apiVersion: kind.apiVersion, ...object } };
  return {
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
