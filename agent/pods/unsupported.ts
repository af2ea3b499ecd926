import type { Container, Pod } from '../../api/types.ts';
import { forbiddenContainer } from '../node/admission.ts';
import type { Capabilities } from '../sandbox/sandbox.ts';
import { initContainersOf, isEphemeral, mainContainersOf } from './pod-spec.ts';
import { unsupportedProbe } from './probes/check.ts';

/**
 * Names the first thing a container asks for that this sandbox cannot do; undefined if it can do it all. Such a container
 * waits with CreateContainerConfigError, visibly, rather than running as something else than what was asked.
 */
export function unsupported(pod: Pod, container: Container, capabilities: Capabilities): string | undefined {
  const path = pathOf(pod, container);
  // Judged when the pod came, too, but ephemeral containers come later.
  const forbidden = forbiddenContainer(path, container);
  if (forbidden) return forbidden.message;
  if (isEphemeral(container, pod) && !capabilities.exec)
    return `${path} is not supported by this sandbox: it runs one program, and nothing can look into it. Give the pod runtimeClassName: podman`;
  if (container.lifecycle?.preStop)
    return `${path}.lifecycle.preStop is not supported: the container gets SIGTERM and its grace period`;
  if (container.lifecycle?.postStart)
    return `${path}.lifecycle.postStart is not supported: use a startupProbe`;
  if (container.lifecycle?.stopSignal) return `${path}.lifecycle.stopSignal is not supported: it is SIGTERM`;
  if (container.volumeMounts?.length)
    return `${path}.volumeMounts is not supported: pass configuration as environment (env, envFrom)`;
  if (container.volumeDevices?.length) return `${path}.volumeDevices is not supported`;
  if ((container.stdin || container.tty) && !capabilities.exec)
    return `${path}.${container.stdin ? 'stdin' : 'tty'} is not supported by this sandbox: it has no terminals`;
  for (const field of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
    const probe = container[field];
    const reason = probe && unsupportedProbe(`${path}.${field}`, probe, capabilities.exec);
    if (reason) return reason;
  }
  return undefined;
}

function pathOf(pod: Pod, container: Container): string {
  const lists = {
    initContainers: initContainersOf(pod),
    containers: mainContainersOf(pod),
    ephemeralContainers: pod.spec?.ephemeralContainers ?? [],
  };
  const found = Object.entries(lists).flatMap(([list, containers]) => {
    const index = containers.findIndex(({ name }) => name === container.name);
    return index < 0 ? [] : [`spec.${list}[${index}]`];
  });
  return found[0] ?? 'spec';
}
