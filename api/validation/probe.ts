import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import type { Container, HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../types.ts';
import { httpHeaderName, isPortNumber, portNameProblems, portRange } from './names.ts';
import { named, notNegative, oneOf } from './rules.ts';

/** A container's three probes and its lifecycle hooks. */
export function validateProbes(field: string, container: Container, graceSeconds?: number): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  return [
    ...validateLifecycle(child(field, 'lifecycle'), lifecycle, graceSeconds),
    ...validateProbe(child(field, 'livenessProbe'), livenessProbe),
    ...onlyOneSuccess(child(field, 'livenessProbe'), livenessProbe),
    ...validateProbe(child(field, 'readinessProbe'), readinessProbe),
    ...(readinessProbe?.terminationGracePeriodSeconds === undefined
      ? []
      : [
          invalidValue(
            child(field, 'readinessProbe.terminationGracePeriodSeconds'),
            readinessProbe.terminationGracePeriodSeconds,
            'must not be set for readinessProbes',
          ),
        ]),
    ...validateProbe(child(field, 'startupProbe'), startupProbe),
    ...onlyOneSuccess(child(field, 'startupProbe'), startupProbe),
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
    ...(probe.terminationGracePeriodSeconds !== undefined && probe.terminationGracePeriodSeconds <= 0
      ? [
          invalidValue(
            child(field, 'terminationGracePeriodSeconds'),
            probe.terminationGracePeriodSeconds,
            'must be greater than 0',
          ),
        ]
      : []),
  ];
}

function onlyOneSuccess(field: string, probe: Probe | undefined): FieldError[] {
  const threshold = probe?.successThreshold ?? 1;
  return threshold === 1 ? [] : [invalidValue(child(field, 'successThreshold'), threshold, 'must be 1')];
}

function validateLifecycle(
  field: string,
  lifecycle: Lifecycle | undefined,
  graceSeconds: number | undefined,
): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((hook) => {
    const handler = lifecycle?.[hook];
    return handler
      ? validateHandler(child(field, hook), handler, ['exec', 'httpGet', 'tcpSocket', 'sleep'], graceSeconds)
      : [];
  });
}

type HandlerName = 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep';

/** Exactly one of the ways to ask. */
function validateHandler(
  field: string,
  handler: Probe & LifecycleHandler,
  names: HandlerName[],
  graceSeconds?: number,
): FieldError[] {
  const given = names.filter((name) => handler[name] !== undefined);
  if (given.length === 0) return [required(field, 'must specify a handler type')];
  return given.flatMap((name, index) =>
    index > 0
      ? [forbiddenField(child(field, name), 'may not specify more than 1 handler type')]
      : validateOne(child(field, name), name, handler, graceSeconds),
  );
}

function validateOne(
  field: string,
  name: HandlerName,
  { exec, httpGet, tcpSocket, sleep }: Probe & LifecycleHandler,
  graceSeconds: number | undefined,
): FieldError[] {
  switch (name) {
    case 'exec':
      return exec?.command?.length ? [] : [required(child(field, 'command'))];
    case 'httpGet':
      return validateHttpGet(field, httpGet);
    case 'tcpSocket':
      return validatePort(child(field, 'port'), tcpSocket?.port);
    case 'sleep':
      return validateSleep(field, sleep?.seconds ?? 0, graceSeconds);
    case 'grpc':
      return [];
  }
}

/** Who sleeps longer than the grace is woken by its end. */
function validateSleep(field: string, seconds: number, graceSeconds: number | undefined): FieldError[] {
  return graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)
    ? []
    : [
        invalidValue(
          field,
          seconds,
          `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`,
        ),
      ];
}

function validateHttpGet(field: string, get: HTTPGetAction | undefined): FieldError[] {
  if (!get) return [];
  return [
    ...(get.path === '' ? [required(child(field, 'path'))] : []),
    ...validatePort(child(field, 'port'), get.port),
    ...oneOf(child(field, 'scheme'), get.scheme, ['HTTP', 'HTTPS']),
    ...(get.httpHeaders ?? []).flatMap(({ name = '' }) =>
      named(child(field, 'httpHeaders'), name, httpHeaderName),
    ),
  ];
}

/** A port by number, or by the name of a container's port. */
export function validatePort(field: string, port: number | string | undefined): FieldError[] {
  if (port === undefined) return [];
  if (typeof port === 'string') return validatePortName(field, port);
  return isPortNumber(port) ? [] : [invalidValue(field, port, portRange)];
}

/** A port's name, with all that is wrong with it. */
export function validatePortName(field: string, name: string | undefined): FieldError[] {
  return name === undefined
    ? []
    : portNameProblems(name).map((problem) => invalidValue(field, name, problem));
}
