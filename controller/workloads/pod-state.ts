import { conditionOf } from '../../api/conditions.ts';
import type { Node, Pod } from '../../api/types.ts';
import { isPodReady } from '../../api/pods.ts';
import { isLost, presenceOf, sinceTransitionMs } from '../nodes/presence.ts';
import type { World } from '../world.ts';

/**
 * A host that comes back may have been rebooted: what the API remembers of its pods is from before. Its agent reports anew within a
 * second or two of returning; only after this long is the old word trusted enough to remove a replacement for it.
 */
export const returnSettleMs = 5_000;

/**
 * Where an active pod stands: `lost` with its host; `returning` with a host that came back a moment ago; else `here`, which includes
 * pods that no node has yet.
 */
export function standing(pod: Pod, world: World, now: Date): 'here' | 'returning' | 'lost' {
  const nodeName = pod.spec?.nodeName;
  if (!nodeName) return 'here';
  const node = world.get<Node>('Node', undefined, nodeName);
  if (isLost(presenceOf(node))) return 'lost';
  // A pod younger than the return was placed after it.
  const returnedMsAgo = sinceTransitionMs(node!, now);
  const ageMs = now.getTime() - new Date(pod.metadata?.creationTimestamp ?? now).getTime();
  return returnedMsAgo < returnSettleMs && ageMs > returnedMsAgo + secondMs ? 'returning' : 'here';
}

/** Timestamps in objects are whole seconds, so their order within one second is not known. */
const secondMs = 1_000;

/** When the pod became ready, in epoch milliseconds; undefined if it is not. */
export function readySince(pod: Pod): number | undefined {
  if (!isPodReady(pod)) return undefined;
  const at = conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime;
  return at ? new Date(at).getTime() : 0;
}

/** Milliseconds until the ready pod counts as available; 0 if it does, undefined if it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, now: Date): number | undefined {
  const since = readySince(pod);
  if (since === undefined) return undefined;
  return Math.max(0, since + minReadySeconds * 1_000 - now.getTime());
}
