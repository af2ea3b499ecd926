import { selects } from '../../api/selectors.ts';
import type { NodeSelectorTerm, Pod } from '../../api/types.ts';
import type { NodeView } from './snapshot.ts';

/** Whether the pod's `nodeSelector` and required node affinity allow this node. Terms are alternatives; within one, all must hold. */
export function matchesNode(pod: Pod, node: NodeView): boolean {
  const { nodeSelector, affinity } = pod.spec ?? {};
  if (nodeSelector && !selects({ matchLabels: nodeSelector }, node.labels)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** An empty term matches nothing, as in Kubernetes. */
export function matchesTerm({ matchExpressions, matchFields }: NodeSelectorTerm, node: NodeView): boolean {
  if (!matchExpressions?.length && !matchFields?.length) return false;
  return (
    selects({ matchExpressions }, node.labels) &&
    selects({ matchExpressions: matchFields }, { 'metadata.name': node.name })
  );
}
