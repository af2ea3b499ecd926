import { selects } from '../../api/selectors.ts';
import type { PodAffinityTerm } from '../../api/types.ts';
import type { NodeView, PodView, Snapshot } from './snapshot.ts';

/** Whether `other` is one of the pods that `owner`'s affinity term speaks of. Without namespaces, that means the owner's own. */
export function termMeans(
  term: PodAffinityTerm,
  owner: PodView,
  other: PodView,
  snapshot: Snapshot,
): boolean {
  if (!selects(term.labelSelector, other.labels)) return false;
  for (const key of term.matchLabelKeys ?? []) {
    if (key in owner.labels && owner.labels[key] !== other.labels[key]) return false;
  }
  for (const key of term.mismatchLabelKeys ?? []) {
    if (key in owner.labels && owner.labels[key] === other.labels[key]) return false;
  }
  if (term.namespaces?.includes(other.namespace)) return true;
  if (term.namespaceSelector) {
    return selects(term.namespaceSelector, snapshot.namespace(other.namespace)?.metadata?.labels ?? {});
  }
  return !term.namespaces?.length && owner.namespace === other.namespace;
}

/** The values of `topologyKey` under which such pods run now, with how many. */
export function domainsOf(
  topologyKey: string,
  snapshot: Snapshot,
  counts: (pod: PodView, node: NodeView) => boolean,
): Map<string, number> {
  const domains = new Map<string, number>();
  for (const node of snapshot.nodes()) {
    const domain = node.labels[topologyKey];
    if (domain === undefined) continue;
    let count = domains.get(domain) ?? 0;
    for (const pod of node.pods.values()) if (counts(pod, node)) count++;
    if (count > 0) domains.set(domain, count);
  }
  return domains;
}
