import type { Container, Pod } from '../../api/types.ts';
import type { Capabilities } from '../sandbox/sandbox.ts';
import { initContainersOf, mainContainersOf } from './pod-spec.ts';
import { unsupportedProbe } from './probes/check.ts';

/**
 * Names the first thing a container asks for that this sandbox cannot do; undefined if it can do it all. Such a container
 * waits with CreateContainerConfigError, visibly, rather than running as something else than what was asked.
 */
export function unsupported(pod: Pod, container: Container, capabilities: Capabilities): string | undefined {
  const path = pathOf(pod, container);
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
  const init = initContainersOf(pod).indexOf(container);
  return init >= 0
    ? `spec.initContainers[${init}]`
    : `spec.containers[${mainContainersOf(pod).indexOf(container)}]`;
}
