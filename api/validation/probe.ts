import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import type { Container, HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../types.ts';
import { isPortNumber, portName, portRange } from './names.ts';
import { atLeast, named, notNegative, oneOf } from './rules.ts';

/** A container's three probes and its lifecycle hooks. */
export function validateProbes(field: string, container: Container): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  return [
    ...validateProbe(child(field, 'livenessProbe'), livenessProbe),
    ...validateProbe(child(field, 'readinessProbe'), readinessProbe),
    ...validateProbe(child(field, 'startupProbe'), startupProbe),
    ...onlyOneSuccess(child(field, 'livenessProbe'), livenessProbe),
    ...onlyOneSuccess(child(field, 'startupProbe'), startupProbe),
    ...(readinessProbe?.terminationGracePeriodSeconds === undefined
      ? []
      : [
          invalidValue(
            child(field, 'readinessProbe.terminationGracePeriodSeconds'),
            readinessProbe.terminationGracePeriodSeconds,
            'must not be set for readinessProbes',
          ),
        ]),
    ...validateLifecycle(child(field, 'lifecycle'), lifecycle),
  ];
}

function validateProbe(field: string, probe: Probe | undefined): FieldError[] {
  if (!probe) return [];
  return [
    ...validateHandler(field, probe, ['exec', 'httpGet', 'tcpSocket', 'grpc']),
    ...validatePort(child(field, 'grpc.port'), probe.grpc?.port),
    ...notNegative(child(field, 'initialDelaySeconds'), probe.initialDelaySeconds),
    ...notNegative(child(field, 'timeoutSeconds'), probe.timeoutSeconds),
    ...notNegative(child(field, 'periodSeconds'), probe.periodSeconds),
    ...notNegative(child(field, 'successThreshold'), probe.successThreshold),
    ...notNegative(child(field, 'failureThreshold'), probe.failureThreshold),
    ...atLeast(child(field, 'terminationGracePeriodSeconds'), probe.terminationGracePeriodSeconds, 1),
  ];
}

function onlyOneSuccess(field: string, probe: Probe | undefined): FieldError[] {
  const threshold = probe?.successThreshold ?? 1;
  return threshold === 1 ? [] : [invalidValue(child(field, 'successThreshold'), threshold, 'must be 1')];
}

function validateLifecycle(field: string, lifecycle: Lifecycle | undefined): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = lifecycle?.[hook];
    return handler
      ? validateHandler(child(field, hook), handler, ['exec', 'httpGet', 'tcpSocket', 'sleep'])
      : [];
  });
}

type HandlerName = 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep';

/** Exactly one of the ways to ask. */
function validateHandler(
  field: string,
  handler: Probe & LifecycleHandler,
  names: HandlerName[],
): FieldError[] {
  const given = names.filter((name) => handler[name] !== undefined);
  if (given.length === 0)
    return [required(field, `must specify a handler type (one of ${names.join(', ')})`)];
  const { exec, httpGet, tcpSocket } = handler;
  return [
    ...given
      .slice(1)
      .map((name) => forbiddenField(child(field, name), 'may not specify more than 1 handler type')),
    ...(exec && !exec.command?.length ? [required(child(field, 'exec.command'))] : []),
    ...validateHttpGet(child(field, 'httpGet'), httpGet),
    ...(tcpSocket ? validatePort(child(field, 'tcpSocket.port'), tcpSocket.port) : []),
  ];
}

function validateHttpGet(field: string, get: HTTPGetAction | undefined): FieldError[] {
  if (!get) return [];
  return [
    ...(get.path === '' ? [required(child(field, 'path'))] : []),
    ...validatePort(child(field, 'port'), get.port),
    ...oneOf(child(field, 'scheme'), get.scheme, ['HTTP', 'HTTPS']),
  ];
}

/** A port by number, or by the name of a container's port. */
export function validatePort(field: string, port: number | string | undefined): FieldError[] {
  if (port === undefined) return [];
  if (typeof port === 'string') return named(field, port, portName);
  return isPortNumber(port) ? [] : [invalidValue(field, port, portRange)];
}
