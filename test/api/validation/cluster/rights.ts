import type { Spoilt } from '../spoil.ts';

export const rights: Spoilt[] = [
  {
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'a:b', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    wrong: [
      ['rules[0].verbs', undefined, 'rules[0].verbs: Required value: verbs must contain at least one value'],
      [
        'rules[0].apiGroups',
        [],
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
      ],
      [
        'rules[0].resources',
        undefined,
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
      [
        'rules[0]',
        { nonResourceURLs: ['/healthz'], verbs: ['get'] },
        'rules[0].nonResourceURLs: Invalid value: []string{"/healthz"}: namespaced rules cannot apply to non-resource URLs',
      ],
      [
        'rules[0].nonResourceURLs',
        ['/healthz'],
        'rules[0].nonResourceURLs: Invalid value: []string{"/healthz"}: namespaced rules cannot apply to non-resource URLs',
        'rules[0].nonResourceURLs: Invalid value: []string{"/healthz"}: rules cannot apply to both regular resources and non-resource URLs',
      ],
      ['metadata.name', 'a%b', 'metadata.name: Invalid value: "a%b": may not contain \'%\''],
    ],
  },
  {
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:a' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    wrong: [
      [
        'rules[0]',
        {},
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
      [
        'rules[0].nonResourceURLs',
        ['/healthz'],
        'rules[0].nonResourceURLs: Invalid value: []string{"/healthz"}: rules cannot apply to both regular resources and non-resource URLs',
      ],
      [
        'aggregationRule',
        {},
        'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
      ],
      [
        'aggregationRule',
        { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] },
        "aggregationRule.clusterRoleSelectors[0].matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'aggregationRule.clusterRoleSelectors[0]: Invalid value: "null": invalid label selector.',
      ],
      ['metadata.name', '..', 'metadata.name: Invalid value: "..": may not be \'..\''],
    ],
  },
  {
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'a', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
    wrong: [
      [
        'roleRef',
        undefined,
        'roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"',
        'roleRef.name: Required value',
      ],
      [
        'roleRef.apiGroup',
        'x',
        'roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
      ],
      [
        'roleRef.kind',
        'Rolle',
        'roleRef.kind: Unsupported value: "Rolle": supported values: "Role", "ClusterRole"',
      ],
      ['roleRef.name', 'a/b', 'roleRef.name: Invalid value: "a/b": may not contain \'/\''],
      ['subjects[0].name', '', 'subjects[0].name: Required value'],
      [
        'subjects[0].kind',
        'Robot',
        'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
      ],
      [
        'subjects[0].apiGroup',
        'x',
        'subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
      ],
      [
        'subjects[0]',
        { kind: 'ServiceAccount', name: 'A', apiGroup: 'x' },
        "subjects[0].name: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        'subjects[0].apiGroup: Unsupported value: "x": supported values: ""',
      ],
    ],
    wrongUpdates: [
      [
        'roleRef.name',
        'b',
        'roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"b"}: cannot change roleRef',
      ],
    ],
    rightUpdates: [['subjects', [{ kind: 'User', name: 'bob' }]]],
  },
  {
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'a' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
      subjects: [{ kind: 'Group', name: 'people' }],
    },
    wrong: [
      ['roleRef.kind', 'Role', 'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
      ['subjects[0]', { kind: 'ServiceAccount', name: 'a' }, 'subjects[0].namespace: Required value'],
    ],
    wrongUpdates: [
      [
        'roleRef',
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'b' },
        'roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"b"}: cannot change roleRef',
      ],
    ],
  },
];
