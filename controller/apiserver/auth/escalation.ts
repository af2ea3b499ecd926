import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../../../api/errors.ts';
import type { ClusterRole, PolicyRule, RoleBinding } from '../../../api/types.ts';
import type { Admission, AdmissionRequest } from '../resources/admission-request.ts';
import type { Resource } from '../resources/metadata.ts';
import { isMaster, type User } from '../users.ts';
import { describeRights, goList, uncovered } from './rbac-rules.ts';

const group = 'rbac.authorization.k8s.io';
const everything: PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/**
 * Nobody gives rights that they do not have: a role may hold what its writer may do, unless they may `escalate`; a binding may give
 * it, unless they may `bind` the role. Source: k8s.io/kubernetes/pkg/registry/rbac/{clusterrole,rolebinding}/policybased
 */
export const givesOnlyOwnRights: Admission = (request) => {
  const { kind, object, old, user } = request;
  if (kind.group !== group || isMaster(user) || isOnlyOfCollector(object, old)) return object;
  if (kind.type === 'Role' || kind.type === 'ClusterRole') checkRole(request);
  else if (kind.type === 'RoleBinding' || kind.type === 'ClusterRoleBinding') checkBinding(request);
  return object;
};

function checkRole({ operation, kind, object, old, user, authorizer }: AdmissionRequest): void {
  const { metadata, rules = [], aggregationRule } = object as ClusterRole;
  const namespace = metadata?.namespace;
  const name = operation === 'update' ? metadata?.name : undefined;
  const mayEscalate = authorizer.decide({
    user,
    verb: 'escalate',
    group,
    resource: kind.plural,
    subresource: undefined,
    namespace,
    name,
    fieldSelector: undefined,
  });
  if (mayEscalate.allowed) return;
  const own = authorizer.rbac.rulesOf(user, namespace);
  const why = escalation(user, uncovered(own, rules));
  if (why) throw forbidden(kind, metadata?.name ?? '', why);
  const isAggregated = [aggregationRule, (old as ClusterRole | undefined)?.aggregationRule].some(
    (rule) => rule?.clusterRoleSelectors?.length,
  );
  if (isAggregated && uncovered(own, everything).length > 0)
    throw forbidden(
      kind,
      metadata?.name ?? '',
      'must have cluster-admin privileges to use the aggregationRule',
    );
}

function checkBinding({ kind, object, user, authorizer }: AdmissionRequest): void {
  const { metadata, roleRef } = object as RoleBinding;
  const namespace = kind.namespaced ? metadata?.namespace : undefined;
  // Validation says what is wrong with such a reference.
  if (roleRef?.kind !== 'ClusterRole' && (roleRef?.kind !== 'Role' || !namespace)) return;
  const mayBind = authorizer.decide({
    user,
    verb: 'bind',
    group: roleRef.apiGroup ?? '',
    resource: roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles',
    subresource: undefined,
    namespace,
    name: roleRef.name,
    fieldSelector: undefined,
  });
  if (mayBind.allowed) return;
  const given = authorizer.rbac.rulesOfRole(roleRef, namespace);
  const why = escalation(user, uncovered(authorizer.rbac.rulesOf(user, namespace), given));
  if (why) throw forbidden(kind, metadata?.name ?? '', why);
}

function escalation({ name, groups }: User, missing: readonly PolicyRule[]): string | undefined {
  if (missing.length === 0) return undefined;
  const who = `user ${JSON.stringify(name)} (groups=${goList(groups)})`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${describeRights(missing).join('\n')}`;
}

/** Nothing else changes than what the garbage collector needs: owners and finalizers. */
function isOnlyOfCollector(object: Resource, old: Resource | undefined): boolean {
  return old !== undefined && isDeepStrictEqual(withoutCollected(object), withoutCollected(old));
}

function withoutCollected(object: Resource): Resource {
  const {
    ownerReferences: _owners,
    finalizers: _finalizers,
    managedFields: _fields,
    ...rest
  } = object.metadata ?? {};
  return { ...object, metadata: rest };
}
