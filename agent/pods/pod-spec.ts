import type { Container, EphemeralContainer, Pod } from '../../api/types.ts';

/** The grace a pod gets where nothing says otherwise, as in Kubernetes. */
export const defaultGraceSeconds = 30;

export function initContainersOf(pod: Pod): Container[] {
  return pod.spec?.initContainers ?? [];
}

export function mainContainersOf(pod: Pod): Container[] {
  return pod.spec?.containers ?? [];
}

/** What was added to look into the running pod: started once, and nothing waits for it. */
export function ephemeralContainersOf(pod: Pod): EphemeralContainer[] {
  const taken = new Set([...initContainersOf(pod), ...mainContainersOf(pod)].map(({ name }) => name));
  // The name is what tells one from another here, whatever the API let pass.
  return (pod.spec?.ephemeralContainers ?? []).filter(({ name }) => !taken.has(name));
}

export function containersOf(pod: Pod): Container[] {
  return [...initContainersOf(pod), ...mainContainersOf(pod), ...(ephemeralContainersOf(pod) as Container[])];
}

export function isEphemeral(container: Container, pod: Pod): boolean {
  return ephemeralContainersOf(pod).some(({ name }) => name === container.name);
}

export function containerNamed(pod: Pod, name: string): Container | undefined {
  return containersOf(pod).find((container) => container.name === name);
}

/** An init container with `restartPolicy: Always`: starts before the others and stays. */
export function isSidecar(container: Container, pod: Pod): boolean {
  return container.restartPolicy === 'Always' && initContainersOf(pod).includes(container);
}

/** How long the pod's containers may take to end, in milliseconds. The one who deletes may shorten it. */
export function graceMsOf(pod: Pod): number {
  const seconds =
    pod.metadata?.deletionGracePeriodSeconds ??
    pod.spec?.terminationGracePeriodSeconds ??
    defaultGraceSeconds;
  return Math.max(0, seconds) * 1000;
}
