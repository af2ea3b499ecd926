import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { maxReplicasAnnotation } from './revisions.ts';
import { byCreation, isRolling, leewayOf, nameOf, replicasOf, sizeOf, sum, type Sizes } from './rollout.ts';

/**
 * Sizes after someone has scaled the Deployment (or while it is paused): with one set alive, that one takes it all; in the
 * middle of a rolling update each set takes its share, so that the risk stays spread as it was.
 * Source: Kubernetes pkg/controller/deployment/sync.go, `scale`.
 */
export function scaledSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Sizes {
  const wanted = replicasOf(deployment);
  const only = activeOrLatest(newSet, oldSets);
  if (only) return sizeOf(only) === wanted ? new Map() : new Map([[nameOf(only), wanted]]);
  if (newSet && isSaturated(deployment, newSet)) {
    return new Map(oldSets.filter((set) => sizeOf(set) > 0).map((set) => [nameOf(set), 0]));
  }
  return isRolling(deployment) ? shares(deployment, newSet, oldSets) : new Map();
}

function shares(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Sizes {
  const wanted = replicasOf(deployment);
  const active = [...oldSets, ...(newSet ? [newSet] : [])].filter((set) => sizeOf(set) > 0);
  const allowed = wanted > 0 ? wanted + leewayOf(deployment).surge : 0;
  const change = allowed - sum(active, sizeOf);
  // The largest first; of equals the newer grows first, and the older shrinks first.
  const age = change > 0 ? (a: ReplicaSet, b: ReplicaSet) => byCreation(b, a) : byCreation;
  const sorted = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || age(a, b));
  const sizes: Sizes = new Map();
  let given = 0;
  for (const set of sorted) {
    const share = change === 0 ? 0 : within(fraction(set, deployment, allowed), change - given);
    sizes.set(nameOf(set), sizeOf(set) + share);
    given += share;
  }
  // What rounding left over goes to the largest.
  const [first] = sorted;
  if (first) sizes.set(nameOf(first), Math.max(0, sizes.get(nameOf(first))! + change - given));
  return new Map(
    [...sizes].filter(([name, size]) => size !== sizeOf(sorted.find((set) => nameOf(set) === name)!)),
  );
}

/** How much the set would change if it kept its share of the whole, as it was when it was last scaled. */
function fraction(set: ReplicaSet, deployment: Deployment, allowed: number): number {
  if (replicasOf(deployment) === 0) return -sizeOf(set);
  const before = Number(
    set.metadata?.annotations?.[maxReplicasAnnotation] ?? deployment.status?.replicas ?? 0,
  );
  if (!(before > 0)) return 0;
  return Math.round((sizeOf(set) * allowed) / before) - sizeOf(set);
}

function within(share: number, left: number): number {
  return left > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
}

/** The set that alone has pods, or, where none has, the latest. */
function activeOrLatest(
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const all = [...oldSets, ...(newSet ? [newSet] : [])];
  const active = all.filter((set) => sizeOf(set) > 0);
  if (active.length > 1) return undefined;
  return active[0] ?? newSet ?? oldSets.toSorted(byCreation).at(-1);
}

function isSaturated(deployment: Deployment, newSet: ReplicaSet): boolean {
  const wanted = replicasOf(deployment);
  return sizeOf(newSet) === wanted && (newSet.status?.availableReplicas ?? 0) === wanted;
}
