import {
  backoffMs,
  configBackoffMs,
  crashBackoffMs,
  crashBackoffResetMs,
  pullBackoffMs,
  sandboxBackoffMs,
} from './backoff.ts';
import type { Action } from './decide.ts';
import type { LocalContainer, LocalEvent, LocalPod, Moment } from './local-pod.ts';

/**
 * Marks an action as under way, so that deciding again does not decide it again. Pure: returns the new state.
 * Actions that change nothing here (report, wait, forget …) give the state back.
 */
export function begin(actual: LocalPod, action: Action): LocalPod {
  switch (action.do) {
    case 'create-sandbox':
      return { ...actual, sandbox: 'creating' };
    case 'remove-sandbox':
      return { ...actual, sandbox: 'removing' };
    case 'pull':
      return withContainer(actual, action.container, (container) => ({
        ...container,
        state: 'pulling',
        exit: undefined,
        last: container.exit ?? container.last,
      }));
    case 'start':
      return withContainer(actual, action.container, (container) => ({ ...container, state: 'starting' }));
    case 'stop':
      return withContainer(actual, action.container, (container) => ({
        ...container,
        state: 'stopping',
        stopGraceMs: action.graceMs,
      }));
    case 'report':
      return { ...actual, status: action.status };
    case 'fail':
      return { ...actual, failed: { reason: action.reason, message: action.message } };
    case 'delete':
      return { ...actual, deleting: true };
    default:
      return actual;
  }
}

/** The pod after something happened. Pure: returns the new state. Events that no longer apply change nothing. */
export function reduce(actual: LocalPod, event: LocalEvent, moment: Moment): LocalPod {
  switch (event.type) {
    case 'sandbox-created':
      return { ...actual, sandbox: 'live', sandboxFailures: 0, sandboxTrouble: undefined };
    case 'sandbox-failed': {
      const failures = actual.sandboxFailures + 1;
      return {
        ...actual,
        sandbox: 'none',
        sandboxFailures: failures,
        sandboxNotBefore: moment.now + backoffMs(sandboxBackoffMs, failures),
        sandboxTrouble: event.message,
      };
    }
    case 'sandbox-removed':
      return endAll({ ...actual, sandbox: 'none' }, { code: 137, reason: 'Error' }, moment);
    case 'sandbox-lost':
      return lose(actual, event.message, moment);
    case 'failed':
      return { ...actual, failed: { reason: event.reason, message: event.message } };
    case 'delete-failed':
      return { ...actual, deleting: false };
    default:
      return withContainer(actual, event.container, (container) => reduceContainer(container, event, moment));
  }
}

type ContainerEvent = Extract<LocalEvent, { container: string }>;

function reduceContainer(container: LocalContainer, event: ContainerEvent, moment: Moment): LocalContainer {
  const { state } = container;
  switch (event.type) {
    case 'pulled':
      if (state !== 'pulling') return container;
      return { ...container, state: 'pulled', image: event.image, failures: 0, trouble: undefined };
    case 'pull-failed':
      if (state !== 'pulling') return container;
      return hold(container, event, pullBackoffMs, moment);
    case 'pull-cancelled':
      return state === 'pulling' ? { ...container, state: 'waiting' } : container;
    case 'start-held':
      if (state !== 'starting') return container;
      return hold(container, event, configBackoffMs, moment);
    case 'started':
      if (state !== 'starting') return container;
      return {
        ...container,
        state: 'running',
        id: event.id,
        starts: container.starts + 1,
        startedAt: moment.date,
        startedNow: moment.now,
        crashDelayMs: container.crashDelayMs
          ? Math.min(crashBackoffMs.max, container.crashDelayMs * 2)
          : container.starts > 0
            ? crashBackoffMs.first
            : 0,
        failures: 0,
        trouble: undefined,
        startupPassed: false,
        readinessPassed: false,
        unhealthy: undefined,
        stopGraceMs: undefined,
      };
    case 'exited':
      return end(container, event, moment);
    case 'probed':
      if (state !== 'running') return container;
      return event.probe === 'startup'
        ? { ...container, startupPassed: event.passed }
        : { ...container, readinessPassed: event.passed };
    case 'unhealthy':
      if (state !== 'running') return container;
      return { ...container, unhealthy: { message: event.message, graceMs: event.graceMs } };
  }
}

function hold(
  container: LocalContainer,
  { reason, message }: { reason: string; message: string },
  delays: { first: number; max: number },
  moment: Moment,
): LocalContainer {
  const failures = container.failures + 1;
  return {
    ...container,
    state: 'waiting',
    failures,
    trouble: { reason, message },
    notBefore: moment.now + backoffMs(delays, failures),
  };
}

function end(
  container: LocalContainer,
  exit: { code: number; reason: string; message?: string },
  moment: Moment,
): LocalContainer {
  if (!['starting', 'running', 'stopping'].includes(container.state)) return container;
  // A start that never came to run still was an attempt: it counts, or a broken image would be tried without a pause.
  const neverRan = container.state === 'starting';
  const starts = neverRan ? container.starts + 1 : container.starts;
  const proven = !neverRan && moment.now - container.startedNow >= crashBackoffResetMs;
  const delay = proven
    ? 0
    : neverRan && container.starts > 0
      ? Math.min(crashBackoffMs.max, container.crashDelayMs * 2 || crashBackoffMs.first)
      : container.crashDelayMs;
  return {
    ...container,
    state: 'exited',
    starts,
    crashDelayMs: delay,
    notBefore: moment.now + delay,
    exit: {
      code: exit.code,
      reason: exit.reason,
      message: exit.message,
      id: neverRan ? undefined : container.id,
      startedAt: neverRan ? moment.date : container.startedAt,
      finishedAt: moment.date,
    },
    startupPassed: false,
    readinessPassed: false,
    unhealthy: undefined,
    stopGraceMs: undefined,
  };
}

/** Nothing can live in a sandbox that is gone. */
function endAll(
  actual: LocalPod,
  exit: { code: number; reason: string; message?: string },
  moment: Moment,
): LocalPod {
  const containers = Object.entries(actual.containers).map(([name, container]) => [
    name,
    end(container, exit, moment),
  ]);
  return { ...actual, containers: Object.fromEntries(containers) as Record<string, LocalContainer> };
}

/**
 * A lost sandbox is nobody's crash: what ran is started again at once and without growing the backoff. Init containers run again
 * too, since what they prepared is gone.
 */
function lose(actual: LocalPod, message: string, moment: Moment): LocalPod {
  const ended = endAll(
    { ...actual, sandbox: 'none', sandboxNotBefore: 0 },
    { code: 137, reason: 'ContainerStatusUnknown', message },
    moment,
  );
  const containers = Object.entries(ended.containers).map(([name, container]) => {
    const wasLive = container !== actual.containers[name];
    if (wasLive) return [name, { ...container, notBefore: moment.now }];
    const didItsWork = container.init && container.state === 'exited';
    if (didItsWork)
      return [name, { ...container, state: 'waiting', exit: undefined, last: container.exit, notBefore: 0 }];
    return [name, container];
  });
  return { ...ended, containers: Object.fromEntries(containers) as Record<string, LocalContainer> };
}

function withContainer(
  actual: LocalPod,
  name: string,
  change: (container: LocalContainer) => LocalContainer,
): LocalPod {
  const container = actual.containers[name];
  if (!container) return actual;
  const changed = change(container);
  if (changed === container) return actual;
  return { ...actual, containers: { ...actual.containers, [name]: changed } };
}
