import { podRequests } from '../../api/pods.ts';
import type { Container, Node, Pod } from '../../api/types.ts';
import type { Caps } from './caps.ts';

export interface Refusal {
  /** As the kubelet words it (`OutOfcpu`, `NodeAffinity` …), or `Forbidden` for what a home host never grants. */
  reason: string;
  message: string;
}

/** What a host looks at before it takes a pod on. */
export interface Premises {
  caps: Caps;
  /** Pods that already have their place here and are not over. */
  placed: Pod[];
  nodeName: string;
  node: Node | undefined;
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Whether this host takes the pod on, whatever the controller says: undefined, or why not. Pure. The owner's caps and the
 * host's safety are judged here a second time, because a controller may be wrong, behind, or not itself.
 */
export function admit(pod: Pod, premises: Premises): Refusal | undefined {
  return forbidden(pod) ?? misplaced(pod, premises) ?? tooBig(pod, premises);
}

function refuse(field: string, why: string): Refusal {
  return { reason: 'Forbidden', message: `${field}: ${why}. A home host never grants it` };
}

function forbidden(pod: Pod): Refusal | undefined {
  const { spec } = pod;
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const)
    if (spec?.[field]) return refuse(`spec.${field}`, "an app may not share the host's own");
  for (const [index, volume] of (spec?.volumes ?? []).entries())
    if (volume.hostPath)
      return refuse(`spec.volumes[${index}].hostPath`, "an app may not see the host's files");
  const groups: [string, Container[]][] = [
    ['initContainers', spec?.initContainers ?? []],
    ['containers', spec?.containers ?? []],
    ['ephemeralContainers', (spec?.ephemeralContainers ?? []) as Container[]],
  ];
  const names = new Set<string>();
  for (const [group, containers] of groups)
    for (const [index, container] of containers.entries()) {
      const path = `spec.${group}[${index}]`;
      if (names.has(container.name))
        return refuse(`${path}.name`, `${JSON.stringify(container.name)} is not a name of its own`);
      names.add(container.name);
      const refusal = forbiddenContainer(path, container);
      if (refusal) return refusal;
    }
  return undefined;
}

/** What no container may have, also one that comes while its pod runs. */
export function forbiddenContainer(path: string, container: Container): Refusal | undefined {
  // A name becomes a folder's name here.
  if (!dnsLabel.test(container.name))
    return refuse(`${path}.name`, `${JSON.stringify(container.name)} is no DNS label`);
  const security = container.securityContext;
  if (security?.privileged)
    return refuse(`${path}.securityContext.privileged`, 'the sandbox is not optional');
  if (security?.allowPrivilegeEscalation)
    return refuse(`${path}.securityContext.allowPrivilegeEscalation`, 'no process may gain rights');
  if (security?.capabilities?.add?.length)
    return refuse(`${path}.securityContext.capabilities.add`, 'all capabilities are dropped');
  if (security?.procMount && security.procMount !== 'Default')
    return refuse(`${path}.securityContext.procMount`, "the kernel's switches stay hidden");
  const port = (container.ports ?? []).findIndex(({ hostPort }) => hostPort !== undefined && hostPort !== 0);
  if (port >= 0)
    return refuse(`${path}.ports[${port}].hostPort`, 'no port of the host is opened; use a Service');
  return undefined;
}

function misplaced(pod: Pod, { node, nodeName }: Premises): Refusal | undefined {
  if (pod.spec?.nodeName !== nodeName)
    return {
      reason: 'NodeAffinity',
      message: `the pod is bound to ${pod.spec?.nodeName}, and this is ${nodeName}`,
    };
  const labels = node?.metadata?.labels;
  if (!labels) return undefined;
  const missing = Object.entries(pod.spec?.nodeSelector ?? {}).find(([key, value]) => labels[key] !== value);
  return missing
    ? {
        reason: 'NodeAffinity',
        message: `Predicate NodeAffinity failed: this node has no label ${missing.join('=')}`,
      }
    : undefined;
}

function tooBig(pod: Pod, { caps, placed }: Premises): Refusal | undefined {
  if (placed.length + 1 > caps.pods)
    return {
      reason: 'OutOfpods',
      message: `Node didn't have enough resource: pods, requested: 1, used: ${placed.length}, capacity: ${caps.pods}`,
    };
  const requests = podRequests(pod);
  const capacities: [string, number][] = [
    ['cpu', caps.cpuMillis],
    ['memory', caps.memoryBytes],
    ['ephemeral-storage', caps.diskBytes],
  ];
  for (const [resource, capacity] of capacities) {
    const requested = requests[resource] ?? 0;
    if (requested === 0) continue;
    const used = placed.reduce((sum, other) => sum + (podRequests(other)[resource] ?? 0), 0);
    if (used + requested > capacity)
      return {
        reason: `OutOf${resource}`,
        message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
      };
  }
  return undefined;
}
