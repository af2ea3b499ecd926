import { fieldSchema } from '../schema/load.ts';

/** How strategic merge patch treats one field. */
export interface Strategy {
  /** The type of the object, or of the list's items, where the schema names one. */
  type?: string;
  /** A list of objects that is merged: by this field of its items. */
  mergeKey?: string;
  /** A list of plain values that is merged as a set. */
  set?: true;
  /** An object of which one variant is chosen: what the patch does not name is dropped (`$retainKeys`). */
  retainKeys?: true;
}

/**
 * The lists that Kubernetes merges, by type and field; every other list is replaced whole. Written down from the
 * `patchStrategy` and `patchMergeKey` tags of k8s.io/api.
 */
const strategies: Record<string, Record<string, Strategy>> = {
  ObjectMeta: { ownerReferences: { mergeKey: 'uid' }, finalizers: { set: true } },
  PodSpec: {
    containers: { mergeKey: 'name' },
    initContainers: { mergeKey: 'name' },
    ephemeralContainers: { mergeKey: 'name' },
    volumes: { mergeKey: 'name', retainKeys: true },
    imagePullSecrets: { mergeKey: 'name' },
    hostAliases: { mergeKey: 'ip' },
    topologySpreadConstraints: { mergeKey: 'topologyKey' },
    resourceClaims: { mergeKey: 'name', retainKeys: true },
    schedulingGates: { mergeKey: 'name' },
  },
  Container: containerLists(),
  EphemeralContainer: containerLists(),
  PodStatus: {
    conditions: { mergeKey: 'type' },
    podIPs: { mergeKey: 'ip' },
    hostIPs: { mergeKey: 'ip' },
    resourceClaimStatuses: { mergeKey: 'name', retainKeys: true },
  },
  DeploymentSpec: { strategy: { retainKeys: true } },
  DeploymentStatus: { conditions: { mergeKey: 'type' } },
  ReplicaSetStatus: { conditions: { mergeKey: 'type' } },
  ServiceSpec: { ports: { mergeKey: 'port' } },
  ServiceStatus: { conditions: { mergeKey: 'type' } },
  ServiceAccount: { secrets: { mergeKey: 'name' }, imagePullSecrets: { mergeKey: 'name' } },
  NodeSpec: { podCIDRs: { set: true } },
  NodeStatus: { conditions: { mergeKey: 'type' }, addresses: { mergeKey: 'type' } },
  NamespaceStatus: { conditions: { mergeKey: 'type' } },
};

function containerLists(): Record<string, Strategy> {
  return {
    ports: { mergeKey: 'containerPort' },
    env: { mergeKey: 'name' },
    volumeMounts: { mergeKey: 'mountPath' },
    volumeDevices: { mergeKey: 'devicePath' },
  };
}

/** How to patch this field of this type; inside maps and untyped values (`type` undefined) there is nothing to know. */
export function strategyOf(type: string | undefined, field: string): Strategy {
  if (type === undefined) return {};
  const schema = fieldSchema(type, field);
  const inner = schema?.type === 'array' ? schema.items : schema;
  const own = strategies[type];
  return {
    ...(own && Object.hasOwn(own, field) ? own[field] : {}),
    ...(inner?.type === 'object' ? { type: inner.of } : {}),
  };
}
