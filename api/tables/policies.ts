import type {
  CertificateSigningRequest,
  ClusterRoleBinding,
  ObjectMeta,
  PriorityClass,
  ResourceQuota,
  RoleBinding,
  RuntimeClass,
} from '../types.ts';
import { age, humanDuration } from './duration.ts';
import { column, nameColumn, none, wide } from './table.ts';
import type { Columns } from './table.ts';

const ageColumn = column<{ metadata?: ObjectMeta }>('Age', ({ metadata }, now) =>
  age(metadata?.creationTimestamp, now),
);

export const resourceQuotaColumns: Columns<ResourceQuota> = [
  nameColumn,
  column('Request', (quota) => amounts(quota, (name) => !name.startsWith('limits.'))),
  column('Limit', (quota) => amounts(quota, (name) => name.startsWith('limits.'))),
  ageColumn,
];

/** `cpu: 1/2, pods: 3/10`. */
function amounts({ status }: ResourceQuota, isShown: (name: string) => boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([name]) => isShown(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
    .join(', ');
}

export const priorityClassColumns: Columns<PriorityClass> = [
  nameColumn,
  column('Value', ({ value }) => value ?? 0, 'integer'),
  column('Global-Default', ({ globalDefault }) => globalDefault ?? false, 'boolean'),
  ageColumn,
  column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
];

export const runtimeClassColumns: Columns<RuntimeClass> = [
  nameColumn,
  column('Handler', ({ handler }) => handler ?? ''),
  ageColumn,
];

type Binding = RoleBinding | ClusterRoleBinding;

export const bindingColumns: Columns<Binding> = [
  nameColumn,
  column('Role', ({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`),
  ageColumn,
  wide('Users', (binding) => subjects(binding, 'User')),
  wide('Groups', (binding) => subjects(binding, 'Group')),
  wide('ServiceAccounts', (binding) => subjects(binding, 'ServiceAccount')),
];

function subjects({ subjects: all = [] }: Binding, kind: string): string {
  return all
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');
}

export const signingRequestColumns: Columns<CertificateSigningRequest> = [
  nameColumn,
  ageColumn,
  column('SignerName', ({ spec }) => spec?.signerName || none),
  column('Requestor', ({ spec }) => spec?.username ?? ''),
  column('RequestedDuration', ({ spec }) =>
    spec?.expirationSeconds === undefined ? none : humanDuration(spec.expirationSeconds * 1000),
  ),
  column('Condition', condition),
];

function condition({ status }: CertificateSigningRequest): string {
  const has = (type: string) => (status?.conditions ?? []).some((each) => each.type === type);
  return [
    has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending',
    ...(has('Failed') ? ['Failed'] : []),
    ...(status?.certificate ? ['Issued'] : []),
  ].join(',');
}
