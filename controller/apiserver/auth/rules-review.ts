import { kinds } from '../../../api/kinds.ts';
import type { NonResourceRule, ResourceRule } from '../../../api/types.ts';
import { isMaster, type User } from '../users.ts';
import type { Authorizer } from './authorizer.ts';
import { rules } from './rules.ts';

/** What `kubectl auth can-i --list` shows: all that the user is given in a namespace, and whether more hangs on the very object. */
export function rulesReview(authorizer: Authorizer, user: User, namespace: string): object {
  const resourceRules: ResourceRule[] = [];
  const nonResourceRules: NonResourceRule[] = [];
  const errors: string[] = [];
  for (const grant of authorizer.rbac.grants(user, namespace)) {
    if (grant.error) errors.push(grant.error.message);
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of grant.rules) {
      if (resources?.length)
        resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames?.length && { resourceNames }) });
      if (nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs });
    }
  }
  const incomplete = isMaster(user) ? false : addTable(user, namespace, resourceRules);
  return {
    resourceRules,
    nonResourceRules,
    incomplete,
    ...(errors.length > 0 && { evaluationError: errors.join(', ') }),
  };
}

/** Adds what the table of members gives; says whether some of it hangs on the object and cannot be listed. */
function addTable(user: User, namespace: string, resourceRules: ResourceRule[]): boolean {
  const own = rules.filter(
    (rule) => user.groups.includes(rule.group) && (!rule.namespace || rule.namespace === namespace),
  );
  for (const { verbs, resources, except = [], unless } of own) {
    if (unless) continue;
    for (const group of new Set(kinds.map((kind) => kind.group))) {
      const ofGroup = kinds.filter((kind) => kind.group === group).map(({ plural }) => plural);
      const given = ofGroup.filter(
        (plural) => (resources === '*' || resources.includes(plural)) && !except.includes(plural),
      );
      if (given.length > 0) resourceRules.push({ verbs: [...verbs], apiGroups: [group], resources: given });
    }
  }
  return own.some(({ unless }) => unless);
}
