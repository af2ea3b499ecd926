import { stringify } from 'yaml';
import type { ConfigMap, Deployment, Pod, PodSpec, Service } from '../../../api/types.ts';
import { helloImage, laneHost } from '../support/ground.ts';

/**
 * What rows act on. Made by the API and not by kubectl; the namespace is the trial's. Pods that only have to be there are `parked`: no
 * host is like that, and nothing starts for them.
 */
export const parked: Partial<PodSpec> = { nodeSelector: { place: 'nowhere' } };
/** Only on the host that rows of the lane may drain. */
export const onLaneHost: Partial<PodSpec> = {
  nodeSelector: { 'kubernetes.io/hostname': laneHost },
  tolerations: [{ key: 'lane', operator: 'Exists' }],
  terminationGracePeriodSeconds: 1,
};

export const settings = (
  name: string,
  data: Record<string, string> = { a: 'b' },
  labels: Record<string, string> = {},
): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data });

export const pod = (
  name: string,
  spec: Partial<PodSpec> = parked,
  labels: Record<string, string> = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'web', image: helloImage, ports: [{ containerPort: 8080 }] }], ...spec },
});

export const web = (replicas = 0, spec: Partial<PodSpec> = {}, name = 'web'): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'web', image: helloImage, ports: [{ containerPort: 8080 }] }],
        ...spec,
      },
    },
  },
});

export const webService = (name = 'web'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
});

/** A manifest of these objects, as YAML. */
export const manifest = (...objects: object[]): string =>
  objects.map((each) => stringify(each)).join('---\n');

export const namesOf = (objects: readonly { metadata?: { name?: string } }[]): string[] =>
  objects.map(({ metadata }) => metadata!.name!).toSorted();
