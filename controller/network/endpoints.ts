import { isIPv4 } from 'node:net';
import type { Endpoint, EndpointPort, Node, Pod, Service, ServicePort } from '../../api/types.ts';
import { isPodReady } from '../../api/pods.ts';
import { isLost, presenceOf } from '../nodes/presence.ts';
import type { World } from '../world.ts';

/** One pod behind a Service: the endpoint, and the ports as this pod's names resolve them. */
export interface Backend {
  endpoint: Endpoint;
  ports: EndpointPort[];
}

/**
 * The endpoint that a selected pod is, or undefined where it cannot be one: no address yet, ended, or on a host that is lost.
 * Conditions as in Kubernetes: a terminating pod is never `ready`, but `serving` as long as it answers its probe.
 */
export function backendOf(service: Service, pod: Pod, world: World): Backend | undefined {
  const { podIP, phase } = pod.status ?? {};
  const nodeName = pod.spec?.nodeName;
  // A host writes its pods' addresses itself: one that is none would have the whole slice refused, the others' endpoints with it.
  if (!podIP || !isIPv4(podIP) || !nodeName || phase === 'Succeeded' || phase === 'Failed') return undefined;
  if (isLost(presenceOf(world.get<Node>('Node', undefined, nodeName)))) return undefined;
  const serving = isPodReady(pod);
  const terminating = pod.metadata?.deletionTimestamp !== undefined;
  const { namespace, name, uid } = pod.metadata ?? {};
  return {
    endpoint: {
      addresses: [podIP],
      conditions: {
        ready: (service.spec?.publishNotReadyAddresses || serving) && !terminating,
        serving,
        terminating,
      },
      nodeName,
      ...(pod.spec?.hostname &&
        pod.spec.subdomain === service.metadata?.name && { hostname: pod.spec.hostname }),
      targetRef: { kind: 'Pod', namespace, name, uid },
    },
    ports: portsOf(service, pod),
  };
}

/** The Service's ports as numbers on this pod; one whose name the pod does not know is left out, as in Kubernetes. */
export function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = numberOf(port, pod);
    if (number === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol && { appProtocol }) }];
  });
}

function numberOf({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (typeof targetPort !== 'string') return targetPort ?? port;
  for (const container of pod.spec?.containers ?? []) {
    for (const declared of container.ports ?? []) {
      if (declared.name === targetPort && (declared.protocol ?? 'TCP') === protocol)
        return declared.containerPort;
    }
  }
  return undefined;
}
