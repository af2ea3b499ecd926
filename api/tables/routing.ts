import type { Endpoints, Ingress, IngressClass, NetworkPolicy } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, none } from './table.ts';
import type { Columns } from './table.ts';
import { firstFew, selectorText } from './text.ts';

/** kubectl shows so many hosts and endpoints, and how many more there are. */
const shownMax = 3;

const ageColumn = column<{ metadata?: Ingress['metadata'] }>('Age', ({ metadata }, now) =>
  age(metadata?.creationTimestamp, now),
);

export const ingressColumns: Columns<Ingress> = [
  nameColumn,
  column('Class', ({ spec }) => spec?.ingressClassName ?? none),
  column('Hosts', hosts),
  column('Address', ({ status }) => {
    const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
    return [...new Set(addresses.filter(Boolean))].toSorted().join(',');
  }),
  column('Ports', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
  ageColumn,
];

/** How many more there are counts all rules, also those without a host. */
function hosts({ spec }: Ingress): string {
  const rules = spec?.rules ?? [];
  const list: string[] = [];
  let isMore = false;
  for (const { host } of rules) {
    if (list.length === shownMax) isMore = true;
    else if (host) list.push(host);
  }
  const shown = list.join(',') || '*';
  return isMore ? `${shown} + ${rules.length - shownMax} more...` : shown;
}

export const ingressClassColumns: Columns<IngressClass> = [
  nameColumn,
  column('Controller', ({ spec }) => spec?.controller ?? ''),
  column('Parameters', ({ spec }) => {
    if (!spec?.parameters) return none;
    const { kind, apiGroup, name } = spec.parameters;
    return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
  }),
  ageColumn,
];

export const networkPolicyColumns: Columns<NetworkPolicy> = [
  nameColumn,
  column('Pod-Selector', ({ spec }) => selectorText(spec?.podSelector)),
  ageColumn,
];

export const endpointsColumns: Columns<Endpoints> = [
  nameColumn,
  column('Endpoints', ({ subsets = [] }) =>
    firstFew(
      subsets.flatMap(({ addresses = [], ports = [] }) =>
        ports.length === 0
          ? addresses.map(({ ip }) => ip)
          : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
      ),
      shownMax,
      subsets.length === 0 ? none : '',
    ),
  ),
  ageColumn,
];

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
