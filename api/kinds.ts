import type { CustomKind } from './structural/custom-kind.ts';

/** One kind of object that kith serves, as discovery describes it. */
export interface Kind {
  /** `Deployment`. */
  kind: string;
  /**
   * Its type in the schema data, which rules, defaults and columns are kept by. Mostly `kind` itself; not so where two groups have a
   * kind of one name (`EventsEvent`). Absent for custom resources, whose schema their definition brings.
   */
  type?: string;
  /** `apps`; the empty string for the core group. */
  group: string;
  version: string;
  /** `apps/v1`, or `v1` in the core group. */
  apiVersion: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  namespaced: boolean;
  subresources: readonly string[];
  /** Groups of kinds that one word lists: `kubectl get all`. */
  categories: readonly string[];
  /** Fields that a field selector may ask for, each with what it reads where the object lacks it. */
  selectableFields: Readonly<Record<string, string>>;
  /** Of a custom resource, what its definition says; a built-in kind has none. */
  custom?: CustomKind;
}

/** The kinds that somebody serves, or knows of. */
export interface KindSet {
  all(): readonly Kind[];
  /** What a URL names: `at('apps', 'v1', 'deployments')`; the core group is the empty string. */
  at(group: string, version: string, plural: string): Kind | undefined;
  /** What an object says that it is: `of('apps/v1', 'Deployment')`. */
  of(apiVersion: string | undefined, kind: string | undefined): Kind | undefined;
}

type Entry = Pick<Kind, 'kind'> &
  Partial<Pick<Kind, 'type' | 'subresources'>> & {
    apiVersion?: string;
    plural?: string;
    shortNames?: string;
    cluster?: true;
    all?: true;
    category?: string;
    fields?: Record<string, string>;
  };

/** To add a kind, add a line; `docs/checklists.md` names what else a kind has. */
const entries: Entry[] = [
  {
    kind: 'Namespace',
    shortNames: 'ns',
    cluster: true,
    subresources: ['status', 'finalize'],
    fields: { 'status.phase': '' },
  },
  {
    kind: 'Pod',
    shortNames: 'po',
    all: true,
    subresources: [
      'status',
      'log',
      'binding',
      'eviction',
      'exec',
      'attach',
      'portforward',
      'proxy',
      'ephemeralcontainers',
      'resize',
    ],
    fields: {
      'spec.nodeName': '',
      'spec.restartPolicy': '',
      'spec.schedulerName': '',
      'spec.serviceAccountName': '',
      'spec.hostNetwork': 'false',
      'status.phase': '',
      'status.podIP': '',
      'status.nominatedNodeName': '',
    },
  },
  {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    shortNames: 'deploy',
    all: true,
    subresources: ['status', 'scale'],
  },
  {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    shortNames: 'rs',
    all: true,
    subresources: ['status', 'scale'],
  },
  {
    kind: 'StatefulSet',
    apiVersion: 'apps/v1',
    shortNames: 'sts',
    all: true,
    subresources: ['status', 'scale'],
  },
  { kind: 'DaemonSet', apiVersion: 'apps/v1', shortNames: 'ds', all: true, subresources: ['status'] },
  { kind: 'ControllerRevision', apiVersion: 'apps/v1' },
  {
    kind: 'ReplicationController',
    shortNames: 'rc',
    all: true,
    subresources: ['status', 'scale'],
    fields: { 'status.replicas': '0' },
  },
  { kind: 'PodTemplate' },
  {
    kind: 'Job',
    apiVersion: 'batch/v1',
    all: true,
    subresources: ['status'],
    fields: { 'status.successful': '0' },
  },
  { kind: 'CronJob', apiVersion: 'batch/v1', shortNames: 'cj', all: true, subresources: ['status'] },
  {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    shortNames: 'hpa',
    all: true,
    subresources: ['status'],
  },
  // The same objects, in the form of an earlier version (`api/autoscalers.ts`).
  {
    kind: 'HorizontalPodAutoscaler',
    type: 'HorizontalPodAutoscalerV1',
    apiVersion: 'autoscaling/v1',
    shortNames: 'hpa',
    all: true,
    subresources: ['status'],
  },
  { kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', shortNames: 'pdb', subresources: ['status'] },
  {
    kind: 'Service',
    shortNames: 'svc',
    all: true,
    subresources: ['status', 'proxy'],
    fields: { 'spec.clusterIP': '', 'spec.type': '' },
  },
  { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1' },
  { kind: 'ConfigMap', shortNames: 'cm' },
  { kind: 'Secret', fields: { type: '' } },
  {
    kind: 'Node',
    shortNames: 'no',
    cluster: true,
    subresources: ['status'],
    fields: { 'spec.unschedulable': 'false' },
  },
  { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' },
  {
    kind: 'Event',
    shortNames: 'ev',
    fields: {
      'involvedObject.kind': '',
      'involvedObject.namespace': '',
      'involvedObject.name': '',
      'involvedObject.uid': '',
      'involvedObject.apiVersion': '',
      'involvedObject.resourceVersion': '',
      'involvedObject.fieldPath': '',
      reason: '',
      reportingComponent: '',
      source: '',
      type: '',
    },
  },
  { kind: 'ServiceAccount', shortNames: 'sa', subresources: ['token'] },
  // The same objects as core Events, in the form of another group (`api/events.ts`).
  {
    kind: 'Event',
    type: 'EventsEvent',
    apiVersion: 'events.k8s.io/v1',
    shortNames: 'ev',
    fields: {
      'regarding.kind': '',
      'regarding.namespace': '',
      'regarding.name': '',
      'regarding.uid': '',
      'regarding.apiVersion': '',
      'regarding.resourceVersion': '',
      'regarding.fieldPath': '',
      reason: '',
      reportingController: '',
      type: '',
    },
  },
  { kind: 'Endpoints', plural: 'endpoints', shortNames: 'ep' },
  { kind: 'LimitRange', shortNames: 'limits' },
  { kind: 'ResourceQuota', shortNames: 'quota', subresources: ['status'] },
  { kind: 'PersistentVolume', shortNames: 'pv', cluster: true, subresources: ['status'] },
  { kind: 'PersistentVolumeClaim', shortNames: 'pvc', subresources: ['status'] },
  {
    kind: 'StorageClass',
    apiVersion: 'storage.k8s.io/v1',
    plural: 'storageclasses',
    shortNames: 'sc',
    cluster: true,
  },
  {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    plural: 'ingresses',
    shortNames: 'ing',
    subresources: ['status'],
  },
  { kind: 'IngressClass', apiVersion: 'networking.k8s.io/v1', plural: 'ingressclasses', cluster: true },
  {
    kind: 'NetworkPolicy',
    apiVersion: 'networking.k8s.io/v1',
    plural: 'networkpolicies',
    shortNames: 'netpol',
  },
  {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    plural: 'priorityclasses',
    shortNames: 'pc',
    cluster: true,
  },
  { kind: 'RuntimeClass', apiVersion: 'node.k8s.io/v1', plural: 'runtimeclasses', cluster: true },
  { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1' },
  { kind: 'RoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1' },
  { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', cluster: true },
  { kind: 'ClusterRoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', cluster: true },
  {
    kind: 'CertificateSigningRequest',
    apiVersion: 'certificates.k8s.io/v1',
    shortNames: 'csr',
    cluster: true,
    subresources: ['status', 'approval'],
    fields: { 'spec.signerName': '' },
  },
  {
    kind: 'CustomResourceDefinition',
    apiVersion: 'apiextensions.k8s.io/v1',
    shortNames: 'crd,crds',
    category: 'api-extensions',
    cluster: true,
    subresources: ['status'],
  },
];

function complete(entry: Entry): Kind {
  const apiVersion = entry.apiVersion ?? 'v1';
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const singular = entry.kind.toLowerCase();
  return {
    kind: entry.kind,
    type: entry.type ?? entry.kind,
    group: group!,
    version: version!,
    apiVersion,
    plural: entry.plural ?? `${singular}s`,
    singular,
    shortNames: entry.shortNames?.split(',') ?? [],
    namespaced: !entry.cluster,
    subresources: entry.subresources ?? [],
    categories: entry.category ? [entry.category] : entry.all ? ['all'] : [],
    selectableFields: {
      'metadata.name': '',
      ...(entry.cluster ? {} : { 'metadata.namespace': '' }),
      ...entry.fields,
    },
  };
}

/** Every kind that kith serves. */
export const kinds: readonly Kind[] = entries.map(complete);

/** Questions in the form of objects: they are created, answered at once, and never stored (`controller/apiserver/auth/`). */
export const reviewKinds: readonly Kind[] = [
  { kind: 'LocalSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1' },
  { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', cluster: true as const },
  { kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1', cluster: true as const },
  { kind: 'SubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', cluster: true as const },
  { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', cluster: true as const },
  { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', cluster: true as const },
].map(complete);

/** What is worked out when it is asked for and lies in no store (`controller/apiserver/computed/`): it is read, and not watched. */
export const computedKinds: readonly Kind[] = [
  { kind: 'NodeMetrics', apiVersion: 'metrics.k8s.io/v1beta1', plural: 'nodes', cluster: true as const },
  { kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1', plural: 'pods' },
  {
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    category: 'api-extensions',
    cluster: true as const,
  },
].map((entry) => {
  const kind = complete(entry);
  // As metrics-server says it: else `kubectl get pod` could mean either.
  return kind.group === 'metrics.k8s.io' ? { ...kind, singular: '' } : kind;
});

/** Kinds whose objects are not stored: every kind that the API serves by itself is one of these or of `kinds`. */
export const unstoredKinds: readonly Kind[] = [...reviewKinds, ...computedKinds];

/** Where two groups have a kind of one name, the first in the list has it. */
const byKind = new Map(kinds.toReversed().map((kind) => [kind.kind, kind]));
const byApiVersion = new Map(kinds.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));

/** The kind of this exact name (`Pod`). Throws where kith serves none: for words that users wrote, ask `kindsCalled`. */
export function kindNamed(name: string): Kind {
  const found = byKind.get(name);
  if (!found) throw new Error(`kith serves no kind ${name}; it serves ${[...byKind.keys()].join(', ')}`);
  return found;
}

/** What an object says that it is: `kindOf('apps/v1', 'Deployment')`. */
export function kindOf(apiVersion: string | undefined, kind: string | undefined): Kind | undefined {
  return byApiVersion.get(`${apiVersion} ${kind}`);
}

/** What a URL names: `kindAt('apps', 'v1', 'deployments')`; the core group is the empty string. */
export function kindAt(group: string, version: string, plural: string): Kind | undefined {
  const isIt = (kind: Kind) => kind.group === group && kind.version === version && kind.plural === plural;
  return kinds.find(isIt) ?? unstoredKinds.find(isIt);
}

/**
 * What a user's word stands for: `po`, `pod`, `pods`, `Pod`, `deployments.apps`, `deployments.v1.apps`, or a category
 * such as `all`, which stands for several. Empty where it stands for nothing.
 */
export function kindsCalled(word: string, among: readonly Kind[] = kinds): Kind[] {
  const lower = word.toLowerCase();
  const [name, ...rest] = lower.split('.');
  const exact = among.filter(
    (kind) =>
      [kind.plural, kind.singular, ...kind.shortNames].includes(name!) &&
      (rest.length === 0 || [kind.group, `${kind.version}.${kind.group}`].includes(rest.join('.'))),
  );
  const called = exact.length > 0 ? exact : among.filter((kind) => kind.categories.includes(lower));
  // Of two forms of the same objects, the first in the list is meant.
  return called.filter(({ plural }, index) => called.findIndex((each) => each.plural === plural) === index);
}

/** As messages name the resource: `pods`, `deployments.apps`. */
export function resourceOf(kind: Kind): string {
  return kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
}

/** As messages name the kind: `Pod`, `Deployment.apps`. */
export function qualifiedKind(kind: Kind): string {
  return kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
}
