import { forbidden } from '../../../api/errors.ts';
import { factsOf } from './facts.ts';
import type { Attributes } from './rule.ts';
import { rules } from './rules.ts';
import type { Reader } from '../resources/reader.ts';

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
