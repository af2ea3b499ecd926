import type { Pod } from '../../api/types.ts';
import { randomInteger, type Random } from '../../process/random.ts';
import type { Filter, Score } from './filter.ts';
import { filters } from './filters.ts';
import { scores } from './scores.ts';
import { viewOf, type NodeView, type PodView, type Snapshot } from './snapshot.ts';

/**
 * Enough nodes that will do: looking at thousands more would hardly find a better one (Kubernetes' minFeasibleNodesToFind). Smaller
 * swarms are always looked at as a whole.
 */
export const feasibleMax = 100;

export type Placement =
  | { pod: Pod; view: PodView; nodeName: string }
  /** `refusals` counts the nodes under each reason. */
  | { pod: Pod; view: PodView; nodeName: undefined; refusals: Map<string, number>; nodeCount: number };

export interface Policy {
  filters: readonly Filter[];
  scores: readonly Score[];
}

/**
 * Finds a node for each pod, in the given order. Each placement is assumed in the snapshot at once, so that the next pod finds the room
 * taken. Depends on nothing but its arguments; ties are broken by `random`.
 */
export function place(
  pods: readonly Pod[],
  snapshot: Snapshot,
  random: Random,
  policy: Policy = { filters, scores },
): Placement[] {
  return pods.map((pod) => {
    const view = viewOf(pod);
    const { feasible, refusals } = sift(view, snapshot, random, policy.filters);
    if (feasible.length === 0) {
      return { pod, view, nodeName: undefined, refusals, nodeCount: snapshot.nodes().length };
    }
    const { name } = best(view, snapshot, feasible, random, policy.scores);
    snapshot.setPod(view, name);
    return { pod, view, nodeName: name };
  });
}

function sift(
  pod: PodView,
  snapshot: Snapshot,
  random: Random,
  among: readonly Filter[],
): { feasible: NodeView[]; refusals: Map<string, number> } {
  const tests = among.flatMap((filter) => filter.forPod(pod, snapshot) ?? []);
  const nodes = snapshot.nodes();
  const feasible: NodeView[] = [];
  const refusals = new Map<string, number>();
  // In a large swarm only some are looked at; beginning anywhere gives each its turn.
  const start = nodes.length > feasibleMax ? randomInteger(random, nodes.length) : 0;
  for (let index = 0; index < nodes.length && feasible.length < feasibleMax; index++) {
    const node = nodes[(start + index) % nodes.length]!;
    const refusal = firstRefusal(tests, node);
    if (refusal === undefined) feasible.push(node);
    else
      for (const reason of typeof refusal === 'string' ? [refusal] : refusal)
        refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  }
  return { feasible, refusals };
}

function firstRefusal(
  tests: readonly ((node: NodeView) => string | readonly string[] | undefined)[],
  node: NodeView,
) {
  for (const test of tests) {
    const refusal = test(node);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function best(
  pod: PodView,
  snapshot: Snapshot,
  feasible: readonly NodeView[],
  random: Random,
  by: readonly Score[],
): NodeView {
  if (feasible.length === 1) return feasible[0]!;
  const parts = by.flatMap((score) => {
    const part = score.forPod(pod, snapshot, feasible);
    return part ? { part, weight: score.weight } : [];
  });
  let winners: NodeView[] = [];
  let highest = -Infinity;
  for (const node of feasible) {
    let total = 0;
    for (const { part, weight } of parts) total += weight * part(node);
    if (total > highest + equalWithin) winners = [node];
    else if (total >= highest - equalWithin) winners.push(node);
    highest = Math.max(highest, total);
  }
  return winners.length === 1 ? winners[0]! : winners[randomInteger(random, winners.length)]!;
}

/** Scores are sums of fractions: what differs by less than this differs by rounding. */
const equalWithin = 1e-9;
