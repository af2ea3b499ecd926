import type { Kind } from '../../../api/kinds.ts';
import { qosClass } from '../../../api/pods.ts';
import type {
  Container,
  Pod,
  PodAffinityTerm,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
} from '../../../api/types.ts';
import type { Resource } from '../resources/metadata.ts';
import { asUsage, concerns } from './usage.ts';

/** Whether the quota is about this object: about something that it uses, and about pods like it. */
export function isAbout(quota: ResourceQuota, kind: Kind, object: Resource): boolean {
  if (!Object.keys(quota.spec?.hard ?? {}).some((resource) => concerns(kind, resource))) return false;
  const scopes = scopesOf(quota);
  if (scopes.length === 0) return true;
  return kind.type === 'Pod' && scopes.every((scope) => isInScope(object as Pod, scope));
}

function scopesOf({ spec }: ResourceQuota): ScopedResourceSelectorRequirement[] {
  return [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
}

function isInScope(
  pod: Pod,
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClass(pod) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(pod) !== 'BestEffort';
    case 'PriorityClass':
      return isSelected(pod.spec?.priorityClassName, operator, values);
    case 'CrossNamespacePodAffinity':
      return termsOf(pod).some(
        ({ namespaces, namespaceSelector }) => namespaces?.length || namespaceSelector,
      );
    default:
      return false;
  }
}

function isSelected(name: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return Boolean(name) && values.includes(name!);
    case 'NotIn':
      return !name || !values.includes(name);
    case 'Exists':
      return Boolean(name);
    default:
      return !name;
  }
}

function termsOf({ spec }: Pod): PodAffinityTerm[] {
  return [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((each) => each.podAffinityTerm),
  ]);
}

/** What a container must name where a quota limits it: otherwise nobody knows what it takes. */
const mustBeNamed = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory'];

/** What containers of a pod do not name and the quota limits: `must specify limits.cpu for: web`; undefined where nothing is. */
export function unnamedAmounts(quota: ResourceQuota, pod: Pod): string | undefined {
  const wanted = mustBeNamed.filter((name) => quota.spec?.hard?.[name] !== undefined);
  const containers: Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const missing = wanted.flatMap((resource) => {
    const without = containers.filter(
      ({ resources }) => asUsage(resources?.requests ?? {}, resources?.limits ?? {})[resource] === undefined,
    );
    const names = without.map(({ name }) => name).toSorted();
    return names.length > 0 ? [`${resource} for: ${names.join(',')}`] : [];
  });
  return missing.length > 0 ? `must specify ${missing.join('; ')}` : undefined;
}
