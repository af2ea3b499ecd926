import { forbidden } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { User } from '../users.ts';
import { factsOf, type Facts } from './facts.ts';
import { rules } from './rules.ts';
import type { Reader } from '../resources/reader.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What someone wants to do to objects. */
export interface Attributes {
  user: User;
  verb: Verb;
  kind: Kind;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  fieldSelector: string | undefined;
}

/** One line of the table: whom it lets do what. The first line that takes a request allows it; without one it is refused. */
export interface Rule {
  group: string;
  verbs: readonly Verb[] | '*';
  /** Plurals, with their subresource where one is meant: `pods`, `pods/status`; `*` is all, subresources too. */
  resources: readonly string[] | '*';
  /** Resources that the line does not take. */
  except?: readonly string[];
  namespace?: string;
  /** A further condition on the very objects. Says why not, or nothing. */
  unless?: (attributes: Attributes, facts: Facts) => string | undefined;
}

/** @throws ApiError (forbidden) that says who may not do what, and why */
export function authorize(attributes: Attributes, reader: Reader): void {
  const { user, verb, kind, namespace, name, subresource } = attributes;
  const resource = subresource ? `${kind.plural}/${subresource}` : kind.plural;
  const facts = factsOf(reader);
  let why: string | undefined;
  for (const rule of rules) {
    if (!user.groups.includes(rule.group)) continue;
    if (rule.verbs !== '*' && !rule.verbs.includes(verb)) continue;
    if (rule.resources !== '*' && !rule.resources.includes(resource)) continue;
    if (rule.except?.includes(kind.plural) || (rule.namespace && rule.namespace !== namespace)) continue;
    const objection = rule.unless?.(attributes, facts);
    if (objection === undefined) return;
    why ??= objection;
  }
  const where = kind.namespaced
    ? namespace
      ? ` in the namespace "${namespace}"`
      : ''
    : ' at the cluster scope';
  const group = kind.group ? `"${kind.group}"` : '""';
  const what = `User "${user.name}" cannot ${verb} resource "${resource}" in API group ${group}${where}`;
  throw forbidden(kind, name ?? '', why ? `${what}: ${why}` : what);
}
