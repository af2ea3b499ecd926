import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../api/types.ts';
import type { Backend } from './endpoints.ts';

/** As in Kubernetes: small enough that one pod's change is a small message, large enough that slices stay few. */
export const endpointsPerSliceMax = 100;

export interface SlicePlan {
  /** Contents of slices to be made. */
  create: { ports: EndpointPort[]; endpoints: Endpoint[] }[];
  update: EndpointSlice[];
  delete: EndpointSlice[];
}

/**
 * What makes the existing slices hold exactly these backends, touching as few as possible: an endpoint stays in its slice,
 * new ones fill the room there is, and a slice that would not change is not written. Pure.
 *
 * One slice, if an empty one, always stays: it tells watchers "no endpoints" apart from "not looked at yet".
 */
export function planSlices(existing: readonly EndpointSlice[], backends: readonly Backend[]): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], delete: [] };
  const sorted = existing.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const byPorts = Map.groupBy(backends, ({ ports }) => portsKey(ports));
  const unused: EndpointSlice[] = [];
  for (const slice of sorted) if (!byPorts.has(portsKey(slice.ports ?? []))) unused.push(slice);

  for (const [key, group] of byPorts) {
    const slices = sorted.filter((slice) => portsKey(slice.ports ?? []) === key);
    planGroup(group, slices, unused, plan);
  }
  // Of what holds nothing any more, keep one, emptied, if nothing else is left.
  const nothing = byPorts.size === 0;
  const placeholder = nothing ? unused.shift() : undefined;
  if (placeholder && (placeholder.endpoints ?? []).length > 0)
    plan.update.push({ ...placeholder, endpoints: [] });
  if (nothing && !placeholder) plan.create.push({ ports: [], endpoints: [] });
  plan.delete.push(...unused);
  return plan;
}

function planGroup(
  group: readonly Backend[],
  slices: readonly EndpointSlice[],
  unused: EndpointSlice[],
  plan: SlicePlan,
): void {
  const { ports } = group[0]!;
  const wanted = new Map(group.map(({ endpoint }) => [uidOf(endpoint), endpoint]));
  const kept = slices.map((slice) => {
    const endpoints = (slice.endpoints ?? []).flatMap((old) => {
      const endpoint = wanted.get(uidOf(old));
      wanted.delete(uidOf(old));
      return endpoint ? [endpoint] : [];
    });
    return { slice, endpoints };
  });
  const added = [...wanted.values()];
  // The fullest first, so that sparse ones may run empty and go.
  for (const { endpoints } of kept.toSorted((a, b) => b.endpoints.length - a.endpoints.length)) {
    if (endpoints.length > 0) endpoints.push(...added.splice(0, endpointsPerSliceMax - endpoints.length));
  }
  for (const { slice, endpoints } of kept) {
    if (endpoints.length === 0) endpoints.push(...added.splice(0, endpointsPerSliceMax));
    if (endpoints.length === 0) unused.push(slice);
    else if (!isDeepStrictEqual(endpoints, slice.endpoints)) plan.update.push({ ...slice, endpoints });
  }
  while (added.length > 0) {
    const endpoints = added.splice(0, endpointsPerSliceMax);
    const reused = unused.shift();
    if (reused) plan.update.push({ ...reused, ports, endpoints });
    else plan.create.push({ ports, endpoints });
  }
}

function portsKey(ports: readonly EndpointPort[]): string {
  const parts = ports.map(
    ({ name = '', port, protocol = 'TCP', appProtocol = '' }) => `${name}/${port}/${protocol}/${appProtocol}`,
  );
  return parts.toSorted().join(' ');
}

function uidOf(endpoint: Endpoint): string {
  return endpoint.targetRef?.uid ?? endpoint.addresses.join();
}

function nameOf(slice: EndpointSlice): string {
  return slice.metadata?.name ?? '';
}
