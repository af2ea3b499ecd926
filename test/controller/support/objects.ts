import type { Deployment, Node, Pod, ReplicaSet, Service } from '../../../api/types.ts';
import { controllerReference } from '../../../controller/workloads/ownership.ts';

/** When the tests' world begins; objects are a minute old unless a test says otherwise. */
export const now = new Date('2026-01-01T01:00:00Z');
export const at = (secondsAgo: number): string =>
  `${new Date(now.getTime() - secondsAgo * 1_000).toISOString().slice(0, 19)}Z`;

let version = 1;
const nextVersion = () => String(version++);

export function aNode(
  name: string,
  options: {
    ready?: string;
    reason?: string;
    sinceSeconds?: number;
    cpu?: string;
    memory?: string;
    pods?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  } & Pick<NonNullable<Node['spec']>, 'taints' | 'unschedulable' | 'podCIDR'> = {},
): Node {
  const {
    ready = 'True',
    reason = 'KithReady',
    sinceSeconds = 3_600,
    labels,
    annotations,
    ...rest
  } = options;
  const { cpu = '4', memory = '8Gi', pods = '110', taints, unschedulable, podCIDR } = rest;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `node-${name}`,
      resourceVersion: nextVersion(),
      labels: { 'kubernetes.io/hostname': name, ...labels },
      ...(annotations && { annotations }),
    },
    spec: { ...(taints && { taints }), ...(unschedulable && { unschedulable }), ...(podCIDR && { podCIDR }) },
    status: {
      allocatable: { cpu, memory, pods },
      conditions: [{ type: 'Ready', status: ready, reason, lastTransitionTime: at(sinceSeconds) }],
    },
  };
}

export const suspect = { ready: 'Unknown', reason: 'NodeSuspect', sinceSeconds: 1 };

export function aPod(
  name: string,
  options: {
    owner?: ReplicaSet;
    node?: string;
    ready?: boolean;
    readySeconds?: number;
    ageSeconds?: number;
    phase?: string;
    ip?: string;
    restarts?: number;
    deleting?: boolean;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    spec?: Partial<NonNullable<Pod['spec']>>;
    requests?: Record<string, string>;
  } = {},
): Pod {
  const { owner, node, ready = node !== undefined, readySeconds = 30, ageSeconds = 60 } = options;
  const { phase = node ? 'Running' : 'Pending', ip, restarts = 0, deleting, requests } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'default',
      name,
      uid: `pod-${name}`,
      resourceVersion: nextVersion(),
      creationTimestamp: at(ageSeconds),
      labels: { app: 'hello', ...options.labels },
      ...(options.annotations && { annotations: options.annotations }),
      ...(owner && { ownerReferences: [controllerReference(owner)] }),
      ...(deleting && { deletionTimestamp: at(0) }),
    },
    spec: {
      containers: [{ name: 'main', image: 'hello:1', ...(requests && { resources: { requests } }) }],
      ...(node && { nodeName: node }),
      ...options.spec,
    },
    status: {
      phase,
      ...(ip && { podIP: ip }),
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(ready ? readySeconds : 0) },
      ],
      containerStatuses: [{ name: 'main', image: 'hello:1', imageID: '', ready, restartCount: restarts }],
    },
  };
}

export function aReplicaSet(
  options: { name?: string; replicas?: number; owner?: Deployment } & Partial<ReplicaSet> = {},
): ReplicaSet {
  const { name = 'hello-abc', replicas = 3, owner, metadata, spec, ...rest } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace: 'default',
      name,
      uid: `set-${name}`,
      resourceVersion: nextVersion(),
      generation: 1,
      creationTimestamp: at(600),
      ...(owner && { ownerReferences: [controllerReference(owner)] }),
      ...metadata,
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'hello' } },
      template: {
        metadata: { labels: { app: 'hello' } },
        spec: { containers: [{ name: 'main', image: 'hello:1' }] },
      },
      ...spec,
    },
    ...rest,
  };
}

export function aDeployment(spec: Partial<NonNullable<Deployment['spec']>> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      namespace: 'default',
      name: 'hello',
      uid: 'deployment-hello',
      resourceVersion: nextVersion(),
      generation: 1,
      creationTimestamp: at(600),
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'hello' } },
      template: {
        metadata: { labels: { app: 'hello' } },
        spec: { containers: [{ name: 'main', image: 'hello:1' }] },
      },
      ...spec,
    },
  };
}

export function aService(spec: Partial<NonNullable<Service['spec']>> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'hello', uid: 'service-hello', resourceVersion: nextVersion() },
    spec: { selector: { app: 'hello' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }], ...spec },
  };
}
