import { parseFieldSelector } from '../../../api/selectors.ts';
import type { Pod, PodSpec } from '../../../api/types.ts';
import { groups, nodeNameOf } from '../users.ts';
import type { Attributes, Rule } from './rule.ts';
import type { Facts } from './facts.ts';

const group = groups.nodes;
const leaseNamespace = 'kube-node-lease';

/** A node's own things, as Kubernetes' NodeRestriction and node authorizer have it; see also `resources/node-restriction.ts`. */
export const nodeRules: readonly Rule[] = [
  // The objects' names and contents are held against the node's certificate on their way in.
  { group, verbs: ['create'], resources: ['nodes', 'events'] },
  { group, verbs: ['create'], resources: ['leases'], namespace: leaseNamespace },
  {
    group,
    verbs: ['get', 'update', 'patch'],
    resources: ['leases'],
    namespace: leaseNamespace,
    unless: notOwnName,
  },
  { group, verbs: ['update', 'patch'], resources: ['nodes', 'nodes/status'], unless: notOwnName },
  { group, verbs: ['patch', 'update'], resources: ['events'], unless: notOwnEvent },

  { group, verbs: ['list', 'watch'], resources: ['pods'], unless: notSelectedByNode },
  { group, verbs: ['get', 'delete'], resources: ['pods'], unless: notOwnPod },
  { group, verbs: ['get', 'update', 'patch'], resources: ['pods/status'], unless: notOwnPod },
  { group, verbs: ['get', 'list', 'watch'], resources: ['configmaps', 'secrets'], unless: notReferenced },

  // Peers' addresses and the directory of the gateway that every agent carries.
  {
    group,
    verbs: ['get', 'list', 'watch'],
    resources: ['nodes', 'services', 'endpointslices', 'namespaces'],
  },
];

function notOwnName({ user, name }: Attributes): string | undefined {
  return name === nodeNameOf(user)
    ? undefined
    : `a node may do this only to the one named ${nodeNameOf(user)}`;
}

function notSelectedByNode({ user, fieldSelector }: Attributes): string | undefined {
  const wanted = nodeNameOf(user);
  const terms = parseFieldSelector(fieldSelector ?? '');
  const isOwn = terms.some(
    ({ field, operator, value }) => field === 'spec.nodeName' && operator === '=' && value === wanted,
  );
  return isOwn ? undefined : `a node sees its own pods only: select them by spec.nodeName=${wanted}`;
}

function notOwnPod({ user, namespace, name }: Attributes, facts: Facts): string | undefined {
  const pod = facts.pod(namespace, name);
  // A pod that is gone is answered by 404, which a node needs to hear.
  return !pod || pod.spec?.nodeName === nodeNameOf(user) ? undefined : 'the pod is not on this node';
}

function notOwnEvent({ user, namespace, name }: Attributes, facts: Facts): string | undefined {
  const event = facts.event(namespace, name);
  const source = event?.reportingInstance || event?.source?.host;
  return !event || source === nodeNameOf(user) ? undefined : 'the event was reported by someone else';
}

function notReferenced(
  { user, resource, namespace, name, fieldSelector }: Attributes,
  facts: Facts,
): string | undefined {
  const wanted = name ?? nameSelected(fieldSelector);
  const node = nodeNameOf(user)!;
  const refersTo = resource === 'secrets' ? secretsOf : configMapsOf;
  const isReferenced =
    wanted !== undefined &&
    namespace !== undefined &&
    facts.podsOn(node, namespace).some((pod) => refersTo(pod).has(wanted));
  return isReferenced ? undefined : 'no pod on this node refers to it';
}

/** As a node watches one object: a collection with `metadata.name=<it>`. */
function nameSelected(fieldSelector: string | undefined): string | undefined {
  return parseFieldSelector(fieldSelector ?? '').find(
    ({ field, operator }) => field === 'metadata.name' && operator === '=',
  )?.value;
}

/** The names of the Secrets that a pod uses, of its own namespace. */
export function secretsOf({ spec }: Pod): Set<string> {
  return names(
    spec,
    (container) => [
      ...(container.env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...(container.envFrom ?? []).map(({ secretRef }) => secretRef?.name),
    ],
    [
      ...(spec?.imagePullSecrets ?? []).map(({ name }) => name),
      ...(spec?.volumes ?? []).flatMap(({ secret, projected }) => [
        secret?.secretName,
        ...(projected?.sources ?? []).map((source) => source.secret?.name),
      ]),
    ],
  );
}

/** The names of the ConfigMaps that a pod uses, of its own namespace. */
export function configMapsOf({ spec }: Pod): Set<string> {
  return names(
    spec,
    (container) => [
      ...(container.env ?? []).map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
      ...(container.envFrom ?? []).map(({ configMapRef }) => configMapRef?.name),
    ],
    (spec?.volumes ?? []).flatMap(({ configMap, projected }) => [
      configMap?.name,
      ...(projected?.sources ?? []).map((source) => source.configMap?.name),
    ]),
  );
}

function names(
  spec: PodSpec | undefined,
  ofContainer: (container: PodSpec['containers'][number]) => (string | undefined)[],
  others: (string | undefined)[],
): Set<string> {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return new Set([...containers.flatMap(ofContainer), ...others].filter((name) => name !== undefined));
}
