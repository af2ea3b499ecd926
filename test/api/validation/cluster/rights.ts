import type { Spoilt } from '../spoil.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

export const rights: Spoilt[] = [
  {
    object: {
      apiVersion,
      kind: 'Role',
      metadata: { name: 'a:b', namespace: 'default' },
      rules: [rule],
    } as never,
    wrong: [
      ['rules[0].verbs', undefined],
      ['rules[0].apiGroups', []],
      ['rules[0].resources', undefined],
      ['rules[0]', { nonResourceURLs: ['/healthz'], verbs: ['get'] }],
      ['rules[0].nonResourceURLs', ['/healthz']],
      ['metadata.name', 'a%b'],
    ],
  },
  {
    object: { apiVersion, kind: 'ClusterRole', metadata: { name: 'system:a' }, rules: [rule] } as never,
    wrong: [
      ['rules[0]', {}],
      ['rules[0].nonResourceURLs', ['/healthz']],
      ['aggregationRule', {}],
      ['aggregationRule', { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] }],
      ['metadata.name', '..'],
    ],
  },
  {
    object: {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'a', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
      subjects: [{ kind: 'User', name: 'ann' }],
    } as never,
    wrong: [
      ['roleRef', undefined],
      ['roleRef.apiGroup', 'x'],
      ['roleRef.kind', 'Rolle'],
      ['roleRef.name', 'a/b'],
      ['subjects[0].name', ''],
      ['subjects[0].kind', 'Robot'],
      ['subjects[0].apiGroup', 'x'],
      ['subjects[0]', { kind: 'ServiceAccount', name: 'A', apiGroup: 'x' }],
    ],
    wrongUpdates: [['roleRef.name', 'b']],
    rightUpdates: [['subjects', [{ kind: 'User', name: 'bob' }]]],
  },
  {
    object: {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'a' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
      subjects: [{ kind: 'Group', name: 'people' }],
    } as never,
    wrong: [
      ['roleRef.kind', 'Role'],
      ['subjects[0]', { kind: 'ServiceAccount', name: 'a' }],
    ],
    wrongUpdates: [['roleRef', { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'b' }]],
  },
];
