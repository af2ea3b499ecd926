import type { Score } from '../filter.ts';
import { countDomains } from '../filters/topology-spread.ts';
import { matchesTerm } from '../node-match.ts';
import { domainsOf, termMeans } from '../pod-terms.ts';
import type { NodeView, PodView, Snapshot } from '../snapshot.ts';

/** What the pod's author prefers without insisting: preferred affinities, and spreads that may be broken (`ScheduleAnyway`). */
export const preferences: Score = {
  name: 'preferences',
  weight: 2,
  forPod(pod, snapshot, feasible) {
    const parts = [...nodeParts(pod), ...podParts(pod, snapshot), ...spreadParts(pod, snapshot)];
    if (parts.length === 0) return undefined;
    const raw = new Map(
      feasible.map((node) => [node.name, parts.reduce((sum, part) => sum + part(node), 0)]),
    );
    const least = Math.min(...raw.values());
    const range = Math.max(...raw.values()) - least;
    return ({ name }) => (range === 0 ? 0 : (100 * (raw.get(name)! - least)) / range);
  },
};

type Part = (node: NodeView) => number;

function nodeParts({ pod }: PodView): Part[] {
  const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.map(
    ({ weight, preference }) =>
      (node) =>
        matchesTerm(preference, node) ? weight : 0,
  );
}

function podParts(pod: PodView, snapshot: Snapshot): Part[] {
  const { podAffinity, podAntiAffinity } = pod.pod.spec?.affinity ?? {};
  const weighted = [
    ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => ({
      ...term,
      weight: -term.weight,
    })),
  ];
  return weighted.map(({ weight, podAffinityTerm: term }) => {
    const domains = domainsOf(term.topologyKey, snapshot, (other) => termMeans(term, pod, other, snapshot));
    return ({ labels }) => weight * (domains.get(labels[term.topologyKey] ?? '') ?? 0);
  });
}

function spreadParts(pod: PodView, snapshot: Snapshot): Part[] {
  return (pod.pod.spec?.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway')
    .map((constraint) => {
      const { counts } = countDomains(constraint, pod, snapshot);
      return ({ labels }) => -100 * (counts.get(labels[constraint.topologyKey] ?? '') ?? 0);
    });
}
