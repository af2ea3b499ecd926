import { get, post, remove, type Step, type Topic } from './step.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/auth';
const as = (user: string, ...groups: string[]) => ({
  headers: { 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': groups.join(',') }) },
});
const group = 'rbac.authorization.k8s.io';
const review = (kind: string, spec: object, api = 'authorization.k8s.io/v1') => ({
  apiVersion: api,
  kind,
  spec,
});
const attributes = { namespace: 'auth', verb: 'get', resource: 'configmaps' };
const may = (name: string, user: string, more: object = {}): Step =>
  post(
    name,
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    review('SubjectAccessReview', {
      user,
      resourceAttributes: { ...attributes, ...more },
    }),
  );

/** Who may what: roles, impersonation, escalation, and the reviews that ask. */
export const auth: Topic = {
  name: 'auth',
  steps: [
    post(
      'a review of myself that asks nothing',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      review('SelfSubjectAccessReview', {}),
    ),
    post(
      'what may I, nowhere',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      review('SelfSubjectRulesReview', {}),
    ),
    post('who am I, as what is none', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      apiVersion: 'v1',
      kind: 'Pod',
    }),
    post('a role', `${rbac}/roles`, {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'], resourceNames: ['shown'] },
        { apiGroups: ['', 'apps'], resources: ['pods', 'deployments/scale'], verbs: ['*'] },
      ],
    }),
    post('a binding', `${rbac}/rolebindings`, {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'ann' },
      roleRef: { apiGroup: group, kind: 'Role', name: 'reader' },
      subjects: [{ apiGroup: group, kind: 'User', name: 'ann' }],
    }),
    post('something to see', '/api/v1/namespaces/auth/configmaps', { metadata: { name: 'shown' } }),
    get('she may see it', '/api/v1/namespaces/auth/configmaps/shown', as('ann')),
    get('she may not see another', '/api/v1/namespaces/auth/configmaps/hidden', as('ann')),
    get('she may not list', '/api/v1/namespaces/auth/configmaps', as('ann')),
    get(
      'she may list by name',
      '/api/v1/namespaces/auth/configmaps?fieldSelector=metadata.name%3Dshown',
      as('ann'),
    ),
    get('not elsewhere', '/api/v1/namespaces/default/pods', as('ann')),
    get('not everywhere', '/api/v1/pods', as('ann')),
    get('all of pods', '/api/v1/namespaces/auth/pods', as('ann')),
    get('no nodes', '/api/v1/nodes', as('ann')),
    get('no paths', '/metrics', as('ann')),
    get('discovery', '/api', as('ann')),
    get('nobody', '/api/v1/namespaces/auth/pods', as('system:anonymous', 'system:unauthenticated')),
    remove('no deletion', '/api/v1/namespaces/auth/configmaps/shown', undefined, as('ann')),
    post('no making', '/api/v1/namespaces/auth/secrets', { metadata: { name: 's' } }, as('ann')),
    get('as a master', '/api/v1/nodes/none', as('ann', 'system:masters')),
    get('as nobody at all', '/api/v1/nodes/none', { headers: { 'impersonate-group': 'system:masters' } }),
    get(
      'what she may, by an account',
      '/api/v1/namespaces/auth/pods',
      as('system:serviceaccount:auth:default'),
    ),
    post(
      'a role that escalates',
      `${rbac}/roles`,
      {
        apiVersion: `${group}/v1`,
        kind: 'Role',
        metadata: { name: 'more' },
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
      },
      as('ann'),
    ),
    post('a role to make roles', `${rbac}/roles`, {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata: { name: 'roles' },
      rules: [{ apiGroups: [group], resources: ['roles', 'rolebindings'], verbs: ['*'] }],
    }),
    post('for bob', `${rbac}/rolebindings`, {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'bob' },
      roleRef: { apiGroup: group, kind: 'Role', name: 'roles' },
      subjects: [{ apiGroup: group, kind: 'User', name: 'bob' }],
    }),
    post(
      'bob makes one that gives more than he has',
      `${rbac}/roles`,
      {
        apiVersion: `${group}/v1`,
        kind: 'Role',
        metadata: { name: 'more' },
        rules: [
          { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] },
          { apiGroups: [group], resources: ['roles'], verbs: ['get'] },
        ],
      },
      as('bob'),
    ),
    post(
      'bob binds what he does not have',
      `${rbac}/rolebindings`,
      {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'up' },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: group, kind: 'User', name: 'bob' }],
      },
      as('bob'),
    ),
    post(
      'ann impersonates',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      review('SelfSubjectAccessReview', {
        resourceAttributes: { verb: 'impersonate', resource: 'users' },
      }),
      as('ann'),
    ),
    may('review: may see', 'ann', { name: 'shown' }),
    may('review: may not see', 'ann', { name: 'hidden' }),
    may('review: may scale', 'ann', {
      group: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      verb: 'update',
    }),
    may('review: of nobody', ''),
    post(
      'review: of both',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      review('SubjectAccessReview', {
        user: 'ann',
        resourceAttributes: attributes,
        nonResourceAttributes: { path: '/x', verb: 'get' },
      }),
    ),
    post(
      'review: of a path',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      review('SubjectAccessReview', {
        user: 'ann',
        groups: ['system:authenticated'],
        nonResourceAttributes: { path: '/openapi', verb: 'get' },
      }),
    ),
    post(
      'review: of oneself',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      review('SelfSubjectAccessReview', {
        resourceAttributes: attributes,
      }),
    ),
    post(
      'review: of oneself, by ann',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      review('SelfSubjectAccessReview', {
        resourceAttributes: { ...attributes, verb: 'delete' },
      }),
      as('ann'),
    ),
    post(
      'review: local',
      '/apis/authorization.k8s.io/v1/namespaces/auth/localsubjectaccessreviews',
      review('LocalSubjectAccessReview', {
        user: 'ann',
        resourceAttributes: { ...attributes, resource: 'pods' },
      }),
    ),
    post(
      'review: local, of elsewhere',
      '/apis/authorization.k8s.io/v1/namespaces/auth/localsubjectaccessreviews',
      review('LocalSubjectAccessReview', {
        user: 'ann',
        resourceAttributes: { ...attributes, namespace: 'default' },
      }),
    ),
    post(
      'review: rules',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      review('SelfSubjectRulesReview', { namespace: 'auth' }),
      {
        ...as('ann'),
        keep: 'status.resourceRules',
      },
    ),
    post(
      'review: rules of nowhere',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      review('SelfSubjectRulesReview', {}),
    ),
    post(
      'who am I',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      review('SelfSubjectReview', {}, 'authentication.k8s.io/v1'),
      as('ann', 'g'),
    ),
    post(
      'whose token is this',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      review('TokenReview', { token: 'nonsense' }, 'authentication.k8s.io/v1'),
    ),
    post(
      'whose token is none',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      review('TokenReview', {}, 'authentication.k8s.io/v1'),
    ),
    get('no list of reviews', '/apis/authorization.k8s.io/v1/subjectaccessreviews'),
  ],
};

const whoAmI = (name: string, headers: Record<string, string>): Step =>
  post(
    name,
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    { headers },
  );
const pretending = '/apis/rbac.authorization.k8s.io/v1';
/** Whose name, groups, uid and further facts one may take. */
export const impersonation: Topic = {
  name: 'impersonation',
  steps: [
    whoAmI('a name', { 'impersonate-user': 'ann' }),
    whoAmI('a name and groups', { 'impersonate-user': 'ann', 'impersonate-group': 'a' }),
    whoAmI('a uid', { 'impersonate-user': 'ann', 'impersonate-uid': '7' }),
    whoAmI('more', { 'impersonate-user': 'ann', 'impersonate-extra-team': 'blue' }),
    whoAmI('more, with a domain', {
      'impersonate-user': 'ann',
      'impersonate-extra-example.org%2fteam': 'blue',
    }),
    whoAmI('an account', { 'impersonate-user': 'system:serviceaccount:impersonation:default' }),
    whoAmI('an account with groups', {
      'impersonate-user': 'system:serviceaccount:impersonation:default',
      'impersonate-group': 'a',
    }),
    whoAmI('nobody', { 'impersonate-user': 'system:anonymous' }),
    whoAmI('a group of all', { 'impersonate-user': 'ann', 'impersonate-group': 'system:authenticated' }),
    whoAmI('a uid without a name', { 'impersonate-uid': '7' }),
    whoAmI('more without a name', { 'impersonate-extra-team': 'blue' }),
    whoAmI('an empty name', { 'impersonate-user': '' }),
    get('what a uid and more do not give', '/api/v1/namespaces/impersonation/configmaps', {
      headers: { 'impersonate-user': 'ann', 'impersonate-uid': '7', 'impersonate-extra-team': 'blue' },
    }),
    post('a role to take names', `${pretending}/clusterroles`, {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'impersonation' },
      rules: [
        { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['bob'] },
        {
          apiGroups: ['authentication.k8s.io'],
          resources: ['userextras/team'],
          verbs: ['impersonate'],
          resourceNames: ['blue'],
        },
      ],
    }),
    remove('and away', `${pretending}/clusterroles/impersonation`),
  ],
};
