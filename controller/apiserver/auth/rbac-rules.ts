import type { PolicyRule } from '../../../api/types.ts';
import { isPathAttributes } from './attributes.ts';
import { resourceText, type Attributes, type PathAttributes } from './rule.ts';

/** Whether one rule of a role allows it. Source: k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/rbac.go */
export function ruleAllows(rule: PolicyRule, attributes: Attributes | PathAttributes): boolean {
  if (!rule.verbs?.includes('*') && !rule.verbs?.includes(attributes.verb)) return false;
  if (isPathAttributes(attributes))
    return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, attributes.path));
  const { group, subresource, name = '' } = attributes;
  if (!rule.apiGroups?.includes('*') && !rule.apiGroups?.includes(group)) return false;
  if (rule.resourceNames?.length && !rule.resourceNames.includes(name)) return false;
  const wanted = resourceText(attributes);
  return (rule.resources ?? []).some(
    (resource) =>
      resource === '*' || resource === wanted || (Boolean(subresource) && resource === `*/${subresource}`),
  );
}

/**
 * The rights in `wanted` that `owned` does not give, each as a rule of one verb, one resource, one name.
 * Source: k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go
 */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(brokenDown).filter((right) => !owned.some((rule) => ruleCovers(rule, right)));
}

/** As Kubernetes lists them: rights to one resource in one rule, each as `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function describeRights(rights: readonly PolicyRule[]): string[] {
  const compact = new Map<string, PolicyRule>();
  for (const right of rights) {
    const { verbs, ...what } = right;
    const key = JSON.stringify(right.nonResourceURLs ? right : what);
    const known = compact.get(key);
    compact.set(key, known ? { ...known, verbs: [...known.verbs, ...verbs] } : right);
  }
  return [...new Set([...compact.values()].map(describe))].toSorted();
}

function describe({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = { APIGroups: apiGroups, Resources: resources, NonResourceURLs: nonResourceURLs };
  const texts = Object.entries({ ...parts, ResourceNames: resourceNames, Verbs: verbs })
    .filter(([, values]) => values?.length)
    .map(([label, values]) => `${label}:${goList(values!)}`);
  return `{${texts.join(', ')}}`;
}

/** As Go prints a list of quoted texts: `["a" "b"]`. */
export function goList(values: readonly string[]): string {
  return `[${values.map((each) => JSON.stringify(each)).join(' ')}]`;
}

function brokenDown({
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
  verbs,
}: PolicyRule): PolicyRule[] {
  const rights: PolicyRule[] = [];
  for (const group of apiGroups ?? [])
    for (const resource of resources ?? [])
      for (const verb of verbs ?? []) {
        const right = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames?.length)
          for (const name of resourceNames) rights.push({ ...right, resourceNames: [name] });
        else rights.push(right);
      }
  for (const url of nonResourceURLs ?? [])
    for (const verb of verbs ?? []) rights.push({ nonResourceURLs: [url], verbs: [verb] });
  return rights;
}

/** `right` is of one verb, one resource and at most one name. */
function ruleCovers(rule: PolicyRule, right: PolicyRule): boolean {
  const all = (owned: readonly string[] = [], wanted: readonly string[] = []) =>
    wanted.every((each) => owned.includes(each));
  const covers = (owned: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
    owned?.includes('*') || all(owned, wanted);
  if (!covers(rule.verbs, right.verbs) || !covers(rule.apiGroups, right.apiGroups)) return false;
  const coversResource = (resource: string) => {
    const slash = resource.indexOf('/');
    return (
      rule.resources?.includes(resource) ||
      (slash >= 0 && rule.resources?.includes(`*/${resource.slice(slash + 1)}`))
    );
  };
  if (!rule.resources?.includes('*') && !(right.resources ?? []).every(coversResource)) return false;
  if (
    !(right.nonResourceURLs ?? []).every((url) =>
      (rule.nonResourceURLs ?? []).some((own) => urlCovers(own, url)),
    )
  )
    return false;
  if (!rule.resourceNames?.length) return true;
  return Boolean(right.resourceNames?.length) && all(rule.resourceNames, right.resourceNames);
}

function urlCovers(owned: string, wanted: string): boolean {
  return owned === wanted || (owned.endsWith('*') && wanted.startsWith(owned.replace(/\*+$/, '')));
}
