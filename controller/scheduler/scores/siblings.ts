import type { Score } from '../filter.ts';
import type { NodeView, PodView } from '../snapshot.ts';

/** Fewer pods of the same ReplicaSet on the node is better: a host that dies should take one of them, not all. */
export const siblings: Score = {
  name: 'siblings',
  // Above all others together: a home swarm loses hosts every day, and an app all at once only if it sat on one.
  weight: 5,
  forPod(pod, _snapshot, feasible) {
    if (pod.controller === undefined) return undefined;
    const counts = new Map(feasible.map((node) => [node.name, siblingsOn(pod, node)]));
    const most = Math.max(...counts.values());
    if (most === 0) return undefined;
    return ({ name }) => 100 * (1 - counts.get(name)! / most);
  },
};

function siblingsOn(pod: PodView, node: NodeView): number {
  let count = 0;
  for (const other of node.pods.values()) {
    if (other.controller === pod.controller && !other.pod.metadata?.deletionTimestamp) count++;
  }
  return count;
}
