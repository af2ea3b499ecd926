import { conditionOf, removeCondition, setCondition, timestamp } from '../../api/conditions.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/types.ts';
import { replicaFailure } from './replicaset-status.ts';
import { leewayOf, nameOf, replicasOf, sizeOf, sum } from './rollout.ts';

const complete = 'NewReplicaSetAvailable';
const pausedReason = 'DeploymentPaused';

export interface StatusDecision {
  status: DeploymentStatus;
  /** When the progress deadline would pass. */
  deadlineInMs: number | undefined;
}

/**
 * The status that is true of a Deployment with these sets. `kubectl rollout status` waits for these counts and conditions, so they
 * follow Kubernetes' pkg/controller/deployment/progress.go to the letter. Pure.
 */
export function deploymentStatus(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  now: Date,
): StatusDecision {
  const status = counts(deployment, newSet, oldSets);
  status.conditions = withAvailable(deployment, status, now);
  const deadlineMs = (deployment.spec?.progressDeadlineSeconds ?? 600) * 1_000;
  const { condition, deadlineInMs } = progress(deployment, status, newSet, now, deadlineMs);
  if (condition) status.conditions = withProgressing(status.conditions, condition, now);
  const failure = [newSet, ...oldSets]
    .map((set) => conditionOf(set?.status?.conditions, replicaFailure))
    .find((condition) => condition !== undefined);
  status.conditions = failure
    ? withCondition(status.conditions, failure, now)
    : removeCondition(status.conditions, replicaFailure);
  return { status, deadlineInMs };
}

function counts(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): DeploymentStatus & {
  replicas: number;
  updatedReplicas: number;
  availableReplicas: number;
  readyReplicas: number;
} {
  const all = [...oldSets, ...(newSet ? [newSet] : [])];
  const availableReplicas = sum(all, (set) => set.status?.availableReplicas ?? 0);
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata?.generation,
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, sizeOf) - availableReplicas),
    ...(collisionCount && { collisionCount }),
    conditions: deployment.status?.conditions ?? [],
  };
}

function withAvailable(deployment: Deployment, status: DeploymentStatus, now: Date): DeploymentCondition[] {
  const enough = (status.availableReplicas ?? 0) >= replicasOf(deployment) - leewayOf(deployment).unavailable;
  return withCondition(
    status.conditions,
    enough
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    now,
  );
}

/** What to say of the progress: nothing new (undefined), or a condition; and when to look again. */
function progress(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  now: Date,
  deadlineMs: number,
): { condition?: DeploymentCondition; deadlineInMs?: number } {
  const before = progressingOf(deployment.status);
  if (deployment.spec?.paused) {
    return before?.reason === pausedReason
      ? {}
      : { condition: said('Unknown', pausedReason, 'Deployment is paused') };
  }
  const subject = newSet ? `ReplicaSet "${nameOf(newSet)}"` : `Deployment "${nameOf(deployment)}"`;
  if (isComplete(deployment, status)) {
    return { condition: said('True', complete, `${subject} has successfully progressed.`) };
  }
  // A rollout that was complete and merely lost a host is not one that fails to progress, whatever its age.
  if (before?.reason === complete && status.replicas === status.updatedReplicas && !isNewWork(deployment))
    return {};
  if (
    !before ||
    before.reason === pausedReason ||
    isNewWork(deployment) ||
    hasProgressed(deployment.status, status)
  ) {
    return {
      condition: said('True', 'ReplicaSetUpdated', `${subject} is progressing.`),
      deadlineInMs: deadlineMs,
    };
  }
  if (before.reason === 'ProgressDeadlineExceeded') return {};
  const since = new Date(before.lastUpdateTime ?? before.lastTransitionTime ?? now).getTime();
  const leftMs = since + deadlineMs - now.getTime();
  if (leftMs >= 0) return { deadlineInMs: leftMs + 1_000 };
  return { condition: said('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`) };
}

function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    status.updatedReplicas === wanted && status.replicas === wanted && status.availableReplicas === wanted
  );
}

/** The specification changed since the last status. */
function isNewWork({ metadata, status }: Deployment): boolean {
  return (status?.observedGeneration ?? 0) < (metadata?.generation ?? 0);
}

function hasProgressed(before: DeploymentStatus = {}, after: DeploymentStatus): boolean {
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    outdated(after) < outdated(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function outdated({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus): number {
  return replicas - updatedReplicas;
}

function said(status: string, reason: string, message: string): DeploymentCondition {
  return { type: 'Progressing', status, reason, message };
}

export function progressingOf(status: DeploymentStatus | undefined): DeploymentCondition | undefined {
  return conditionOf(status?.conditions, 'Progressing');
}

/** "Is progressing" said again counts as news, because the deadline runs from it; anything else only where it differs. */
function withProgressing(
  conditions: DeploymentCondition[] | undefined,
  condition: DeploymentCondition,
  now: Date,
): DeploymentCondition[] {
  const before = conditionOf(conditions, 'Progressing');
  const again = condition.reason === 'ReplicaSetUpdated' || !before;
  if (!again && before.reason === condition.reason && before.message === condition.message)
    return conditions ?? [];
  return setCondition(conditions, { ...condition, lastUpdateTime: timestamp(now) }, now);
}

function withCondition(
  conditions: DeploymentCondition[] | undefined,
  condition: DeploymentCondition,
  now: Date,
): DeploymentCondition[] {
  const before = conditionOf(conditions, condition.type);
  const same = before?.status === condition.status && before.reason === condition.reason;
  return same
    ? (conditions ?? [])
    : setCondition(conditions, { ...condition, lastUpdateTime: timestamp(now) }, now);
}
