import { notFound } from '../../../api/errors.ts';
import { computedKinds, kindNamed, type Kind } from '../../../api/kinds.ts';
import type { Resource } from '../resources/metadata.ts';
import { selectionOf } from '../storage/selection.ts';
import type { Reader } from '../resources/reader.ts';
import type { Computed } from './computed.ts';

const apiServiceKind = computedKinds.find(({ kind }) => kind === 'APIService')!;

/** How the original ranks its groups; source: pkg/controlplane/apiserver/aggregator.go. metrics-server gives its own the least. */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'metrics.k8s.io': 100,
};
const customPriority = { group: 1000, version: 100 };
const versionPriorities: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v2.autoscaling': 30,
  'v1beta1.metrics.k8s.io': 100,
};
const versionPriority = 15;

/**
 * One for each group's version that is served, all of them by kith itself. What serves another's API (`kubectl apply` of an APIService with
 * a service) is not there.
 */
export function apiServices(reader: Reader, kinds: readonly Kind[]): Computed {
  const others = kinds.filter(({ group }) => group !== apiServiceKind.group);
  const versions = new Map(others.map((kind) => [`${kind.version}.${kind.group}`, kind]));
  const all = [...versions]
    .map(([name, kind]) => serviceOf(name, kind, sinceWhen(kind, reader)))
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return {
    async list({ labelSelector, fieldSelector }) {
      const selection = selectionOf(apiServiceKind, labelSelector, fieldSelector);
      return { items: all.filter((each) => selection.matches(each)), metadata: { resourceVersion: '' } };
    },
    get(_namespace, name) {
      const found = all.find((each) => nameOf(each) === name);
      if (!found) throw notFound(apiServiceKind, name);
      return found;
    },
  };
}

const nameOf = ({ metadata }: Resource) => metadata?.name ?? '';

/** A group is there since its definition, or since the cluster is. */
function sinceWhen({ custom }: Kind, reader: Reader): string | undefined {
  const origin = custom
    ? reader.find(kindNamed('CustomResourceDefinition'), undefined, custom.definition)
    : reader.find(kindNamed('Namespace'), undefined, 'default');
  return origin?.metadata?.creationTimestamp;
}

function serviceOf(name: string, { group, version, custom }: Kind, since: string | undefined): Resource {
  const available = {
    type: 'Available',
    status: 'True',
    reason: 'Local',
    message: 'Local APIServices are always available',
    ...(since && { lastTransitionTime: since }),
  };
  const spec = {
    ...(group && { group }),
    version,
    groupPriorityMinimum: custom ? customPriority.group : (groupPriorities[group] ?? customPriority.group),
    versionPriority: custom ? customPriority.version : (versionPriorities[name] ?? versionPriority),
  };
  return {
    apiVersion: apiServiceKind.apiVersion,
    kind: apiServiceKind.kind,
    metadata: {
      name,
      labels: { 'kube-aggregator.kubernetes.io/automanaged': custom ? 'true' : 'onstart' },
      ...(since && { creationTimestamp: since }),
    },
    spec,
    status: { conditions: [available] },
  } as Resource;
}
