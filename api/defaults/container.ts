import type { Container, EnvVar, LifecycleHandler, Probe } from '../types.ts';

/** What Kubernetes fills in for a container, in a pod as in a template. */
export function defaultContainer(container: Container): Container {
  const { lifecycle } = container;
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent',
    resources: {},
    ...container,
    ...(container.ports && { ports: container.ports.map((port) => ({ protocol: 'TCP', ...port })) }),
    ...(container.env && { env: container.env.map(defaultVariable) }),
    ...(container.livenessProbe && { livenessProbe: defaultProbe(container.livenessProbe) }),
    ...(container.readinessProbe && { readinessProbe: defaultProbe(container.readinessProbe) }),
    ...(container.startupProbe && { startupProbe: defaultProbe(container.startupProbe) }),
    ...(lifecycle && {
      lifecycle: {
        ...lifecycle,
        ...(lifecycle.postStart && { postStart: defaultHandler(lifecycle.postStart) }),
        ...(lifecycle.preStop && { preStop: defaultHandler(lifecycle.preStop) }),
      },
    }),
  };
}

/** An image without a tag means `latest`, and `latest` moves; a digest never does. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const [, tag] = image.slice(image.lastIndexOf('/') + 1).split(':');
  return tag === undefined || tag === 'latest';
}

function defaultVariable(variable: EnvVar): EnvVar {
  const { valueFrom } = variable;
  if (valueFrom?.fieldRef)
    return {
      ...variable,
      valueFrom: { ...valueFrom, fieldRef: { apiVersion: 'v1', ...valueFrom.fieldRef } },
    };
  if (valueFrom?.resourceFieldRef)
    return {
      ...variable,
      valueFrom: { ...valueFrom, resourceFieldRef: { divisor: '0', ...valueFrom.resourceFieldRef } },
    };
  return variable;
}

function defaultProbe(probe: Probe): Probe {
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...defaultHandler(probe),
    ...(probe.grpc && { grpc: { service: '', ...probe.grpc } }),
  };
}

function defaultHandler<T extends LifecycleHandler>(handler: T): T {
  if (!handler.httpGet) return handler;
  const { path, scheme, ...get } = handler.httpGet;
  return { ...handler, httpGet: { path: path || '/', ...get, scheme: scheme || 'HTTP' } };
}
