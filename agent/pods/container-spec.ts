import { amountOf } from '../../api/resources.ts';
import type { Container } from '../../api/types.ts';
import type { ContainerSpec, LocalImage } from '../sandbox/sandbox.ts';
import { expand } from './env.ts';

/** A container as a sandbox takes it: everything resolved, `$(NAME)` expanded in its command. */
export function containerSpec(
  container: Container,
  image: LocalImage,
  env: Record<string, string>,
  output: ContainerSpec['output'],
): ContainerSpec {
  const limits = container.resources?.limits;
  const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  const probed = probes.map((probe) => probe?.httpGet?.port ?? probe?.tcpSocket?.port);
  const declared = (container.ports ?? []).map(({ containerPort }) => containerPort);
  return {
    name: container.name,
    image,
    command: container.command?.map((word) => expand(word, env)),
    args: container.args?.map((word) => expand(word, env)),
    env,
    ports: [...new Set([...declared, ...probed.filter((port) => typeof port === 'number')])],
    memoryBytesMax: limits?.['memory'] === undefined ? undefined : amountOf('memory', limits['memory']),
    cpuMillisMax: limits?.['cpu'] === undefined ? undefined : amountOf('cpu', limits['cpu']),
    ...(container.stdin && { stdin: true }),
    ...(container.tty && { tty: true }),
    output,
  };
}
