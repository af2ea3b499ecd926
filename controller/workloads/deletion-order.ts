import type { Pod } from '../../api/types.ts';
import { readySince } from './pod-state.ts';

/** Kubernetes' annotation: pods with a lower cost are deleted first. */
export const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
/** Says whose place a pod took when its host went silent: the lost pod's uid. If that one comes back, this one is the surplus. */
export const replaces = 'kith.home.arpa/replaces';

const phaseRank: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Sorts pods so that the first are the first to go. As Kubernetes ranks them (`ActivePodsWithRanks`): unassigned, pending, not ready,
 * lower deletion cost, more siblings on the same node, ready for a shorter time, more restarts, younger.
 *
 * One rank is kith's own: a ready pod whose predecessor is ready again goes before other ready ones. Otherwise a host that comes back
 * could cost an older pod its place, merely because the replacement happened to land on a host of its own.
 */
export function byDeletionOrder(pods: readonly Pod[]): Pod[] {
  const siblings = new Map<string, number>();
  const ready = new Map<string, number | undefined>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName ?? '';
    siblings.set(node, (siblings.get(node) ?? 0) + 1);
    ready.set(pod.metadata?.uid ?? '', readySince(pod));
  }
  const ranked = pods.map((pod) => {
    const readyAt = ready.get(pod.metadata?.uid ?? '');
    const predecessor = pod.metadata?.annotations?.[replaces];
    return {
      pod,
      ranks: [
        pod.spec?.nodeName ? 1 : 0,
        phaseRank[pod.status?.phase ?? 'Pending'] ?? 0,
        readyAt === undefined ? 0 : 1,
        predecessor !== undefined && ready.get(predecessor) !== undefined ? 0 : 1,
        costOf(pod),
        -(siblings.get(pod.spec?.nodeName ?? '') ?? 0),
        -(readyAt ?? 0),
        -restartsOf(pod),
        -new Date(pod.metadata?.creationTimestamp ?? 0).getTime(),
      ],
    };
  });
  return ranked
    .toSorted((a, b) => compareRanks(a.ranks, b.ranks) || byName(a.pod, b.pod))
    .map(({ pod }) => pod);
}

function compareRanks(a: number[], b: number[]): number {
  for (const [index, rank] of a.entries()) if (rank !== b[index]) return rank - b[index]!;
  return 0;
}

/** Within one second all else may be equal; the name makes the choice repeatable. */
function byName(a: Pod, b: Pod): number {
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? 1 : -1;
}

function costOf(pod: Pod): number {
  const cost = Number(pod.metadata?.annotations?.[deletionCost] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function restartsOf(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));
}
