import { isReachedFromOutside } from '../service-type.ts';
import type { EndpointSlice, Service, ServiceSpec } from '../types.ts';

/** Kubernetes' three hours. */
const affinitySeconds = 10_800;

export function defaultService(service: Service): Service {
  if (!service.spec) return service;
  // What an affinity that is off was configured with goes, as in Kubernetes.
  const { sessionAffinityConfig: config, ...others } = service.spec;
  const isOn = others.sessionAffinity && others.sessionAffinity !== 'None';
  const spec = config && isOn ? service.spec : others;
  const type = spec.type || 'ClusterIP';
  return {
    ...service,
    spec: {
      sessionAffinity: 'None',
      ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
      ...(isReachedFromOutside({ ...spec, type }) && { externalTrafficPolicy: 'Cluster' }),
      ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
      ...spec,
      // An empty list names no family either.
      ...(type === 'ExternalName' || spec.ipFamilies?.length ? {} : { ipFamilies: ['IPv4'] }),
      type,
      ...defaultPorts(spec),
      ...defaultAffinity(spec),
    },
  };
}

function defaultPorts({ ports }: ServiceSpec): Partial<ServiceSpec> {
  if (!ports) return {};
  return {
    ports: ports.map((port) => ({ protocol: 'TCP', ...port, targetPort: port.targetPort || port.port })),
  };
}

function defaultAffinity({
  sessionAffinity,
  sessionAffinityConfig: config,
}: ServiceSpec): Partial<ServiceSpec> {
  if (sessionAffinity !== 'ClientIP') return {};
  return { sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds, ...config?.clientIP } } };
}

export function defaultEndpointSlice(slice: EndpointSlice): EndpointSlice {
  if (!slice.ports) return slice;
  return { ...slice, ports: slice.ports.map((port) => ({ name: '', protocol: 'TCP', ...port })) };
}
