import { kinds } from '../../../api/kinds.ts';
import type { Reader } from '../resources/reader.ts';
import { isMaster, type User } from '../users.ts';
import { isPathAttributes, refusalOf } from './attributes.ts';
import { factsOf } from './facts.ts';
import type { RbacIndex } from './rbac-index.ts';
import { ruleAllows } from './rbac-rules.ts';
import { resourceText, type Attributes, type PathAttributes, type Rule } from './rule.ts';
import { rules } from './rules.ts';

export interface Decision {
  allowed: boolean;
  /** Why, in Kubernetes' words; empty where there is nothing to say. */
  reason: string;
}

/** A plural may be another kind's in a group of somebody's own definition: the table speaks of those that kith brings. */
const builtIn = new Set(kinds.map(({ group, plural }) => `${group}/${plural}`));

/** Who may do what: first by the table of members, then by roles and their bindings. */
export class Authorizer {
  readonly rbac: RbacIndex;
  readonly #reader: Reader;

  constructor(reader: Reader, rbac: RbacIndex) {
    this.#reader = reader;
    this.rbac = rbac;
  }

  decide(attributes: Attributes | PathAttributes): Decision {
    if (isMaster(attributes.user)) return { allowed: true, reason: '' };
    const byTable = isPathAttributes(attributes) ? undefined : this.#byTable(attributes);
    if (byTable?.allowed) return byTable;
    const byRoles = this.#byRoles(attributes);
    if (byRoles.allowed) return byRoles;
    return { allowed: false, reason: [byTable?.reason, byRoles.reason].filter(Boolean).join(', ') };
  }

  /** @throws ApiError (forbidden) that says who may not do what, and why */
  require(attributes: Attributes | PathAttributes): void {
    const { allowed, reason } = this.decide(attributes);
    if (!allowed) throw refusalOf(attributes, reason);
  }

  /** Whether a role gives every right to everything, as `cluster-admin` does. */
  mayDoAll(user: User): boolean {
    const all = { user, verb: '*', group: '*', resource: '*' };
    const nothing = {
      subresource: undefined,
      namespace: undefined,
      name: undefined,
      fieldSelector: undefined,
    };
    return this.#byRoles({ ...all, ...nothing }).allowed;
  }

  #byTable(attributes: Attributes): Decision {
    const facts = factsOf(this.#reader);
    let reason = '';
    for (const rule of rules) {
      if (!concerns(rule, attributes)) continue;
      const objection = rule.unless?.(attributes, facts);
      if (objection === undefined) return { allowed: true, reason: '' };
      reason ||= objection;
    }
    return { allowed: false, reason };
  }

  #byRoles(attributes: Attributes | PathAttributes): Decision {
    const namespace = isPathAttributes(attributes) ? undefined : attributes.namespace;
    const errors: string[] = [];
    for (const grant of this.rbac.grants(attributes.user, namespace)) {
      if (grant.rules.some((rule) => ruleAllows(rule, attributes)))
        return { allowed: true, reason: `RBAC: allowed by ${grant.source()}` };
      if (grant.error) errors.push(grant.error.message);
    }
    const distinct = [...new Set(errors)];
    if (distinct.length === 0) return { allowed: false, reason: '' };
    const text = distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`;
    return { allowed: false, reason: `RBAC: ${text}` };
  }
}

function concerns(rule: Rule, attributes: Attributes): boolean {
  const { user, verb, group, resource, namespace } = attributes;
  if (!user.groups.includes(rule.group)) return false;
  if (rule.verbs !== '*' && !(rule.verbs as readonly string[]).includes(verb)) return false;
  const wanted = resourceText(attributes);
  if (rule.resources !== '*' && !(rule.resources.includes(wanted) && builtIn.has(`${group}/${resource}`)))
    return false;
  if (rule.except?.some((each) => each === resource || each === wanted)) return false;
  return !rule.namespace || rule.namespace === namespace;
}
