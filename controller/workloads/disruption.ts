import { conditionOf, setCondition, timestamp } from '../../api/conditions.ts';
import { resolveIntOrPercent } from '../../api/int-or-percent.ts';
import { sameJson } from '../../api/plain-objects.ts';
import { isPodReady, isPodTerminating } from '../../api/pods.ts';
import { selects } from '../../api/selectors.ts';
import type {
  Deployment,
  Pod,
  PodDisruptionBudget,
  PodDisruptionBudgetStatus,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyOf, splitKey } from '../object-key.ts';
import type { Action, Reconciler } from '../reconciler.ts';
import type { World } from '../world.ts';
import { controllerOf } from './ownership.ts';

/** A pod whose eviction was allowed is no longer counted; if it is still there after so long, it is again (Kubernetes' DeletionTimeout). */
const deletionMsMax = 2 * 60_000;

/** Kinds that say how many pods there should be. */
const scaled = ['ReplicaSet', 'ReplicationController', 'StatefulSet', 'Deployment'];

/**
 * Keeps a budget's status: how many of its pods should be, are and must be well, and hence how many may go. What an eviction counts down in
 * between is counted again here from the pods themselves.
 *
 * Source: k8s.io/kubernetes/pkg/controller/disruption/disruption.go
 */
export const disruption: Reconciler = {
  name: 'disruption',
  watches: ['PodDisruptionBudget', 'Pod', ...scaled],
  keysOf(object, world) {
    if (object.kind === 'PodDisruptionBudget') return [keyOf(object)];
    const budgets = world.inNamespace<PodDisruptionBudget>(
      'PodDisruptionBudget',
      object.metadata?.namespace ?? '',
    );
    const concerned =
      object.kind === 'Pod' ? budgets.filter((budget) => isOf(budget, object as Pod)) : budgets;
    return concerned.map(keyOf);
  },
  decide(world, key, now) {
    const { namespace, name } = splitKey(key);
    const budget = world.get<PodDisruptionBudget>('PodDisruptionBudget', namespace, name);
    if (!budget || budget.metadata?.deletionTimestamp) return [];
    const pods = world.inNamespace<Pod>('Pod', namespace ?? '').filter((pod) => isOf(budget, pod));
    const status = statusOf(budget, pods, world, now);
    const actions: Action[] = [];
    if (!sameJson(status, budget.status))
      actions.push({
        do: 'update',
        object: { ...budget, status } as KubeObject,
        subresource: 'status',
      });
    const waiting = Object.values(status.disruptedPods ?? {}).map((at) => Date.parse(at) + deletionMsMax);
    if (waiting.length > 0)
      actions.push({ do: 'again', afterMs: Math.max(1_000, Math.min(...waiting) - now.getTime()) });
    return actions;
  },
};

function isOf({ spec }: PodDisruptionBudget, pod: Pod): boolean {
  return spec?.selector !== undefined && selects(spec.selector, pod.metadata?.labels);
}

/** The status as it should be. Where it cannot be told how many pods there should be, none may go, and the condition says why. */
export function statusOf(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  world: World,
  now: Date,
): PodDisruptionBudgetStatus {
  const generation = budget.metadata?.generation ?? 0;
  const expected = expectation(budget, pods, world);
  if ('problem' in expected)
    return {
      ...withoutConditions(budget.status),
      disruptionsAllowed: 0,
      currentHealthy: budget.status?.currentHealthy ?? 0,
      desiredHealthy: budget.status?.desiredHealthy ?? 0,
      expectedPods: budget.status?.expectedPods ?? 0,
      conditions: condition(budget, 'SyncFailed', expected.problem, budget.status?.observedGeneration, now),
    };
  const disrupted = stillDisrupted(budget, pods, now);
  const currentHealthy = pods.filter(
    (pod) => !isPodTerminating(pod) && !disrupted[pod.metadata?.name ?? ''] && isPodReady(pod),
  ).length;
  const { expectedPods, desiredHealthy } = expected;
  const spare = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  return {
    observedGeneration: generation,
    ...(Object.keys(disrupted).length > 0 && { disruptedPods: disrupted }),
    disruptionsAllowed: spare,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: condition(budget, spare > 0 ? 'SufficientPods' : 'InsufficientPods', '', generation, now),
  };
}

function withoutConditions(status: PodDisruptionBudgetStatus | undefined): PodDisruptionBudgetStatus {
  const { conditions: _conditions, ...rest } = status ?? {};
  return rest;
}

function condition(
  { status }: PodDisruptionBudget,
  reason: string,
  message: string,
  observedGeneration: number | undefined,
  now: Date,
) {
  const type = 'DisruptionAllowed';
  const next = {
    type,
    status: reason === 'SufficientPods' ? 'True' : 'False',
    reason,
    message,
    ...(observedGeneration !== undefined && { observedGeneration }),
    lastTransitionTime: conditionOf(status?.conditions, type)?.lastTransitionTime ?? timestamp(now),
  };
  return setCondition(status?.conditions, next, now);
}

type Expectation = { expectedPods: number; desiredHealthy: number } | { problem: string };

function expectation({ spec }: PodDisruptionBudget, pods: readonly Pod[], world: World): Expectation {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { expectedPods: pods.length, desiredHealthy: minAvailable };
  if (maxUnavailable === undefined && minAvailable === undefined)
    return { expectedPods: 0, desiredHealthy: 0 };
  const scale = expectedScale(pods, world);
  if (typeof scale === 'string') return { problem: scale };
  const share = resolveIntOrPercent(maxUnavailable ?? minAvailable!, scale, 'up') ?? 0;
  const desiredHealthy = maxUnavailable === undefined ? share : Math.max(0, scale - share);
  return { expectedPods: scale, desiredHealthy };
}

/** How many pods the controllers of these pods want together; a sentence where one of them cannot be asked. */
function expectedScale(pods: readonly Pod[], world: World): number | string {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const reference = controllerOf(pod);
    if (!reference || scales.has(reference.uid)) continue;
    const found = scaleOf(pod, world);
    if (!found) return `found no controllers for pod "${pod.metadata?.name ?? ''}"`;
    scales.set(reference.uid, 0);
    scales.set(found.uid, found.replicas);
  }
  return [...scales.values()].reduce((sum, each) => sum + each, 0);
}

function scaleOf(pod: Pod, world: World): { uid: string; replicas: number } | undefined {
  const reference = controllerOf(pod)!;
  const namespace = pod.metadata?.namespace;
  if (!scaled.includes(reference.kind)) return undefined;
  const owner = world.get<ReplicaSet | ReplicationController | StatefulSet>(
    reference.kind,
    namespace,
    reference.name,
  );
  if (!owner || owner.metadata?.uid !== reference.uid) return undefined;
  const above = reference.kind === 'ReplicaSet' ? controllerOf(owner) : undefined;
  const deployment =
    above?.kind === 'Deployment' ? world.get<Deployment>('Deployment', namespace, above.name) : undefined;
  const top = deployment && deployment.metadata?.uid === above?.uid ? deployment : owner;
  return { uid: top.metadata?.uid ?? '', replicas: top.spec?.replicas ?? 1 };
}

/** The evictions that were allowed and have not shown yet. */
function stillDisrupted(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  now: Date,
): Record<string, string> {
  const names = new Set(pods.filter((pod) => !isPodTerminating(pod)).map(({ metadata }) => metadata?.name));
  return Object.fromEntries(
    Object.entries(status?.disruptedPods ?? {}).filter(
      ([name, at]) => names.has(name) && Date.parse(at) + deletionMsMax > now.getTime(),
    ),
  );
}
