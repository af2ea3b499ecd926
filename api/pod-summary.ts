import { isConditionTrue } from './conditions.ts';
import { isPodReady, isPodTerminal, isPodTerminating, isSidecar } from './pods.ts';
import type { ContainerStateTerminated, ContainerStatus, Pod } from './types.ts';

/** A pod in one line, as kubectl tells it. */
export interface PodSummary {
  /** `Running`, `CrashLoopBackOff`, `Init:0/1`, `Terminating`, … */
  status: string;
  /** How many containers are ready, and how many there are. */
  ready: number;
  containers: number;
  restarts: number;
  /** When the last container that was restarted had ended. */
  lastRestart: string | undefined;
}

/** What kubectl puts in the columns READY, STATUS and RESTARTS. Source: k8s.io/kubernetes/pkg/printers printPod */
export function podSummary(pod: Pod): PodSummary {
  const init = initSummary(pod);
  const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar).length;
  const summary: PodSummary = {
    status: init.status ?? phaseStatus(pod),
    ready: init.ready,
    containers: (pod.spec?.containers ?? []).length + sidecars,
    restarts: init.restarts,
    lastRestart: init.lastRestart,
  };
  if (init.status === undefined || isConditionTrue(pod.status?.conditions, 'Initialized')) {
    // Once the pod is under way, what its init containers went through no longer counts; sidecars do.
    summary.restarts = init.sidecarRestarts;
    summary.lastRestart = init.lastSidecarRestart;
    addContainers(summary, pod);
  }
  if (isPodTerminating(pod) && pod.status?.reason === 'NodeLost') summary.status = 'Unknown';
  else if (isPodTerminating(pod) && !isPodTerminal(pod)) summary.status = 'Terminating';
  return summary;
}

function phaseStatus({ status }: Pod): string {
  const gated = status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return gated ? 'SchedulingGated' : status?.reason || status?.phase || 'Pending';
}

interface InitSummary {
  /** Why the pod is not past its init containers; undefined where it is. */
  status: string | undefined;
  ready: number;
  restarts: number;
  lastRestart: string | undefined;
  sidecarRestarts: number;
  lastSidecarRestart: string | undefined;
}

function initSummary({ spec, status }: Pod): InitSummary {
  const summary: InitSummary = {
    status: undefined,
    ready: 0,
    restarts: 0,
    lastRestart: undefined,
    sidecarRestarts: 0,
    lastSidecarRestart: undefined,
  };
  const sidecars = new Set((spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(container.name);
    const ended = container.lastState?.terminated?.finishedAt;
    summary.restarts += container.restartCount ?? 0;
    summary.lastRestart = later(summary.lastRestart, ended);
    if (sidecar) {
      summary.sidecarRestarts += container.restartCount ?? 0;
      summary.lastSidecarRestart = later(summary.lastSidecarRestart, ended);
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) summary.ready += 1;
      continue;
    }
    if (terminated) summary.status = `Init:${terminated.reason || exitText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing')
      summary.status = `Init:${waiting.reason}`;
    else summary.status = `Init:${index}/${spec?.initContainers?.length ?? 0}`;
    break;
  }
  return summary;
}

/** The first container that has something to say decides, so they are read from the last to the first. */
function addContainers(summary: PodSummary, pod: Pod): void {
  let running = false;
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    summary.restarts += container.restartCount ?? 0;
    summary.lastRestart = later(summary.lastRestart, container.lastState?.terminated?.finishedAt);
    const said = containerReason(container);
    if (said !== undefined) summary.status = said;
    else if (container.ready && container.state?.running) {
      running = true;
      summary.ready += 1;
    }
  }
  if (summary.status === 'Completed' && running) summary.status = isPodReady(pod) ? 'Running' : 'NotReady';
}

function containerReason({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason;
  return state?.terminated ? state.terminated.reason || exitText(state.terminated) : undefined;
}

function exitText({ signal, exitCode }: ContainerStateTerminated): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(a) < Date.parse(b) ? b : a;
}
