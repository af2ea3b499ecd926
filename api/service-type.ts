import type { ServicePort, ServiceSpec } from './types.ts';

/** Whether each of its ports is also one of every node. */
export function hasNodePorts({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** Whether ports are found for it where it names none. */
export function wantsNodePorts(spec: ServiceSpec): boolean {
  return (
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
  );
}

/** Whether requests come to it from outside of the cluster. Source: pkg/api/service/util.go, ExternallyAccessible */
export function isReachedFromOutside(spec: ServiceSpec): boolean {
  return hasNodePorts(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

/** Whether a load balancer asks each node on a port whether it has endpoints. */
export function hasHealthPort({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** Every port of the nodes that it names. */
export function nodePortsOf(spec: ServiceSpec): number[] {
  const ports = (spec.ports ?? []).flatMap(({ nodePort }) => nodePort || []);
  return spec.healthCheckNodePort ? [...ports, spec.healthCheckNodePort] : ports;
}

/** All that kith carries between homes; ports of others are kept and lead nowhere. */
export function isTcp({ protocol }: Pick<ServicePort, 'protocol'>): boolean {
  return (protocol ?? 'TCP') === 'TCP';
}
