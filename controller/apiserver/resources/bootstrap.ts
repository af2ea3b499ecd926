import { systemPriorityClasses } from '../../../api/priorities.ts';
import type { KubeObject } from '../../../client/client.ts';

/** The sandboxes that kith has: each a class of its own name, so that a pod names it by `runtimeClassName`. */
const sandboxes = ['wasm', 'podman'];

/** What every cluster has from its first moment, beside its namespaces. Who changes one finds it changed; who deletes one has it back at the next start. */
export const systemObjects: readonly (KubeObject & { apiVersion: string; kind: string })[] = [
  ...systemPriorityClasses.map(({ name, value, description }) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
  })),
  ...sandboxes.map((name) => ({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name },
    handler: name,
  })),
];
