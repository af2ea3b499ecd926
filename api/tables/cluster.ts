import { conditionOf } from '../conditions.ts';
import type { ConfigMap, Lease, Namespace, Node, ObjectMeta, Secret, ServiceAccount } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, none, wide } from './table.ts';
import type { Column, Columns } from './table.ts';

const ageColumn: Column<{ metadata?: ObjectMeta }> = column('Age', ({ metadata }, now) =>
  age(metadata?.creationTimestamp, now),
);

/** For a kind that has no columns of its own. */
export const plainColumns: Columns<{ metadata?: ObjectMeta }> = [
  nameColumn,
  column('Created At', ({ metadata }) => metadata?.creationTimestamp ?? '', 'date'),
];

export const namespaceColumns: Columns<Namespace> = [
  nameColumn,
  column('Status', ({ status }) => status?.phase ?? ''),
  ageColumn,
];

export const configMapColumns: Columns<ConfigMap> = [
  nameColumn,
  column(
    'Data',
    ({ data = {}, binaryData = {} }) => Object.keys(data).length + Object.keys(binaryData).length,
  ),
  ageColumn,
];

export const secretColumns: Columns<Secret> = [
  nameColumn,
  column('Type', ({ type }) => type ?? ''),
  column('Data', ({ data = {} }) => Object.keys(data).length),
  ageColumn,
];

export const serviceAccountColumns: Columns<ServiceAccount> = [
  nameColumn,
  column('Secrets', ({ secrets = [] }) => secrets.length),
  ageColumn,
];

export const leaseColumns: Columns<Lease> = [
  nameColumn,
  column('Holder', ({ spec }) => spec?.holderIdentity ?? ''),
  ageColumn,
];

export const nodeColumns: Columns<Node> = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  ageColumn,
  column('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  wide('Internal-IP', (node) => nodeAddress(node, 'InternalIP')),
  wide('External-IP', (node) => nodeAddress(node, 'ExternalIP')),
  wide('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>'),
  wide('Kernel-Version', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>'),
  wide('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
];

/** `Ready`, `NotReady`, `Unknown`, and whether it takes new pods. */
function nodeStatus({ spec, status }: Node): string {
  const ready = conditionOf(status?.conditions, 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (spec?.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles({ metadata }: Node): string {
  const roles = Object.entries(metadata?.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) return [key.slice(rolePrefix.length)];
    return key === 'kubernetes.io/role' && value ? [value] : [];
  });
  return roles.toSorted().join(',') || none;
}

function nodeAddress({ status }: Node, type: string): string {
  return status?.addresses?.find((address) => address.type === type)?.address ?? none;
}
