import { isDeepStrictEqual } from 'node:util';
import type { Container, Pod, PodStatus } from '../../api/types.ts';
import { finalPhase, isInitialised, willRestart } from './containers.ts';
import {
  ephemeralContainersOf,
  graceMsOf,
  initContainersOf,
  isSidecar,
  mainContainersOf,
} from './pod-spec.ts';
import { liveContainers, type LocalPod, type Moment } from './local-pod.ts';
import { podStatus } from './status.ts';

/** One thing to do for a pod. */
export type Action =
  /** Patch this status; what changed since the last report is for whoever acts to find out. */
  | { do: 'report'; status: PodStatus }
  /** Give the pod up for good: its containers end, its phase is Failed. */
  | { do: 'fail'; reason: string; message: string }
  | { do: 'pull'; container: string }
  | { do: 'cancel-pull'; container: string }
  /** `container` is the one that is to start first: its image tells which driver. */
  | { do: 'create-sandbox'; container: string }
  | { do: 'start'; container: string }
  | {
      do: 'stop';
      container: string;
      graceMs: number;
      why: 'ending' | 'unhealthy' | 'finished';
      message?: string;
    }
  | { do: 'remove-sandbox' }
  /** The last word to the API: delete with grace 0 and this uid. */
  | { do: 'delete' }
  /** Nothing of the pod is left, here or in the API: drop what is known of it. */
  | { do: 'forget' }
  /** Nothing more until this instant of the monotonic clock, unless something happens before. */
  | { do: 'wait'; until: number };

/**
 * What to do next for one pod: desired against actual, as data. Pure, so that the agent, the simulator and the tests decide
 * alike. Call it after every change; before acting on its answer mark each action with `begin`, and tell what came of it
 * with `reduce` (both in `reduce.ts`), then decide again. Deciding twice without that gives the same answer twice.
 *
 *     for (const action of decidePod(desired, actual, moment)) {
 *       actual = begin(actual, action);
 *       perform(action).then((event) => { actual = reduce(actual, event, moment()); decideAgain(); });
 *     }
 *
 * @param desired the pod as the API has it; undefined once it is gone from there (or is another pod of the same name)
 * @param actual what runs here
 * @param moment both clocks, read once
 */
export function decidePod(desired: Pod | undefined, actual: LocalPod, moment: Moment): Action[] {
  const pod = desired?.metadata?.uid === actual.uid ? desired : undefined;
  if (!pod) {
    const ending = endPod(undefined, actual, actual.graceMs, 'ending');
    return ending.length > 0 || isBusy(actual) ? ending : [{ do: 'forget' }];
  }
  const actions: Action[] = [];
  const status = podStatus(pod, actual, moment);
  if (!isDeepStrictEqual(status, actual.status)) actions.push({ do: 'report', status });

  if (pod.metadata?.deletionTimestamp) {
    const ending = endPod(pod, actual, graceMsOf(pod), 'ending');
    if (ending.length === 0 && !isBusy(actual) && !actual.deleting) ending.push({ do: 'delete' });
    return [...actions, ...ending];
  }
  if (actual.failed) return [...actions, ...endPod(pod, actual, graceMsOf(pod), 'ending')];
  if (finalPhase(pod, actual)) return [...actions, ...endPod(pod, actual, graceMsOf(pod), 'finished')];

  const deadline = deadlineOf(pod, actual);
  if (deadline !== undefined && moment.now >= deadline) {
    const message = 'Pod was active on the node longer than the specified deadline';
    return [...actions, { do: 'fail', reason: 'DeadlineExceeded', message }];
  }
  const steps = nextContainers(pod, actual).flatMap((container) => step(pod, container, actual, moment));
  actions.push(...oneSandbox(steps.filter((action) => action.do !== 'wait')));
  const waits = steps.flatMap((action) => (action.do === 'wait' ? [action.until] : []));
  if (deadline !== undefined) waits.push(deadline);
  if (waits.length > 0) actions.push({ do: 'wait', until: Math.min(...waits) });
  return actions;
}

/** Stops what lives (sidecars last), then takes the sandbox away. Empty once there is nothing to do but wait for acts under way. */
function endPod(
  pod: Pod | undefined,
  actual: LocalPod,
  graceMs: number,
  why: 'ending' | 'finished',
): Action[] {
  const cancels: Action[] = Object.entries(actual.containers)
    .filter(([, { state }]) => state === 'pulling')
    .map(([container]) => ({ do: 'cancel-pull', container }));
  const live = liveContainers(actual);
  const sidecars = new Set(
    pod
      ? initContainersOf(pod)
          .filter((container) => isSidecar(container, pod))
          .map(({ name }) => name)
      : [],
  );
  const first = live.filter((name) => !sidecars.has(name));
  const stops: Action[] = (first.length > 0 ? first : live)
    .filter((name) => {
      const { state, stopGraceMs } = actual.containers[name]!;
      // A second, shorter grace (kubectl delete --grace-period=0) overtakes the first.
      return state === 'running' || (state === 'stopping' && graceMs < (stopGraceMs ?? 0));
    })
    .map((container) => ({ do: 'stop', container, graceMs, why }));
  if (live.length > 0) return [...cancels, ...stops];
  return actual.sandbox === 'live' ? [...cancels, { do: 'remove-sandbox' }] : cancels;
}

/** Something is under way whose end must be awaited. */
function isBusy(actual: LocalPod): boolean {
  return (
    actual.sandbox !== 'none' ||
    liveContainers(actual).length > 0 ||
    Object.values(actual.containers).some(({ state }) => state === 'pulling')
  );
}

/** What is in order, and whatever came to look into the pod, as soon as there is something to look into. */
function nextContainers(pod: Pod, actual: LocalPod): Container[] {
  const looking = actual.sandbox === 'live' ? (ephemeralContainersOf(pod) as Container[]) : [];
  return [...nextInOrder(pod, actual), ...looking];
}

/** Init containers one after another (sidecars stay beside them), then all main containers. */
function nextInOrder(pod: Pod, actual: LocalPod): Container[] {
  const next: Container[] = [];
  for (const container of initContainersOf(pod)) {
    const local = actual.containers[container.name];
    if (!local) continue;
    if (isSidecar(container, pod)) next.push(container);
    if (isInitialised(pod, container, local)) continue;
    // Once main containers run, a sidecar that is down holds nobody back.
    const mainBegan = mainContainersOf(pod).some(({ name }) => liveContainers(actual).includes(name));
    if (isSidecar(container, pod) && mainBegan) continue;
    if (!isSidecar(container, pod)) next.push(container);
    return next;
  }
  return [...next, ...mainContainersOf(pod)];
}

function step(pod: Pod, container: Container, actual: LocalPod, moment: Moment): Action[] {
  const local = actual.containers[container.name];
  if (!local) return [];
  const name = container.name;
  switch (local.state) {
    case 'waiting':
      return moment.now >= local.notBefore
        ? [{ do: 'pull', container: name }]
        : [{ do: 'wait', until: local.notBefore }];
    case 'exited':
      if (!willRestart(pod, container, local)) return [];
      return moment.now >= local.notBefore
        ? [{ do: 'pull', container: name }]
        : [{ do: 'wait', until: local.notBefore }];
    case 'pulled':
      if (actual.sandbox === 'live') return [{ do: 'start', container: name }];
      if (actual.sandbox !== 'none') return [];
      return moment.now >= actual.sandboxNotBefore
        ? [{ do: 'create-sandbox', container: name }]
        : [{ do: 'wait', until: actual.sandboxNotBefore }];
    case 'running': {
      if (!local.unhealthy) return [];
      const graceMs = local.unhealthy.graceMs ?? graceMsOf(pod);
      return [{ do: 'stop', container: name, graceMs, why: 'unhealthy', message: local.unhealthy.message }];
    }
    default:
      return [];
  }
}

/** Several containers may be ready for the sandbox at once; it is made once. */
function oneSandbox(actions: Action[]): Action[] {
  const first = actions.find((action) => action.do === 'create-sandbox');
  return actions.filter((action) => action.do !== 'create-sandbox' || action === first);
}

function deadlineOf(pod: Pod, actual: LocalPod): number | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  return seconds === undefined ? undefined : actual.startNow + seconds * 1000;
}
