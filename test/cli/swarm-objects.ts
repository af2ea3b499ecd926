import type { Event, Namespace, Node, Pod } from '../../api/types.ts';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '');

/** A host that is Ready, or is not and says why. */
export function host(
  name: string,
  notReady?: { status: string; reason: string; message: string; lastTransitionTime?: string },
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'kith.home.arpa/owner': 'ada', 'kith.home.arpa/tier': 'own' } },
    status: {
      allocatable: { cpu: '1500m', memory: '2Gi', pods: '32' },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'AgentReady', lastTransitionTime: ago(60), ...notReady },
      ],
    },
  };
}

/** A pod on a host, running and ready, or waiting for the reason given. */
export function runningPod(
  name: string,
  nodeName: string,
  waiting?: { reason: string; message: string },
  namespace = 'default',
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name.split('-')[0]! } },
    spec: { nodeName, containers: [{ name: 'web', image: 'hello:v1' }] },
    status: {
      phase: waiting ? 'Pending' : 'Running',
      conditions: [
        { type: 'Ready', status: waiting ? 'False' : 'True', lastTransitionTime: ago(30) },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(30) },
      ],
      containerStatuses: [
        {
          name: 'web',
          image: 'hello:v1',
          imageID: '',
          containerID: 'wasm://1',
          ready: !waiting,
          restartCount: waiting ? 3 : 0,
          state: waiting ? { waiting } : { running: { startedAt: ago(30) } },
        },
      ],
    },
  };
}

export function happened(pod: string, reason: string, message: string, type = 'Normal', seconds = 5): Event {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${pod}.${reason.toLowerCase()}`, namespace: 'default' },
    involvedObject: { kind: 'Pod', name: pod, namespace: 'default' },
    reason,
    message,
    type,
    lastTimestamp: ago(seconds),
    source: { component: 'kith' },
  };
}

export const namespace = (name: string): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});
