import { conditionOf, isConditionTrue } from '../../api/conditions.ts';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from '../../api/types.ts';
import { allInitialised, finalPhase, isInitialised, isReady, isStarted, willRestart } from './containers.ts';
import {
  ephemeralContainersOf,
  initContainersOf,
  isEphemeral,
  isSidecar,
  mainContainersOf,
} from './pod-spec.ts';
import {
  liveContainers,
  type EndedRun,
  type LocalContainer,
  type LocalPod,
  type Moment,
} from './local-pod.ts';

/**
 * The status of a pod on this host, whole, as the kubelet words it. Pure. Conditions keep their transition times from
 * `actual.status` (else from the API's copy) as long as they stay what they were; conditions of others are left to them.
 */
export function podStatus(pod: Pod, actual: LocalPod, moment: Moment): PodStatus {
  const before = actual.status ?? pod.status;
  const phase = phaseOf(pod, actual);
  const status: PodStatus = {
    phase,
    conditions: conditionsOf(pod, actual, phase).map((condition) => keepTime(condition, before, moment)),
    containerStatuses: mainContainersOf(pod).map((container) => containerStatus(pod, container, actual)),
    startTime: actual.startTime,
  };
  const init = initContainersOf(pod);
  if (init.length > 0)
    status.initContainerStatuses = init.map((container) => containerStatus(pod, container, actual));
  const ephemeral = ephemeralContainersOf(pod) as Container[];
  if (ephemeral.length > 0)
    status.ephemeralContainerStatuses = ephemeral.map((container) => ephemeralStatus(pod, container, actual));
  if (actual.failed) Object.assign(status, actual.failed);
  if (actual.hostIP) Object.assign(status, { hostIP: actual.hostIP, hostIPs: [{ ip: actual.hostIP }] });
  if (actual.podIP) Object.assign(status, { podIP: actual.podIP, podIPs: [{ ip: actual.podIP }] });
  if (pod.metadata?.generation !== undefined) status.observedGeneration = pod.metadata.generation;
  return status;
}

function phaseOf(pod: Pod, actual: LocalPod): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  if (actual.failed) return 'Failed';
  const final = finalPhase(pod, actual);
  if (final) return final;
  const main = mainContainersOf(pod).map(({ name }) => actual.containers[name]);
  const ended =
    pod.metadata?.deletionTimestamp && liveContainers(actual).length === 0 && actual.sandbox === 'none';
  const began = main.some((local) => local && local.starts > 0);
  // A pod that is deleted before it ran never had another phase than Pending; one that ran has ended, one way or the other.
  if (ended && began) {
    const clean = main.every((local) => local && (local.exit ?? local.last)?.code === 0);
    return clean ? 'Succeeded' : 'Failed';
  }
  return main.every((local) => local && local.starts > 0) ? 'Running' : 'Pending';
}

function conditionsOf(pod: Pod, actual: LocalPod, phase: string): PodCondition[] {
  const initialised = allInitialised(pod, actual);
  const main = mainContainersOf(pod);
  const sidecars = initContainersOf(pod).filter((container) => isSidecar(container, pod));
  const unready = [...sidecars, ...main].filter((container) => !readyNow(pod, container, actual));
  const over = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const names = unready.map(({ name }) => name).join(' ');
  const containersReady: PodCondition =
    unready.length === 0 && !over
      ? { type: 'ContainersReady', status: 'True' }
      : {
          type: 'ContainersReady',
          status: 'False',
          reason: over ?? 'ContainersNotReady',
          ...(over ? {} : { message: `containers with unready status: [${names}]` }),
        };
  return [
    { type: 'PodReadyToStartContainers', status: actual.sandbox === 'live' ? 'True' : 'False' },
    initialised ||
    phase === 'Succeeded' ||
    (main.some(({ name }) => actual.containers[name]?.starts) ?? false)
      ? { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
      : {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${incompleteInit(pod, actual)}]`,
        },
    readyCondition(pod, containersReady),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
}

/** Ready = all containers are, and so are the gates that others hold. */
function readyCondition(pod: Pod, containersReady: PodCondition): PodCondition {
  const closed = (pod.spec?.readinessGates ?? [])
    .map(({ conditionType }) => conditionType)
    .filter((type) => !isConditionTrue(pod.status?.conditions, type));
  if (containersReady.status !== 'True' || closed.length === 0) return { ...containersReady, type: 'Ready' };
  return {
    type: 'Ready',
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: `corresponding condition of pod readiness gate ${closed.map((type) => JSON.stringify(type)).join(', ')} is not True`,
  };
}

/** A pod on its way out takes no new work, even while its containers still answer. */
function readyNow(pod: Pod, container: Container, actual: LocalPod): boolean {
  const local = actual.containers[container.name];
  const leaving = pod.metadata?.deletionTimestamp !== undefined || actual.failed !== undefined;
  return local !== undefined && !leaving && !local.unhealthy && isReady(container, local);
}

function incompleteInit(pod: Pod, actual: LocalPod): string {
  return initContainersOf(pod)
    .filter((container) => {
      const local = actual.containers[container.name];
      return !local || !isInitialised(pod, container, local);
    })
    .map(({ name }) => name)
    .join(' ');
}

function keepTime(condition: PodCondition, before: PodStatus | undefined, moment: Moment): PodCondition {
  const held = conditionOf(before?.conditions, condition.type);
  const same = held?.status === condition.status && held.lastTransitionTime !== undefined;
  return { ...condition, lastTransitionTime: same ? held.lastTransitionTime! : seconds(moment.date) };
}

function containerStatus(pod: Pod, container: Container, actual: LocalPod): ContainerStatus {
  const local = actual.containers[container.name];
  const image = local?.image?.reference ?? container.image ?? '';
  if (!local)
    return {
      name: container.name,
      image,
      imageID: '',
      ready: false,
      restartCount: 0,
      started: false,
      state: { waiting: { reason: 'ContainerCreating' } },
    };
  const plainInit = local.init && !isSidecar(container, pod);
  const status: ContainerStatus = {
    name: container.name,
    image,
    imageID: local.image?.digest ?? '',
    ready: plainInit ? local.state === 'exited' && local.exit?.code === 0 : readyNow(pod, container, actual),
    restartCount: Math.max(0, local.starts - 1),
    started: isStarted(container, local),
    state: stateOf(pod, container, actual, local),
    lastState: lastStateOf(pod, container, local),
  };
  const id = local.id ?? local.exit?.id;
  if (id) status.containerID = id;
  return status;
}

/** It serves nothing, so it is never ready, and Kubernetes does not say whether it has started. */
function ephemeralStatus(pod: Pod, container: Container, actual: LocalPod): ContainerStatus {
  const { started: _started, ...status } = containerStatus(pod, container, actual);
  return { ...status, ready: false };
}

function stateOf(pod: Pod, container: Container, actual: LocalPod, local: LocalContainer): ContainerState {
  if (local.state === 'running' || local.state === 'stopping')
    return { running: { startedAt: seconds(local.startedAt ?? actual.startTime) } };
  if (local.state === 'exited' && local.exit) {
    const pausing = willRestart(pod, container, local) && !actual.failed && local.crashDelayMs > 0;
    return pausing ? crashLoop(pod, container, local) : { terminated: terminated(local.exit) };
  }
  if (local.trouble) return { waiting: troubleOf(local) };
  if (actual.sandboxTrouble)
    return { waiting: { reason: 'ContainerCreating', message: actual.sandboxTrouble } };
  const waitsForInit = !local.init && !isEphemeral(container, pod);
  const heldByInit = waitsForInit && !allInitialised(pod, actual) && local.starts === 0;
  return { waiting: { reason: heldByInit ? 'PodInitializing' : 'ContainerCreating' } };
}

function crashLoop(pod: Pod, container: Container, local: LocalContainer): ContainerState {
  const fullName = `${pod.metadata?.name}_${pod.metadata?.namespace}(${pod.metadata?.uid})`;
  const message = `back-off ${duration(local.crashDelayMs)} restarting failed container=${container.name} pod=${fullName}`;
  return { waiting: { reason: 'CrashLoopBackOff', message } };
}

/** The first failure is told as it was; after that the wait is what people need to know. */
function troubleOf(local: LocalContainer): { reason: string; message?: string } {
  const { reason, message } = local.trouble!;
  if (reason === 'ErrImagePull' && local.failures > 1)
    return { reason: 'ImagePullBackOff', message: `Back-off pulling image: ${message}` };
  return { reason, message };
}

function lastStateOf(pod: Pod, container: Container, local: LocalContainer): ContainerState {
  const pausing = local.state === 'exited' && willRestart(pod, container, local) && local.crashDelayMs > 0;
  const run = pausing ? local.exit : local.last;
  return run ? { terminated: terminated(run) } : {};
}

function terminated(run: EndedRun): ContainerState['terminated'] {
  return {
    exitCode: run.code,
    reason: run.reason,
    ...(run.message ? { message: run.message } : {}),
    ...(run.id ? { containerID: run.id } : {}),
    ...(run.startedAt ? { startedAt: seconds(run.startedAt) } : {}),
    finishedAt: seconds(run.finishedAt),
  };
}

/** API times carry whole seconds. */
function seconds(date: string): string {
  return date.replace(/\.\d+Z$/, 'Z');
}

/** `10s`, `2m40s`, as Go prints it. */
function duration(ms: number): string {
  const total = Math.round(ms / 1000);
  const minutes = Math.floor(total / 60);
  return minutes > 0 ? `${minutes}m${total % 60}s` : `${total}s`;
}
