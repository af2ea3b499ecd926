import type { Endpoints, IngressClass, NetworkPolicy, NetworkPolicyPort } from '../types.ts';

export function defaultEndpoints(endpoints: Endpoints): Endpoints {
  if (!endpoints.subsets) return endpoints;
  return {
    ...endpoints,
    subsets: endpoints.subsets.map((subset) => ({
      ...subset,
      ...(subset.ports && { ports: subset.ports.map(onTcp) }),
    })),
  };
}

export function defaultIngressClass(ingressClass: IngressClass): IngressClass {
  const { spec } = ingressClass;
  if (!spec?.parameters) return ingressClass;
  return { ...ingressClass, spec: { ...spec, parameters: { scope: 'Cluster', ...spec.parameters } } };
}

/** A policy that does not say what it is about is about what comes in, and about what goes out if it has rules for that. */
export function defaultNetworkPolicy(policy: NetworkPolicy): NetworkPolicy {
  const { spec } = policy;
  if (!spec) return policy;
  const { ingress, egress, policyTypes } = spec;
  const implied = egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  return {
    ...policy,
    spec: {
      ...spec,
      ...(ingress && { ingress: ingress.map(withTcpPorts) }),
      ...(egress && { egress: egress.map(withTcpPorts) }),
      policyTypes: policyTypes?.length ? policyTypes : implied,
    },
  };
}

function withTcpPorts<T extends { ports?: NetworkPolicyPort[] }>(rule: T): T {
  return rule.ports ? { ...rule, ports: rule.ports.map(onTcp) } : rule;
}

function onTcp<T extends { protocol?: string }>(port: T): T {
  return { ...port, protocol: port.protocol || 'TCP' };
}
