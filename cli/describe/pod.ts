import type { Container, ContainerStatus, Pod, PodSpec } from '../../api/types.ts';
import { list, pairs, texts } from './pairs.ts';

/** A pod: where it is, how it fares, and each container with its last words. */
export function podBody({ spec, status }: Pod): string[] {
  const lines = pairs({
    Node: spec?.nodeName ?? '<none>',
    Status: status?.phase,
    Reason: status?.reason,
    Message: status?.message,
    IP: status?.podIP,
  });
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return [...lines, ...containers(spec, new Map(all.map((one) => [one.name, one])))];
}

function container(spec: Container, status: ContainerStatus | undefined): string[] {
  const state = (name: 'state' | 'lastState') => {
    const { waiting, running, terminated } = status?.[name] ?? {};
    if (running) return `Running since ${running.startedAt}`;
    if (waiting) return ['Waiting', waiting.reason, waiting.message].filter(Boolean).join(', ');
    if (terminated)
      return `Ended: ${terminated.reason ?? 'Error'}, exit code ${terminated.exitCode}${terminated.message ? `, ${terminated.message}` : ''}`;
    return undefined;
  };
  return [
    `  ${spec.name}:`,
    ...pairs(
      {
        Image: spec.image,
        'Image ID': status?.imageID,
        Ports: spec.ports
          ?.map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`)
          .join(', '),
        State: state('state'),
        'Last state': state('lastState'),
        Ready: status ? String(status.ready) : undefined,
        Restarts: status?.restartCount,
        Requests: list(texts(spec.resources?.requests)),
        Limits: list(texts(spec.resources?.limits)),
        'Environment from': spec.envFrom
          ?.map(({ configMapRef, secretRef }) =>
            configMapRef ? `ConfigMap ${configMapRef.name}` : `Secret ${secretRef?.name}`,
          )
          .join(', '),
        Environment: spec.env
          ?.map(
            ({ name, value, valueFrom }) => `${name}=${value ?? `<from ${Object.keys(valueFrom ?? {})[0]}>`}`,
          )
          .join('\n'),
      },
      '    ',
    ),
  ];
}

/** The containers of a pod or of a template, those that go first in front. */
export function containers(
  spec: PodSpec | undefined,
  statuses: Map<string, ContainerStatus> = new Map(),
): string[] {
  const part = (title: string, some: Container[] | undefined) =>
    some?.length ? [title, ...some.flatMap((one) => container(one, statuses.get(one.name)))] : [];
  return [...part('Init containers:', spec?.initContainers), ...part('Containers:', spec?.containers)];
}
