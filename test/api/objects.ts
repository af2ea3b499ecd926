import type { Deployment, Pod, PodSpec, Service } from '../../api/types.ts';

/** Objects that are in order, to be spoilt in one place by a test. */

export function somePod(spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'web', image: 'hello:1' }], ...spec },
  };
}

export function someDeployment(
  spec: Partial<PodSpec> = {},
): Deployment & { spec: NonNullable<Deployment['spec']> } {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }], ...spec },
      },
    },
  };
}

export function someService(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  };
}
