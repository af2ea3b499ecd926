import type { Pod, PodStatus } from '../../api/types.ts';
import { containersOf, graceMsOf, initContainersOf } from './pod-spec.ts';

/** An instant on both clocks: `now` (monotonic milliseconds) to measure with, `date` (RFC 3339) to write down. */
export interface Moment {
  now: number;
  date: string;
}

export interface EndedRun {
  code: number;
  reason: string;
  message?: string;
  id?: string;
  startedAt?: string;
  finishedAt: string;
}

/** waiting → pulling → pulled → starting → running → (stopping →) exited → pulling → … */
export type ContainerPhase =
  'waiting' | 'pulling' | 'pulled' | 'starting' | 'running' | 'stopping' | 'exited';

/** What this host knows of one container: plain data, kept on disk. */
export interface LocalContainer {
  state: ContainerPhase;
  /** Runs before the main containers. */
  init: boolean;
  /** Why the last attempt to pull or start led nowhere, in Kubernetes' words. */
  trouble?: { reason: string; message: string };
  /** Failures in a row of pulling or starting. */
  failures: number;
  /** Nothing is tried before this instant of the monotonic clock. */
  notBefore: number;
  /** The delay before the restart after the next end. */
  crashDelayMs: number;
  /** When it was last started, on the monotonic clock. */
  startedNow: number;
  /** How often it was started. `restartCount` is one less. */
  starts: number;
  id?: string;
  image?: { reference: string; digest: string };
  startedAt?: string;
  exit?: EndedRun;
  /** The run before this one. */
  last?: EndedRun;
  startupPassed: boolean;
  readinessPassed: boolean;
  /** Set when a liveness or startup probe gave up on it. */
  unhealthy?: { message: string; graceMs?: number };
  /** The grace that a stop in progress was given. */
  stopGraceMs?: number;
}

/** What this host knows of one pod: plain data, kept on disk. */
export interface LocalPod {
  uid: string;
  namespace: string;
  name: string;
  podIP?: string;
  hostIP?: string;
  /** When this host took the pod on. */
  startTime: string;
  startNow: number;
  sandbox: 'none' | 'creating' | 'live' | 'removing';
  sandboxFailures: number;
  sandboxNotBefore: number;
  sandboxTrouble?: string;
  containers: Record<string, LocalContainer>;
  /** Set once the host has given the pod up: refused on arrival, or past its deadline. */
  failed?: { reason: string; message: string };
  /** Grace for a pod that vanished from the API and so has no spec to ask any more. */
  graceMs: number;
  /** The last status worked out, whether or not it has reached the API. */
  status?: PodStatus;
  /** The final delete is under way. */
  deleting: boolean;
}

/** What happened to a pod's parts. */
export type LocalEvent =
  | { type: 'sandbox-created' }
  | { type: 'sandbox-failed'; message: string }
  | { type: 'sandbox-removed' }
  /** The sandbox and all in it are gone without our doing: a reboot, a crash of the driver. */
  | { type: 'sandbox-lost'; message: string }
  | { type: 'pulled'; container: string; image: { reference: string; digest: string } }
  | { type: 'pull-failed'; container: string; reason: string; message: string }
  | { type: 'pull-cancelled'; container: string }
  | { type: 'started'; container: string; id: string }
  /** The start cannot be tried yet (a ConfigMap is missing …): a reason such as CreateContainerConfigError. */
  | { type: 'start-held'; container: string; reason: string; message: string }
  | { type: 'exited'; container: string; code: number; reason: string; message?: string }
  | { type: 'probed'; container: string; probe: 'startup' | 'readiness'; passed: boolean }
  | { type: 'unhealthy'; container: string; message: string; graceMs?: number }
  | { type: 'failed'; reason: string; message: string }
  | { type: 'delete-failed' };

function newLocalContainer(init: boolean): LocalContainer {
  return {
    state: 'waiting',
    init,
    failures: 0,
    notBefore: 0,
    crashDelayMs: 0,
    startedNow: 0,
    starts: 0,
    startupPassed: false,
    readinessPassed: false,
  };
}

/** What a host knows of a pod it has just been given: nothing runs. */
export function newLocalPod(pod: Pod, moment: Moment): LocalPod {
  return withNewContainers(
    {
      uid: pod.metadata?.uid ?? '',
      namespace: pod.metadata?.namespace ?? 'default',
      name: pod.metadata?.name ?? '',
      startTime: moment.date,
      startNow: moment.now,
      sandbox: 'none',
      sandboxFailures: 0,
      sandboxNotBefore: 0,
      containers: {},
      graceMs: graceMsOf(pod),
      deleting: false,
    },
    pod,
  );
}

/** The pod with what it has been given since: ephemeral containers come while it runs. The very same where nothing came. */
export function withNewContainers(actual: LocalPod, pod: Pod): LocalPod {
  const added = containersOf(pod).filter(({ name }) => !Object.hasOwn(actual.containers, name));
  if (added.length === 0) return actual;
  const init = new Set(initContainersOf(pod));
  const containers = added.map((each) => [each.name, newLocalContainer(init.has(each))] as const);
  return { ...actual, containers: { ...actual.containers, ...Object.fromEntries(containers) } };
}

/** Containers that have, or may have, a process. */
export function liveContainers(actual: LocalPod): string[] {
  return Object.entries(actual.containers)
    .filter(([, { state }]) => state === 'running' || state === 'starting' || state === 'stopping')
    .map(([name]) => name);
}
