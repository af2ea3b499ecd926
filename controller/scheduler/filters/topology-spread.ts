import type { TopologySpreadConstraint } from '../../../api/types.ts';
import { selects } from '../../../api/selectors.ts';
import type { Filter } from '../filter.ts';
import { matchesNode } from '../node-match.ts';
import type { NodeView, PodView, Snapshot } from '../snapshot.ts';

/** `topologySpreadConstraints` that must hold (`DoNotSchedule`): no domain may get further ahead of the emptiest than `maxSkew`. */
export const topologySpread: Filter = {
  name: 'topology spread',
  forPod(pod, snapshot) {
    const constraints = (pod.pod.spec?.topologySpreadConstraints ?? []).filter(
      ({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway',
    );
    if (constraints.length === 0) return undefined;
    const spreads = constraints.map((constraint) => ({
      constraint,
      ...countDomains(constraint, pod, snapshot),
    }));
    return (node) => {
      for (const { constraint, counts, least, self } of spreads) {
        const domain = node.labels[constraint.topologyKey];
        if (domain === undefined) {
          return "node(s) didn't match pod topology spread constraints (missing required label)";
        }
        if ((counts.get(domain) ?? 0) + self - least > constraint.maxSkew) {
          return "node(s) didn't match pod topology spread constraints";
        }
      }
      return undefined;
    };
  },
};

/** How many matching pods each domain has, among the nodes that this pod could go to at all; and the least of these. */
export function countDomains(
  constraint: TopologySpreadConstraint,
  pod: PodView,
  snapshot: Snapshot,
): { counts: Map<string, number>; least: number; self: number } {
  const counts = new Map<string, number>();
  for (const node of snapshot.nodes()) {
    const domain = node.labels[constraint.topologyKey];
    if (domain === undefined || !eligible(constraint, pod, node)) continue;
    let count = counts.get(domain) ?? 0;
    for (const other of node.pods.values()) if (alike(constraint, pod, other)) count++;
    counts.set(domain, count);
  }
  const enough = counts.size >= (constraint.minDomains ?? 1);
  const least = enough && counts.size > 0 ? Math.min(...counts.values()) : 0;
  return { counts, least, self: selects(constraint.labelSelector, pod.labels) ? 1 : 0 };
}

/**
 * A lost host is no place that could be filled, so it does not hold the others back. (Kubernetes counts it unless `nodeTaintsPolicy:
 * Honor`; there it would forbid the replacement that a home swarm needs.)
 */
function eligible(
  { nodeAffinityPolicy }: TopologySpreadConstraint,
  { pod }: PodView,
  node: NodeView,
): boolean {
  return node.presence === 'ready' && (nodeAffinityPolicy === 'Ignore' || matchesNode(pod, node));
}

function alike(constraint: TopologySpreadConstraint, pod: PodView, other: PodView): boolean {
  return (
    other.namespace === pod.namespace &&
    !other.pod.metadata?.deletionTimestamp &&
    selects(constraint.labelSelector, other.labels) &&
    (constraint.matchLabelKeys ?? []).every((key) => other.labels[key] === pod.labels[key])
  );
}
