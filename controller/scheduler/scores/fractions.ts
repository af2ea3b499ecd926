import type { NodeView, PodView } from '../snapshot.ts';

/** What a pod that asks for nothing is taken to need (Kubernetes' defaults), so that such pods spread as well. */
const assumed = { cpu: 100, memory: 200 * 1024 * 1024 };

/** How full the node's CPU and memory would be with this pod, each from 0 to 1. */
export function fractionsWith(pod: PodView, node: NodeView): [cpu: number, memory: number] {
  return [fraction('cpu', pod, node), fraction('memory', pod, node)];
}

function fraction(resource: 'cpu' | 'memory', pod: PodView, node: NodeView): number {
  const capacity = node.allocatable[resource] ?? 0;
  if (capacity <= 0) return 1;
  const used = (node.requested[resource] ?? 0) + (pod.requests[resource] || assumed[resource]);
  return Math.min(1, used / capacity);
}
