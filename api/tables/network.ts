import type { EndpointSlice, Service } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, none, wide } from './table.ts';
import type { Columns } from './table.ts';
import { firstFew, labelsText } from './text.ts';

/** kubectl shows so many ports and addresses of a slice, and how many more there are. */
const shownMax = 3;

export const serviceColumns: Columns<Service> = [
  nameColumn,
  column('Type', ({ spec }) => spec?.type ?? 'ClusterIP'),
  column('Cluster-IP', ({ spec }) => spec?.clusterIPs?.[0] ?? (spec?.clusterIP || none)),
  column('External-IP', externalAddress),
  column('Port(s)', servicePorts),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('Selector', ({ spec }) => labelsText(spec?.selector)),
];

function externalAddress({ spec, status }: Service): string {
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  const balanced = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []);
  const all = [...(spec?.type === 'LoadBalancer' ? balanced : []), ...(spec?.externalIPs ?? [])];
  return all.join(',') || (spec?.type === 'LoadBalancer' ? '<pending>' : none);
}

function servicePorts({ spec }: Service): string {
  const ports = (spec?.ports ?? []).map(
    ({ port, nodePort, protocol = 'TCP' }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
  );
  return ports.join(',') || none;
}

export const endpointSliceColumns: Columns<EndpointSlice> = [
  nameColumn,
  column('AddressType', ({ addressType }) => addressType),
  column('Ports', ({ ports }) =>
    firstFew(
      (ports ?? []).map(({ port }) => String(port ?? '*')),
      shownMax,
      '<unset>',
    ),
  ),
  column('Endpoints', ({ endpoints }) =>
    firstFew(
      (endpoints ?? []).flatMap(({ addresses }) => addresses),
      shownMax,
      '<unset>',
    ),
  ),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
];
