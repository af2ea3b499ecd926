import type { EndpointSlice, Node, Service } from '../../api/types.ts';

/** Objects as a controller makes them; only what differs is said. */
export function node(name: string, key: string): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: { providerID: `kith://${key}` } };
}

export function service(
  name: string,
  options: { annotations?: Record<string, string>; spec?: Service['spec']; namespace?: string } = {},
): Service {
  const { annotations, namespace = 'default' } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, ...(annotations && { annotations }) },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }], ...options.spec },
  };
}

export interface EndpointOptions {
  uid: string;
  node: string;
  address?: string;
  ready?: boolean;
  terminating?: boolean;
}

export function slice(serviceName: string, port: number, endpoints: EndpointOptions[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${serviceName}-1`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': serviceName },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port, protocol: 'TCP' }],
    endpoints: endpoints.map(
      ({ uid, node: nodeName, address = '10.244.0.2', ready = true, terminating }) => ({
        addresses: [address],
        nodeName,
        conditions: { ready, serving: ready, ...(terminating && { terminating }) },
        targetRef: { kind: 'Pod', namespace: 'default', name: uid, uid },
      }),
    ),
  };
}
