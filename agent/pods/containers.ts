import type { Container, Pod } from '../../api/types.ts';
import type { LocalContainer, LocalPod } from './local-pod.ts';
import { initContainersOf, isEphemeral, isSidecar, mainContainersOf } from './pod-spec.ts';

/** Whether a container that has ended is to run again, by the pod's restartPolicy. */
export function willRestart(pod: Pod, container: Container, local: LocalContainer): boolean {
  if (pod.metadata?.deletionTimestamp || isEphemeral(container, pod)) return false;
  if (isSidecar(container, pod)) return true;
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const failed = local.exit !== undefined && local.exit.code !== 0;
  // An init container that succeeded has done its work, whatever the policy.
  if (initContainersOf(pod).includes(container)) return failed && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && failed);
}

/** An init container that no longer holds the others back. */
export function isInitialised(pod: Pod, container: Container, local: LocalContainer): boolean {
  if (isSidecar(container, pod)) return isStarted(container, local);
  return local.state === 'exited' && local.exit?.code === 0;
}

export function allInitialised(pod: Pod, actual: LocalPod): boolean {
  return initContainersOf(pod).every((container) => {
    const local = actual.containers[container.name];
    return local !== undefined && isInitialised(pod, container, local);
  });
}

/** Runs, and its startup probe (if it has one) has passed. */
export function isStarted(container: Container, local: LocalContainer): boolean {
  return local.state === 'running' && (!container.startupProbe || local.startupPassed);
}

/** Started, and its readiness probe (if it has one) says so. */
export function isReady(container: Container, local: LocalContainer): boolean {
  return isStarted(container, local) && (!container.readinessProbe || local.readinessPassed);
}

/** `Succeeded` or `Failed` once every container has ended for good; undefined while something runs or will. */
export function finalPhase(pod: Pod, actual: LocalPod): 'Succeeded' | 'Failed' | undefined {
  const over = (container: Container) => {
    const local = actual.containers[container.name];
    return local?.state === 'exited' && !willRestart(pod, container, local);
  };
  const exitCode = (container: Container) => actual.containers[container.name]?.exit?.code;
  const brokenInit = initContainersOf(pod).some(
    (container) => !isSidecar(container, pod) && over(container) && exitCode(container) !== 0,
  );
  if (brokenInit) return 'Failed';
  const main = mainContainersOf(pod);
  if (!main.every(over)) return undefined;
  return main.every((container) => exitCode(container) === 0) ? 'Succeeded' : 'Failed';
}
