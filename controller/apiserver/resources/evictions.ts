import { setCondition, timestamp } from '../../../api/conditions.ts';
import {
  ApiError,
  badRequest,
  conflict,
  forbidden,
  isConflict,
  refusal,
  tooManyRequests,
} from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import { isPodReady, isPodTerminal, isPodTerminating } from '../../../api/pods.ts';
import { selects } from '../../../api/selectors.ts';
import type { DeleteOptions, Eviction, Pod, PodCondition, PodDisruptionBudget } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';

/** A budget keeps at most this many evictions that its controller has not seen yet, as in Kubernetes. */
const disruptedPodsMax = 2_000;
/** When a budget whose status is behind may be asked again: Kubernetes' own suggestion. */
const behindRetrySeconds = 10;

/** What an eviction needs of the API server. */
export interface EvictionParts {
  pod(namespace: string | undefined, name: string): Pod;
  budgets(namespace: string | undefined): PodDisruptionBudget[];
  /** Changes a budget's status by compare-and-swap: `next` runs again where another came first. */
  changeBudget(
    budget: PodDisruptionBudget,
    next: (old: PodDisruptionBudget) => PodDisruptionBudget,
    dryRun: boolean,
  ): Promise<unknown>;
  /** Changes the pod's status; says its new version. */
  changePod(pod: Pod, next: (old: Pod) => Pod): Promise<Pod>;
  remove(pod: Pod, options: DeleteOptions, dryRun: boolean): Promise<unknown>;
  now: Date;
}

/**
 * Ends a pod if its disruption budget lets it go: the budget is counted down first, by compare-and-swap, so that two evictions never both
 * take the last that it allows.
 *
 * Source: k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go
 * @throws ApiError (429) where the budget allows none; with `Retry-After` where that may be otherwise in a moment
 */
export async function evict(
  parts: EvictionParts,
  namespace: string | undefined,
  name: string,
  body: unknown,
  dryRunAsked: boolean,
): Promise<void> {
  const eviction = evictionOf(name, body);
  const { dryRun: dryRuns = [], ...options } = eviction.deleteOptions ?? {};
  const dryRun = dryRunAsked || dryRuns.includes('All');
  const pod = parts.pod(namespace, name);
  const budget = isBeyondBudgets(pod) ? undefined : budgetOf(parts, pod);
  const isFree = budget === undefined || mayGoUnhealthy(budget, pod);
  if (budget && !isFree)
    await parts.changeBudget(budget, (old) => countedDown(old, name, parts.now, dryRun), dryRun);

  const pinned = options.preconditions?.resourceVersion;
  // What is let go because it is not well, or has not begun, must still be so when it goes.
  const mustBeSame = isFree && !isPodTerminal(pod) && !isPodTerminating(pod) && (budget || isPending(pod));
  try {
    checkPinned(pod, pinned);
    if (dryRun) return void (await parts.remove(pod, options, true));
    const marked = await parts.changePod(pod, (old) => {
      checkPinned(old, pinned ?? (mustBeSame ? pod.metadata?.resourceVersion : undefined));
      return targeted(old, parts.now);
    });
    const resourceVersion = pinned || mustBeSame ? marked.metadata?.resourceVersion : undefined;
    const preconditions = { ...options.preconditions, ...(resourceVersion && { resourceVersion }) };
    await parts.remove(
      marked,
      { ...options, ...(Object.keys(preconditions).length > 0 && { preconditions }) },
      false,
    );
  } catch (error) {
    if (budget && mustBeSame && !pinned && isConflict(error)) throw stillProcessed(budget);
    throw error;
  }
}

function evictionOf(name: string, body: unknown): Eviction {
  const wrong = refusal(kindNamed('Pod'), name, decodeStrict('Eviction', body ?? {}));
  if (wrong) throw badRequest(`the body of the request is not an Eviction: ${wrong.message}`);
  const eviction = (body ?? {}) as Eviction;
  const given = eviction.metadata?.name;
  if (given !== undefined && given !== name)
    throw badRequest('name in URL does not match name in Eviction object');
  return eviction;
}

const isPending = (pod: Pod) => (pod.status?.phase ?? 'Pending') === 'Pending';

/** Its end disturbs nobody: it has not begun, is over, or is ending. */
function isBeyondBudgets(pod: Pod): boolean {
  return isPodTerminal(pod) || isPending(pod) || isPodTerminating(pod);
}

function budgetOf(parts: EvictionParts, pod: Pod): PodDisruptionBudget | undefined {
  const [budget, ...more] = parts
    .budgets(pod.metadata?.namespace)
    .filter(({ spec }) => spec?.selector && selects(spec.selector, pod.metadata?.labels));
  if (more.length > 0)
    throw new ApiError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  return budget;
}

/** A pod that is not ready serves nobody: it may go where the budget says so, or where enough others are well. */
function mayGoUnhealthy({ spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (isPodReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** The budget with one disruption less, and the pod marked as about to go, so that its controller does not count it as well. */
export function countedDown(
  budget: PodDisruptionBudget,
  podName: string,
  now: Date,
  dryRun = false,
): PodDisruptionBudget {
  const { metadata, status = {} } = budget;
  const { disruptionsAllowed = 0, disruptedPods = {}, observedGeneration = 0 } = status;
  const kind = kindNamed('PodDisruptionBudget');
  const name = metadata?.name ?? '';
  if (observedGeneration < (metadata?.generation ?? 0)) throw stillProcessed(budget);
  if (disruptionsAllowed < 0) throw forbidden(kind, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > disruptedPodsMax)
    throw forbidden(
      kind,
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (disruptionsAllowed === 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = status;
    throw violated(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
  if (dryRun) return budget;
  const left = disruptionsAllowed - 1;
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: left,
      disruptedPods: { ...disruptedPods, [podName]: timestamp(now) },
      ...(left === 0 && { conditions: withDisruptionAllowed(budget, left, observedGeneration, now) }),
    },
  };
}

type Conditions = NonNullable<NonNullable<PodDisruptionBudget['status']>['conditions']>;

/** The condition that tells at a glance whether a pod may go. */
export function withDisruptionAllowed(
  { status }: PodDisruptionBudget,
  allowed: number,
  observedGeneration: number,
  now: Date,
): Conditions {
  return setCondition<Conditions[number]>(
    status?.conditions,
    {
      type: 'DisruptionAllowed',
      status: allowed > 0 ? 'True' : 'False',
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
      observedGeneration,
      lastTransitionTime: timestamp(now),
    },
    now,
  );
}

function violated(why: string, retryAfterSeconds?: number): ApiError {
  const error = tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.");
  error.status.details = {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    causes: [{ reason: 'DisruptionBudget', message: why }],
  };
  return error;
}

function stillProcessed({ metadata }: PodDisruptionBudget): ApiError {
  return violated(
    `The disruption budget ${metadata?.name ?? ''} is still being processed by the server.`,
    behindRetrySeconds,
  );
}

function checkPinned(pod: Pod, version: string | undefined): void {
  const { name = '', resourceVersion } = pod.metadata ?? {};
  if (version && version !== resourceVersion)
    throw conflict(
      'Pod',
      name,
      `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

function targeted(pod: Pod, now: Date): Pod {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  return {
    ...pod,
    status: { ...pod.status, conditions: setCondition(pod.status?.conditions, condition, now) },
  };
}
