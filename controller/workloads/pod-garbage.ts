import { isPodTerminal } from '../../api/pods.ts';
import type { Node, Pod } from '../../api/types.ts';
import { keyOf, splitKey } from '../object-key.ts';
import { isLost, presenceOf } from '../nodes/presence.ts';
import type { Action, Reconciler } from '../reconciler.ts';
import type { World } from '../world.ts';
import { controllerOf } from './ownership.ts';

/** Ended pods that are kept for people to look at (Kubernetes keeps 12,500; a home controller has less memory). */
export const endedPodsMax = 500;
const endedKey = '/ended pods';
const atOnce = { gracePeriodSeconds: 0 };

/** Removes pods that nobody else will: of nodes that are no more, of lost hosts, and too many ended ones. */
export const podGarbage: Reconciler = {
  name: 'pod-garbage',
  watches: ['Pod', 'Node'],
  keysOf(object, world) {
    if (object.kind === 'Node') return world.podsOn<Pod>(object.metadata?.name ?? '').map(keyOf);
    return isPodTerminal(object as Pod) ? [keyOf(object), endedKey] : [keyOf(object)];
  },
  decide(world, key) {
    if (key === endedKey) return tooMany(world.all<Pod>('Pod').filter(isPodTerminal));
    const { namespace, name } = splitKey(key);
    const pod = world.get<Pod>('Pod', namespace, name);
    return pod ? abandoned(pod, world) : [];
  },
};

function abandoned(pod: Pod, world: World): Action[] {
  const { nodeName } = pod.spec ?? {};
  const deleting = pod.metadata?.deletionTimestamp !== undefined;
  if (!nodeName) return deleting ? [{ do: 'delete', object: pod, options: atOnce }] : [];
  const presence = presenceOf(world.get<Node>('Node', undefined, nodeName));
  if (presence === 'absent') {
    const owners = [{ ref: { kind: 'Node', name: nodeName } }];
    return [{ do: 'collect', object: pod, owners, options: atOnce }];
  }
  // Only its host could say that a deleted pod has ended, and the host is lost. A stateless pod need not be waited for:
  // should the host come back, its agent finds the pod no longer wanted and ends it.
  const stateless = controllerOf(pod)?.kind === 'ReplicaSet';
  return deleting && stateless && isLost(presence) ? [{ do: 'delete', object: pod, options: atOnce }] : [];
}

function tooMany(ended: readonly Pod[]): Action[] {
  const byAge = ended.toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)));
  return byAge.slice(0, Math.max(0, byAge.length - endedPodsMax)).map((object) => ({ do: 'delete', object }));
}

function createdAt(pod: Pod): string {
  return pod.metadata?.creationTimestamp ?? '';
}
