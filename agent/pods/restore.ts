import type { Pod } from '../../api/types.ts';
import { newLocalPod, type LocalContainer, type LocalPod, type Moment } from './local-pod.ts';
import { reduce } from './reduce.ts';

/**
 * What is true of a pod after the agent was away: the state on disk set right by what still lives. Pure.
 *
 * @param saved the state on disk
 * @param alive ids of the live containers by name, if the pod's sandbox outlived the agent
 */
export function restore(
  saved: LocalPod,
  alive: ReadonlyMap<string, string> | undefined,
  moment: Moment,
): LocalPod {
  const containers = Object.entries(saved.containers).map(([name, container]) => [
    name,
    settle(container, alive?.get(name), moment),
  ]);
  const pod: LocalPod = {
    ...saved,
    deleting: false,
    sandboxFailures: 0,
    sandboxNotBefore: 0,
    // The monotonic clock began anew; the wall clock is all that is left to tell how long the pod has been active.
    startNow: moment.now - Math.max(0, Date.parse(moment.date) - Date.parse(saved.startTime)),
    containers: Object.fromEntries(containers) as Record<string, LocalContainer>,
  };
  if (!alive) {
    const had = saved.sandbox !== 'none';
    const message = 'The sandbox was gone when the agent came back';
    return had ? reduce(withoutBlame(pod), { type: 'sandbox-lost', message }, moment) : pod;
  }
  // One container of a live sandbox may have ended while nobody looked.
  return Object.entries(pod.containers).reduce<LocalPod>(
    (state, [name, { state: phase }]) =>
      phase === 'running' && !alive.has(name)
        ? reduce(
            state,
            {
              type: 'exited',
              container: name,
              code: 137,
              reason: 'ContainerStatusUnknown',
              message: 'The container ended while the agent was away',
            },
            moment,
          )
        : state,
    { ...pod, sandbox: 'live' },
  );
}

/** What ended with its host has not crashed: however often the host goes, it starts again without a pause. */
function withoutBlame(pod: LocalPod): LocalPod {
  const containers = Object.entries(pod.containers).map(([name, container]) => [
    name,
    container.state === 'running' ? { ...container, crashDelayMs: 0 } : container,
  ]);
  return { ...pod, containers: Object.fromEntries(containers) as Record<string, LocalContainer> };
}

/**
 * What is known of a pod whose file this host has lost but which the API says has run here: that it did, how often, and under
 * which address. Nothing of it lives any more. Pure.
 */
export function recall(pod: Pod, moment: Moment): LocalPod {
  const local = newLocalPod(pod, moment);
  const {
    containerStatuses = [],
    initContainerStatuses = [],
    ephemeralContainerStatuses = [],
    podIP,
  } = pod.status ?? {};
  const ran = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].filter(
    ({ name, containerID }) => containerID && local.containers[name],
  );
  if (ran.length === 0) return local;
  const containers = { ...local.containers };
  for (const { name, restartCount, containerID, state } of ran)
    containers[name] = {
      ...containers[name]!,
      state: 'running',
      starts: restartCount + 1,
      id: containerID,
      startedAt: state?.running?.startedAt ?? state?.terminated?.startedAt ?? moment.date,
    };
  return restore({ ...local, podIP, sandbox: 'live', containers }, undefined, moment);
}

function settle(container: LocalContainer, id: string | undefined, moment: Moment): LocalContainer {
  const fresh = { ...container, notBefore: 0, failures: 0, trouble: undefined, stopGraceMs: undefined };
  switch (container.state) {
    case 'pulling':
    case 'pulled':
      return { ...fresh, state: 'waiting' };
    case 'starting':
      // Killed between the start and the note of it: it counts as started, for it may have run.
      return id
        ? {
            ...fresh,
            state: 'running',
            id,
            starts: container.starts + 1,
            startedAt: moment.date,
            startedNow: moment.now,
          }
        : { ...fresh, state: 'waiting' };
    case 'running':
    case 'stopping':
      return {
        ...fresh,
        state: 'running',
        id: id ?? container.id,
        startedNow:
          moment.now - Math.max(0, Date.parse(moment.date) - Date.parse(container.startedAt ?? moment.date)),
      };
    default:
      return fresh;
  }
}
