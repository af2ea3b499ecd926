import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from '../../../../api/types.ts';
import { groups, type User } from '../../../../controller/apiserver/users.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

export const base = '/apis/rbac.authorization.k8s.io/v1';

export const person = (name: string, ...own: string[]): User => ({
  name,
  groups: [...own, groups.authenticated],
});

/** `rule('get,list', 'pods,pods/log')`, of the core group unless one is named. */
export const rule = (verbs: string, resources: string, group = '', names?: string[]): PolicyRule => ({
  apiGroups: [group],
  resources: resources.split(','),
  verbs: verbs.split(','),
  ...(names && { resourceNames: names }),
});

export const clusterRole = (name: string, ...rules: PolicyRule[]): ClusterRole => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
});

export const role = (name: string, ...rules: PolicyRule[]): Role => ({
  apiVersion,
  kind: 'Role',
  metadata: { name, namespace: 'default' },
  rules,
});

export const clusterBinding = (name: string, ofRole: string, user: string): ClusterRoleBinding => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup, kind: 'ClusterRole', name: ofRole },
  subjects: [{ apiGroup, kind: 'User', name: user }],
});

export const binding = (
  name: string,
  kind: 'Role' | 'ClusterRole',
  ofRole: string,
  user: string,
): RoleBinding => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { name, namespace: 'default' },
  roleRef: { apiGroup, kind, name: ofRole },
  subjects: [{ apiGroup, kind: 'User', name: user }],
});
