import { arch, release, type as systemName } from 'node:os';
import { conditionOf } from '../../api/conditions.ts';
import {
  isolationAnnotation,
  ownerAnnotation,
  providerIdOf,
  sandboxesKey,
  tierAnnotation,
} from '../../api/nodes.ts';
import type { Node, NodeCondition, NodeStatus } from '../../api/types.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { hostAddressOf } from '../pods/addresses.ts';
import type { Caps } from './caps.ts';

/** What this host says of itself that does not change while the agent runs. */
export interface NodeIdentity {
  name: string;
  /** The member's public key, hex. */
  key: string;
  owner?: string;
  tier?: string;
  caps: Caps;
  sandboxes: readonly Sandbox[];
  version: string;
  /** Changes with each start of the agent, as Kubernetes' bootID does with each boot. */
  bootID: string;
}

/** Kubernetes' words for this machine. */
const architectures: Record<string, string> = { x64: 'amd64', ia32: '386' };
export const nodeArch = architectures[arch()] ?? arch();
export const nodeOs = process.platform;

/** Labels and annotations that the host keeps up to date; what others have put beside them stays. */
export function nodeMetadata(identity: NodeIdentity): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
} {
  return {
    labels: {
      'kubernetes.io/hostname': identity.name,
      'kubernetes.io/os': nodeOs,
      'kubernetes.io/arch': nodeArch,
    },
    annotations: {
      [sandboxesKey]: identity.sandboxes.map(({ name }) => name).join(','),
      [isolationAnnotation]: identity.sandboxes
        .map(({ name, capabilities }) => `${name}=${capabilities.isolation}`)
        .join(','),
      ...(identity.owner ? { [ownerAnnotation]: identity.owner } : {}),
      ...(identity.tier ? { [tierAnnotation]: identity.tier } : {}),
    },
  };
}

/** The Node as it first registers. */
export function newNode(identity: NodeIdentity): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: identity.name, ...nodeMetadata(identity) },
    spec: { providerID: providerIdOf(identity.key) },
  };
}

/** Node.status as of now. Pure but for what `node:os` says of the machine. Conditions keep their transition times from `before`. */
export function nodeStatus(
  identity: NodeIdentity,
  observed: {
    images: { names: string[]; sizeBytes: number }[];
    podCIDR?: string;
    /** Bytes free where pods and images lie. */
    diskFreeBytes?: number;
    before?: NodeStatus;
    date: string;
  },
): NodeStatus {
  const { caps } = identity;
  const resources = {
    cpu: `${caps.cpuMillis}m`,
    memory: `${Math.floor(caps.memoryBytes / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor(caps.diskBytes / 1024)}Ki`,
    pods: `${caps.pods}`,
  };
  const full = observed.diskFreeBytes !== undefined && observed.diskFreeBytes < diskPressureBytes;
  const conditions: NodeCondition[] = [
    condition(
      'MemoryPressure',
      'False',
      'KubeletHasSufficientMemory',
      'the agent holds its apps to their limits',
    ),
    full
      ? condition('DiskPressure', 'True', 'KubeletHasDiskPressure', 'less than 256 MiB are free')
      : condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'the disk has room'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'the machine has process numbers'),
    condition('Ready', 'True', 'KubeletReady', 'the agent is ready'),
  ];
  return {
    addresses: [
      { type: 'Hostname', address: identity.name },
      ...(observed.podCIDR ? [{ type: 'InternalIP', address: hostAddressOf(observed.podCIDR) }] : []),
    ],
    capacity: resources,
    allocatable: resources,
    conditions: conditions.map((each) => keepTime(each, observed.before, observed.date)),
    images: observed.images.slice(0, imagesShownMax).map(({ names, sizeBytes }) => ({ names, sizeBytes })),
    nodeInfo: {
      architecture: nodeArch,
      operatingSystem: nodeOs,
      bootID: identity.bootID,
      machineID: identity.key.slice(0, 32),
      systemUUID: identity.key.slice(0, 32),
      kernelVersion: release(),
      osImage: `${systemName()} ${release()}`,
      containerRuntimeVersion: `kith://${identity.version}`,
      kubeletVersion: `v${identity.version}`,
      kubeProxyVersion: '',
    },
  };
}

/** Below this even a log line may fail. */
const diskPressureBytes = 256 * 1024 * 1024;
/** As in Kubernetes: a list of images must not make each heartbeat heavy. */
const imagesShownMax = 50;

function condition(type: string, status: string, reason: string, message: string): NodeCondition {
  return { type, status, reason, message };
}

function keepTime(each: NodeCondition, before: NodeStatus | undefined, date: string): NodeCondition {
  const held = conditionOf(before?.conditions, each.type);
  const since = held?.status === each.status && held.lastTransitionTime ? held.lastTransitionTime : date;
  return { ...each, lastHeartbeatTime: date, lastTransitionTime: since };
}
