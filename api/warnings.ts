import { at, child } from './field-path.ts';
import type { Kind } from './kinds.ts';
import { objectWarnings } from './object-warnings.ts';
import { milli } from './quantity.ts';
import { clusterWarnings } from './storage-warnings.ts';
import type {
  Container,
  CronJob,
  Pod,
  PodAffinityTerm,
  PodSpec,
  PodTemplateSpec,
  StatefulSet,
} from './types.ts';
import { dnsLabel } from './validation/names.ts';

/**
 * What is taken and yet is hardly what its writer meant, as Kubernetes warns of it: `Warning` headers, which kubectl prints.
 *
 * Source: k8s.io/kubernetes/pkg/api/pod/warnings.go and the strategies' WarningsOnCreate
 */
export function warningsOf(kind: Kind, object: object, isNew: boolean): string[] {
  const found = podsOf(kind, object);
  const { name = '' } = (object as Pod).metadata ?? {};
  return [
    ...(isNew ? nameWarnings(kind, name) : []),
    ...(found?.spec ? podWarnings(found.field, found.spec) : []),
    ...clusterWarnings(kind, object, isNew),
    ...objectWarnings(kind, object),
    ...(kind.type === 'StatefulSet' ? historyWarnings(object as StatefulSet) : []),
  ];
}

/** Who deletes a Job without a word about its pods is told what becomes of them. */
export const jobDeletionWarning =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

const templated = new Set([
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]);

/** The pods that the object is or makes, and where it says so. */
function podsOf(kind: Kind, object: object): { field: string; spec: PodSpec | undefined } | undefined {
  const type = kind.type ?? '';
  if (type === 'Pod') return { field: 'spec', spec: (object as Pod).spec };
  if (type === 'CronJob')
    return {
      field: 'spec.jobTemplate.spec.template.spec',
      spec: (object as CronJob).spec?.jobTemplate?.spec?.template?.spec,
    };
  if (type === 'PodTemplate')
    return { field: 'template.spec', spec: (object as { template?: PodTemplateSpec }).template?.spec };
  if (!templated.has(type)) return undefined;
  const { spec } = object as { spec?: { template?: PodTemplateSpec } };
  return { field: 'spec.template.spec', spec: spec?.template?.spec };
}

const inNames = new Set(['CronJob', 'Deployment', 'Job', 'ReplicaSet', 'ReplicationController']);

function nameWarnings({ type = '' }: Kind, name: string): string[] {
  const problem = dnsLabel(name);
  if (!problem || (type !== 'Pod' && !inNames.has(type))) return [];
  const where = type === 'Pod' ? "the Pod's hostname" : 'Pod names and hostnames';
  return [
    `metadata.name: this is used in ${where}, which can result in surprising behavior; a DNS label is recommended: [${problem}]`,
  ];
}

function historyWarnings({ spec }: StatefulSet): string[] {
  return (spec?.revisionHistoryLimit ?? 0) < 0
    ? [
        'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
      ]
    : [];
}

function podWarnings(field: string, spec: PodSpec): string[] {
  const lists = (['initContainers', 'containers'] as const).flatMap((name) =>
    (spec[name] ?? []).map((container, index) => ({ own: at(child(field, name), index), container })),
  );
  return [
    ...spreadWarnings(field, spec),
    ...volumeWarnings(spec),
    ...secretWarnings(child(field, 'imagePullSecrets'), spec),
    ...lists.flatMap(({ own, container }) => [
      ...amountWarnings(own, container),
      ...variableWarnings(own, container),
    ]),
    ...portWarnings(lists),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${child(field, 'terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : []),
    ...affinityWarnings(child(field, 'affinity'), spec),
  ];
}

const nobody = 'a null labelSelector results in matching no pod';

function spreadWarnings(field: string, { topologySpreadConstraints = [] }: PodSpec): string[] {
  return topologySpreadConstraints.flatMap(({ labelSelector }, index) =>
    labelSelector ? [] : [`${at(child(field, 'topologySpreadConstraints'), index)}.labelSelector: ${nobody}`],
  );
}

function volumeWarnings({ volumes = [] }: PodSpec): string[] {
  return volumes.flatMap(({ name, projected }) =>
    (projected?.sources ?? [])
      .filter((source) => Object.keys(source).length === 0)
      .map(() => `volume ${JSON.stringify(name)} (Projected) has no sources provided`),
  );
}

function secretWarnings(field: string, { imagePullSecrets = [] }: PodSpec): string[] {
  const names = imagePullSecrets.map(({ name = '' }) => name);
  const own = (index: number) => child(at(field, index), 'name');
  return [
    ...names.flatMap((name, index) =>
      names.indexOf(name) < index ? [`${own(index)}: duplicate name ${JSON.stringify(name)}`] : [],
    ),
    ...names.flatMap((name, index) => (name === '' ? [`${own(index)}: invalid empty name ""`] : [])),
  ];
}

function amountWarnings(field: string, { resources }: Container): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => {
      const value = resources?.[list]?.[name];
      return value !== undefined && milli(value) % 1000 !== 0
        ? [
            `${at(`${field}.resources.${list}`, name)}: fractional byte value ${JSON.stringify(String(value))} is invalid, must be an integer`,
          ]
        : [];
    }),
  );
}

function variableWarnings(field: string, { env = [] }: Container): string[] {
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    const isSecond = env.findIndex((each) => each.name === name) < index;
    const reference = `$(${name})`;
    const isPart = !valueFrom && value !== reference && value.includes(reference);
    return isSecond && !isPart
      ? [
          `${at(child(field, 'env'), index)}: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        ]
      : [];
  });
}

function portWarnings(lists: readonly { own: string; container: Container }[]): string[] {
  const byNumber = new Map<string, string[]>();
  const byName = new Map<string, string>();
  const ports = lists.flatMap(({ own, container }) =>
    (container.ports ?? []).map((port, index) => ({ own: at(child(own, 'ports'), index), port })),
  );
  const doubled = ports.flatMap(({ own, port }) => {
    const key = `${port.containerPort}/${port.protocol}`;
    const others = byNumber.get(key) ?? [];
    byNumber.set(key, [...others, own]);
    return others.map((other) => `${own}: duplicate port definition with ${other}`);
  });
  const renamed = ports.flatMap(({ own, port: { name } }) => {
    if (!name) return [];
    const other = byName.get(name);
    if (!other) byName.set(name, own);
    return other
      ? [
          `${own}: duplicate port name ${JSON.stringify(name)} with ${other}, services and probes that select ports by name will use ${other}`,
        ]
      : [];
  });
  return [...doubled, ...renamed];
}

const must = 'requiredDuringSchedulingIgnoredDuringExecution';
const should = 'preferredDuringSchedulingIgnoredDuringExecution';

function affinityWarnings(field: string, { affinity }: PodSpec): string[] {
  const warn = (own: string, term: PodAffinityTerm | undefined) =>
    term?.labelSelector ? [] : [`${child(own, 'labelSelector')}: ${nobody}`];
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((name) => [
    ...(affinity?.[name]?.[must] ?? []).flatMap((term, index) =>
      warn(at(`${field}.${name}.${must}`, index), term),
    ),
    ...(affinity?.[name]?.[should] ?? []).flatMap(({ podAffinityTerm }, index) =>
      warn(child(at(`${field}.${name}.${should}`, index), 'podAffinityTerm'), podAffinityTerm),
    ),
  ]);
}
