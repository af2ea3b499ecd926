import { isConditionTrue } from './conditions.ts';
import { addAmounts, amountsOf, maxAmounts } from './resources.ts';
import type { Amounts } from './resources.ts';
import type { Container, ContainerStatus, Pod } from './types.ts';

/**
 * What a node must have free for this pod: its containers together, or its hungriest init container if that needs more,
 * and the pod's overhead. Units as in `Amounts` (`cpu` in thousandths, `memory` in bytes).
 *
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequests({ spec }: Pod): Amounts {
  let running: Amounts = {};
  for (const container of spec?.containers ?? [])
    running = addAmounts(running, amountsOf(container.resources?.requests));
  let sidecars: Amounts = {};
  let starting: Amounts = {};
  for (const container of spec?.initContainers ?? []) {
    const own = amountsOf(container.resources?.requests);
    if (isSidecar(container)) {
      sidecars = addAmounts(sidecars, own);
      starting = maxAmounts(starting, sidecars);
    } else {
      starting = maxAmounts(starting, addAmounts(sidecars, own));
    }
  }
  const containers = maxAmounts(addAmounts(running, sidecars), starting);
  // A whole pod's own resources, where given, stand in for the sum of its containers'.
  const whole = { ...containers, ...amountsOf(spec?.resources?.requests) };
  return addAmounts(whole, amountsOf(spec?.overhead));
}

/** An init container that starts first and stays: `restartPolicy: Always`. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** Whether the pod's condition `Ready` is `True`. */
export function isPodReady(pod: Pod): boolean {
  return isConditionTrue(pod.status?.conditions, 'Ready');
}

/** Whether the pod is over for good: `Succeeded` or `Failed`. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Whether someone has asked for its end. */
export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

/** Neither over nor ending: what a ReplicaSet counts. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && !isPodTerminating(pod);
}

/** The status of the container of this name, ordinary or init. */
export function containerStatus(pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses } = pod.status ?? {};
  return [...(containerStatuses ?? []), ...(initContainerStatuses ?? [])].find((each) => each.name === name);
}

/**
 * Which pods a node under pressure ends last: `Guaranteed` where every container's requests and limits of CPU and memory
 * are set and the same, `BestEffort` where none has any, `Burstable` between.
 */
export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].map(
    ({ resources }) => [amountsOf(resources?.requests), amountsOf(resources?.limits)] as const,
  );
  const counted = ['cpu', 'memory'];
  if (!containers.some(([requests, limits]) => counted.some((name) => requests[name] || limits[name])))
    return 'BestEffort';
  const guaranteed = containers.every(([requests, limits]) =>
    counted.every((name) => limits[name] && (requests[name] ?? limits[name]) === limits[name]),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
