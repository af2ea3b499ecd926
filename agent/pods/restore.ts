import { reduce } from './reduce.ts';
import type { LocalContainer, LocalPod, Moment } from './local-pod.ts';

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
    return had ? reduce(pod, { type: 'sandbox-lost', message }, moment) : pod;
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
