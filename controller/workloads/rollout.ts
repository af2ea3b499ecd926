import { resolveIntOrPercent } from '../../api/int-or-percent.ts';
import type { Deployment, ReplicaSet } from '../../api/types.ts';

/** The sizes that ReplicaSets should have, by name; what is left out keeps its size. */
export type Sizes = Map<string, number>;

/** How far a rolling update may go above and below the number wanted. */
export interface Leeway {
  surge: number;
  unavailable: number;
}

/**
 * `maxSurge` rounds up and `maxUnavailable` down, as in Kubernetes; where both come to nothing, one may be unavailable, for else no update
 * could ever begin.
 */
export function leewayOf(deployment: Deployment): Leeway {
  const { strategy } = deployment.spec ?? {};
  const wanted = replicasOf(deployment);
  if (!isRolling(deployment)) return { surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const surge = resolveIntOrPercent(maxSurge, wanted, 'up') ?? 0;
  const unavailable = Math.min(resolveIntOrPercent(maxUnavailable, wanted, 'down') ?? 0, wanted);
  return surge === 0 && unavailable === 0 && wanted > 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export function isRolling(deployment: Deployment): boolean {
  return (deployment.spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

/** How large the new set may be now: up to what is wanted, as long as all together stay within the surge. */
export function newSetSize(deployment: Deployment, newSize: number, allSizes: number): number {
  const wanted = replicasOf(deployment);
  if (!isRolling(deployment)) return wanted;
  if (newSize > wanted) return wanted;
  const room = wanted + leewayOf(deployment).surge - allSizes;
  return room <= 0 ? newSize : newSize + Math.min(room, wanted - newSize);
}

/**
 * One step of a rolling update: the new set grows first; if it cannot, old sets shrink as far as enough pods stay available.
 * Source: Kubernetes pkg/controller/deployment/rolling.go.
 */
export function rollingSizes(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): Sizes {
  const size = newSetSize(deployment, sizeOf(newSet), sum([newSet, ...oldSets], sizeOf));
  if (size !== sizeOf(newSet)) return new Map([[nameOf(newSet), size]]);
  return oldSetSizes(deployment, newSet, oldSets);
}

function oldSetSizes(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Sizes {
  const sizes: Sizes = new Map();
  const wanted = replicasOf(deployment);
  const floor = wanted - leewayOf(deployment).unavailable;
  const newUnavailable = sizeOf(newSet) - availableOf(newSet);
  // Never more than this may go, whatever their health: new pods that are not available yet do not count as a floor.
  const spare = sum([newSet, ...oldSets], sizeOf) - floor - newUnavailable;
  if (spare <= 0) return sizes;
  const byAge = oldSets.filter((set) => sizeOf(set) > 0).toSorted(byCreation);

  // Unhealthy old pods go first: they serve nobody, and would hold up the rest.
  let cleaned = 0;
  for (const set of byAge) {
    const size = sizeOf(set);
    const unhealthy = Math.min(spare - cleaned, size - availableOf(set));
    if (unhealthy <= 0) continue;
    sizes.set(nameOf(set), size - unhealthy);
    cleaned += unhealthy;
  }

  let surplus = sum([newSet, ...oldSets], availableOf) - floor;
  // What was cleaned came out of the same allowance.
  surplus = Math.min(surplus, spare - cleaned);
  for (const set of byAge) {
    if (surplus <= 0) break;
    const size = sizes.get(nameOf(set)) ?? sizeOf(set);
    const less = Math.min(size, surplus);
    if (less > 0) sizes.set(nameOf(set), size - less);
    surplus -= less;
  }
  return sizes;
}

export function replicasOf(deployment: Deployment): number {
  return deployment.spec?.replicas ?? 1;
}

export function sizeOf(set: ReplicaSet): number {
  return set.spec?.replicas ?? 1;
}

/** Never more than the set is to have: a status that lags behind a scale-down must not promise pods that are on their way out. */
export function availableOf(set: ReplicaSet): number {
  return Math.min(set.status?.availableReplicas ?? 0, sizeOf(set));
}

export function sum(sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number {
  return sets.reduce((total, set) => total + of(set), 0);
}

export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [x, y] = [a, b].map(({ metadata }) => `${metadata?.creationTimestamp} ${metadata?.name}`);
  return x! < y! ? -1 : x! > y! ? 1 : 0;
}

export function nameOf(object: { metadata?: { name?: string } }): string {
  return object.metadata?.name ?? '';
}
