import { isPodTerminal } from '../../api/pods.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyOf, splitKey } from '../object-key.ts';
import type { Reconciler } from '../reconciler.ts';
import type { World } from '../world.ts';

/** What the API server puts on every new claim and volume, so that none goes away under what uses it. */
const finalizers: Record<string, string> = {
  PersistentVolume: 'kubernetes.io/pv-protection',
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
};

/**
 * Lets a deleted claim go once no pod uses it, and a deleted volume once no claim is bound to it.
 *
 * Source: k8s.io/kubernetes/pkg/controller/volume/{pvc,pv}protection
 */
export const storageProtection: Reconciler = {
  name: 'storage-protection',
  watches: ['PersistentVolume', 'PersistentVolumeClaim', 'Pod'],
  keysOf(object) {
    if (object.kind !== 'Pod') return [`${object.kind}:${keyOf(object)}`];
    const namespace = object.metadata?.namespace;
    return claimsOf(object as Pod).map(
      (name) => `PersistentVolumeClaim:${keyOf({ metadata: { namespace, name } })}`,
    );
  },
  decide(world, key) {
    const colon = key.indexOf(':');
    const kind = key.slice(0, colon);
    const { namespace, name } = splitKey(key.slice(colon + 1));
    const object = world.get(kind, namespace, name);
    const held = object?.metadata?.finalizers ?? [];
    if (!object?.metadata?.deletionTimestamp || !held.includes(finalizers[kind]!)) return [];
    if (isUsed(object, world)) return [];
    const others = held.filter((each) => each !== finalizers[kind]);
    return [{ do: 'update', object: { ...object, metadata: { ...object.metadata, finalizers: others } } }];
  },
};

function isUsed(object: KubeObject, world: World): boolean {
  if (object.kind === 'PersistentVolume') return (object as PersistentVolume).status?.phase === 'Bound';
  const { name = '', namespace = '' } = (object as PersistentVolumeClaim).metadata ?? {};
  return world
    .inNamespace<Pod>('Pod', namespace)
    .some((pod) => !isPodTerminal(pod) && claimsOf(pod).includes(name));
}

function claimsOf({ spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}
