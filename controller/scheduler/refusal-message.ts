/** Why no node will do, as Kubernetes words it: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were not ready.` */
export function refusalMessage(refusals: ReadonlyMap<string, number>, nodeCount: number): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const reasons = [...refusals].map(([reason, count]) => `${count} ${reason}`).toSorted();
  return `0/${nodeCount} nodes are available: ${reasons.join(', ')}.`;
}
