import { timestamp } from '../../api/conditions.ts';
import { isPodActive } from '../../api/pods.ts';
import { isDeepStrictEqual } from 'node:util';
import { selects } from '../../api/selectors.ts';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/types.ts';
import type { Action } from '../reconciler.ts';
import type { World } from '../world.ts';
import { availableInMs, standing } from './pod-state.ts';

/** The one condition of a ReplicaSet. */
export const replicaFailure = 'ReplicaFailure';

/** The status that is true of these pods. Pods of a lost host are not counted: nobody knows how they are. Pure. */
export function replicaSetStatus(
  set: ReplicaSet,
  pods: readonly Pod[],
  world: World,
  now: Date,
): { status: ReplicaSetStatus; nextAvailableInMs: number | undefined } {
  const counted = pods.filter((pod) => isPodActive(pod) && standing(pod, world, now) !== 'lost');
  const templateLabels = set.spec?.template?.metadata?.labels ?? {};
  const waits = counted
    .map((pod) => availableInMs(pod, set.spec?.minReadySeconds ?? 0, now))
    .filter((ms) => ms !== undefined);
  const later = waits.filter((ms) => ms > 0);
  const { conditions, ...before } = set.status ?? {};
  const failures = counted.length === (set.spec?.replicas ?? 1) ? [] : (conditions ?? []);
  const status: ReplicaSetStatus = {
    ...before,
    ...(failures.length > 0 && { conditions: failures }),
    replicas: counted.length,
    fullyLabeledReplicas: counted.filter((pod) =>
      selects({ matchLabels: templateLabels }, pod.metadata?.labels ?? {}),
    ).length,
    readyReplicas: waits.length,
    availableReplicas: waits.length - later.length,
    observedGeneration: set.metadata?.generation,
  };
  return { status, nextAvailableInMs: later.length > 0 ? Math.min(...later) : undefined };
}

/** What a status says while the API refuses pods of the set; it goes once there are as many as wanted. */
export function failure(reason: string, now: Date): ReplicaSetCondition {
  return { type: replicaFailure, status: 'True', reason, lastTransitionTime: timestamp(now) };
}

/** Writes the status where it changed, and comes back when the next pod has been ready for long enough. */
export function statusActions(set: ReplicaSet, pods: readonly Pod[], world: World, now: Date): Action[] {
  const { status, nextAvailableInMs } = replicaSetStatus(set, pods, world, now);
  const actions: Action[] = [];
  if (!sameCounts(set.status, status)) {
    actions.push({ do: 'update', object: { ...set, status } as ReplicaSet, subresource: 'status' });
  }
  if (nextAvailableInMs !== undefined) actions.push({ do: 'again', afterMs: nextAvailableInMs });
  return actions;
}

function sameCounts(a: ReplicaSetStatus | undefined, b: ReplicaSetStatus): boolean {
  return isDeepStrictEqual(counts(a), counts(b));
}

/** An absent count is a zero: a stored status may leave zeroes out. */
function counts(status: ReplicaSetStatus | undefined): unknown[] {
  return [
    status?.replicas,
    status?.fullyLabeledReplicas ?? 0,
    status?.readyReplicas ?? 0,
    status?.availableReplicas ?? 0,
    status?.observedGeneration,
    status?.conditions ?? [],
  ];
}
