import { isDeepStrictEqual } from 'node:util';
import { hasHealthPort, hasNodePorts, isReachedFromOutside } from '../../../api/service-type.ts';
import type { ServicePort, ServiceSpec } from '../../../api/types.ts';

/**
 * What an update of a Service means where it says nothing: ports that it had stay, and what no longer fits its type goes, unless it
 * was changed too, which validation then refuses. Source: pkg/registry/core/service, patchAllocatedValues and dropTypeDependentFields
 */
export function settleUpdate(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const settled = { ...spec };
  if (hasNodePorts(old) && hasNodePorts(spec)) keepPorts(settled, old);
  if (hasHealthPort(old) && hasHealthPort(spec)) settled.healthCheckNodePort ??= old.healthCheckNodePort!;
  const drop = (...names: (keyof ServiceSpec)[]) => {
    for (const name of names) if (isDeepStrictEqual(settled[name], old[name])) delete settled[name];
  };
  if (old.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (!spec.clusterIP || spec.clusterIP === old.clusterIP) drop('clusterIP', 'clusterIPs');
    drop('ipFamilies', 'ipFamilyPolicy');
  }
  if (hasNodePorts(old) && !hasNodePorts(spec) && isDeepStrictEqual(numbers(spec), numbers(old)))
    settled.ports = spec.ports?.map(({ nodePort: _, ...port }) => port);
  if (hasHealthPort(old) && !hasHealthPort(spec)) drop('healthCheckNodePort');
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    drop('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isReachedFromOutside(old) && !isReachedFromOutside(spec)) drop('externalTrafficPolicy');
  return settled;
}

/** By their names, and none to two. */
function keepPorts(spec: ServiceSpec, old: ServiceSpec): void {
  const named = new Set(numbers(spec));
  const before = new Map((old.ports ?? []).map(({ name = '', nodePort }) => [name, nodePort]));
  spec.ports = spec.ports?.map((port): ServicePort => {
    const kept = before.get(port.name ?? '');
    return port.nodePort || !kept || named.has(kept) ? port : { ...port, nodePort: kept };
  });
}

const numbers = ({ ports }: ServiceSpec) => (ports ?? []).map(({ nodePort = 0 }) => nodePort);
