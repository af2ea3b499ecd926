import { changes, collected, lifecycle, merged, named, statusOf, variants, withNames } from './kind.ts';
import { pod } from './pods.ts';
import { get, patch, post, remove, type Topic } from './step.ts';

const quotasAt = '/api/v1/namespaces/quotas/resourcequotas';
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: {},
  spec: { hard: { configmaps: '2', pods: '1' } },
};
export const quotas: Topic = {
  name: 'quotas',
  steps: [
    ...lifecycle(quotasAt, quota),
    ...collected(quotasAt, quota),
    ...statusOf(quotasAt, quota, { hard: { configmaps: '2' }, used: { configmaps: '1' } }),
    remove('make room', `${quotasAt}/with-status`),
    ...variants(quotasAt, quota, {
      'a resource that is none': { spec: { hard: { luck: '1' } } },
      'a negative amount': { spec: { hard: { pods: '-1' } } },
      'a part of a pod': { spec: { hard: { pods: '1.5' } } },
      'a strange scope': { spec: { scopes: ['Lucky'] } },
      'scopes that exclude each other': {
        spec: { hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] },
      },
      'a count of a kind': {
        spec: { hard: { configmaps: null, pods: null, 'count/deployments.apps': '1' } },
      },
    }),
    remove('make more room', quotasAt),
    post(
      'create one that holds',
      quotasAt,
      named(merged(quota, { spec: { hard: { configmaps: '1', 'requests.cpu': '1' } } }), 'holds'),
    ),
    patch('say what is used', `${quotasAt}/holds/status`, 'merge', {
      status: {
        hard: { configmaps: '1', 'requests.cpu': '1', pods: null },
        used: { configmaps: '0', 'requests.cpu': '0' },
      },
    }),
    post('the first', '/api/v1/namespaces/quotas/configmaps', { metadata: { name: 'first' } }),
    post('one too many', '/api/v1/namespaces/quotas/configmaps', { metadata: { name: 'second' } }),
    post('a pod that asks for nothing', '/api/v1/namespaces/quotas/pods', named(pod, 'nothing')),
    post(
      'a pod that asks for too much',
      '/api/v1/namespaces/quotas/pods',
      named(
        merged(pod, {
          spec: { containers: [{ name: 'web', image: 'i', resources: { requests: { cpu: '2' } } }] },
        }),
        'much',
      ),
    ),
    get('what is used', `${quotasAt}/holds`),
  ],
};

const scopedAt = '/api/v1/namespaces/quota-scopes/resourcequotas';
const scopedPods = '/api/v1/namespaces/quota-scopes/pods';
/** A quota of one pod for those in its scope, and its status, which elsewhere a controller writes. */
const scoped = (name: string, spec: object) => [
  post(`a quota of ${name}`, scopedAt, named({ ...quota, spec: { hard: { pods: '1' }, ...spec } }, name)),
  patch(`what is used of ${name}`, `${scopedAt}/${name}/status`, 'merge', {
    status: { hard: { pods: '1' }, used: { pods: '0' } },
  }),
];
const scopedBy = (scopeName: string, operator: string, values?: string[]) => ({
  scopeSelector: { matchExpressions: [{ scopeName, operator, ...(values && { values }) }] },
});
const withRequests = {
  spec: { containers: [{ name: 'web', image: 'i', resources: { requests: { cpu: '1' } } }] },
};
/** Quotas that count some pods only. */
export const quotaScopes: Topic = {
  name: 'quota-scopes',
  steps: [
    ...scoped('best-effort', { scopes: ['BestEffort'] }),
    post('a pod of best effort', scopedPods, named(pod, 'best'), { keep: 'status.qosClass' }),
    post('one too many of best effort', scopedPods, named(pod, 'best-too')),
    post('one that asks for something', scopedPods, named(merged(pod, withRequests), 'asks'), {
      keep: 'status.qosClass',
    }),
    remove('no more of best effort', `${scopedAt}/best-effort`, undefined, { keep: 'kind' }),
    ...scoped('terminating', { scopes: ['Terminating'] }),
    post('one that ends', scopedPods, named(merged(pod, { spec: { activeDeadlineSeconds: 60 } }), 'ends'), {
      keep: 'kind',
    }),
    post(
      'one too many that ends',
      scopedPods,
      named(merged(pod, { spec: { activeDeadlineSeconds: 60 } }), 'ends-too'),
    ),
    post('one that does not end', scopedPods, named(pod, 'stays'), { keep: 'kind' }),
    post(
      'a class for scopes',
      '/apis/scheduling.k8s.io/v1/priorityclasses',
      { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'scoped' }, value: 10 },
      { keep: 'kind' },
    ),
    ...scoped('classed', scopedBy('PriorityClass', 'In', ['scoped'])),
    post('one of the class', scopedPods, named(merged(pod, { spec: { priorityClassName: 'scoped' } }), 'c'), {
      keep: 'kind',
    }),
    post(
      'one too many of the class',
      scopedPods,
      named(merged(pod, { spec: { priorityClassName: 'scoped' } }), 'c-too'),
    ),
    remove('no more class for scopes', '/apis/scheduling.k8s.io/v1/priorityclasses/scoped', undefined, {
      keep: 'kind',
    }),
    ...Object.entries({
      'an operator that takes no values': scopedBy('PriorityClass', 'Exists', ['a']),
      'an operator that takes values': scopedBy('PriorityClass', 'In'),
      'an operator that a scope does not take': scopedBy('BestEffort', 'In', ['a']),
      'an operator that is none': scopedBy('PriorityClass', 'Near', ['a']),
      'a selected scope that is none': scopedBy('Lucky', 'Exists'),
      'scopes that take no such resource': { scopes: ['BestEffort'], hard: { 'requests.cpu': '1' } },
      'a scope twice': { scopes: ['BestEffort', 'BestEffort'] },
      'scopes of pods for others': { scopes: ['BestEffort'], hard: { configmaps: '1' } },
      'a scope of affinity': { scopes: ['CrossNamespacePodAffinity'] },
    }).map(([name, spec], index) =>
      post(name, scopedAt, named({ ...quota, spec: { hard: { pods: '1' }, ...spec } }, `refused-${index}`)),
    ),
    patch('another scope later', `${scopedAt}/terminating`, 'merge', {
      spec: { scopes: ['NotTerminating'] },
    }),
  ],
};

const rangesAt = '/api/v1/namespaces/limit-ranges/limitranges';
const range = {
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: {},
  spec: {
    limits: [
      {
        type: 'Container',
        max: { cpu: '2', memory: '1Gi' },
        min: { cpu: '100m' },
        default: { cpu: '500m' },
        defaultRequest: { cpu: '200m' },
      },
    ],
  },
};
const asking = (name: string, resources: object) =>
  merged(named(pod, name), { spec: { containers: [{ name: 'web', image: 'i', resources }] } });
const podsAt = '/api/v1/namespaces/limit-ranges/pods';
export const limitRanges: Topic = {
  name: 'limit-ranges',
  steps: [
    ...lifecycle(rangesAt, range),
    ...collected(rangesAt, range),
    ...variants(rangesAt, range, {
      'a strange type': { spec: { limits: [{ type: 'Luck', max: { cpu: '1' } }] } },
      'more least than most': {
        spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }] },
      },
      'a default above the most': {
        spec: { limits: [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' } }] },
      },
      'a type twice': {
        spec: {
          limits: [
            { type: 'Pod', max: { cpu: '1' } },
            { type: 'Pod', max: { cpu: '1' } },
          ],
        },
      },
      'a default of a pod': { spec: { limits: [{ type: 'Pod', default: { cpu: '1' } }] } },
      'a ratio below one': {
        spec: { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } }] },
      },
    }),
    remove('make room', rangesAt),
    post('create one that holds', rangesAt, named(range, 'holds')),
    post('a pod that gets the defaults', podsAt, named(pod, 'defaulted')),
    post('a pod that asks for too much', podsAt, asking('much', { limits: { cpu: '3' } })),
    post('a pod that asks for too little', podsAt, asking('little', { requests: { cpu: '50m' } })),
    post(
      'a pod with its own',
      podsAt,
      asking('own', { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1Gi' } }),
    ),
  ],
};

const prioritiesAt = '/apis/scheduling.k8s.io/v1/priorityclasses';
const priority = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {}, value: 10 };
export const priorityClasses: Topic = {
  name: 'priority-classes',
  steps: [
    ...lifecycle(prioritiesAt, priority, 'pc-a'),
    ...collected(prioritiesAt, priority, 'pc-a-collected'),
    ...changes(
      prioritiesAt,
      priority,
      {
        'another value': { value: 11 },
        'another policy': { preemptionPolicy: 'Never' },
        'a description': { description: 'd' },
      },
      'pc-changing',
    ),
    ...variants(prioritiesAt, priority, {
      'a name of the system': { metadata: { name: 'system-mine' } },
      'a value of the system': { metadata: { name: 'pc-1' }, value: 2000000000 },
      'a strange policy': { metadata: { name: 'pc-2' }, preemptionPolicy: 'Shove' },
      'no value': { metadata: { name: 'pc-3' }, value: null },
    }),
    get('those of the system', `${prioritiesAt}/system-node-critical`),
    post(
      'a pod of a class',
      '/api/v1/namespaces/priority-classes/pods',
      merged(named(pod, 'with'), { spec: { priorityClassName: 'pc-changing' } }),
    ),
    post(
      'a pod of a class that says another number',
      '/api/v1/namespaces/priority-classes/pods',
      merged(named(pod, 'other'), {
        spec: { priorityClassName: 'pc-changing', priority: 3 },
      }),
    ),
    remove('delete it', `${prioritiesAt}/pc-changing`),
  ],
};

const runtimesAt = '/apis/node.k8s.io/v1/runtimeclasses';
const runtime = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: {}, handler: 'wasm' };
export const runtimeClasses: Topic = {
  name: 'runtime-classes',
  steps: [
    ...lifecycle(runtimesAt, runtime, 'rc-a'),
    ...collected(runtimesAt, runtime, 'rc-a-collected'),
    ...changes(runtimesAt, runtime, { 'another handler': { handler: 'other' } }, 'rc-changing'),
    ...variants(runtimesAt, runtime, {
      'no handler': { metadata: { name: 'rc-1' }, handler: null },
      'a handler that is none': { metadata: { name: 'rc-2' }, handler: 'A_b' },
      'an overhead': { metadata: { name: 'rc-3' }, overhead: { podFixed: { cpu: '10m' } } },
      'a negative overhead': { metadata: { name: 'rc-4' }, overhead: { podFixed: { cpu: '-1' } } },
      'a node selector': { metadata: { name: 'rc-5' }, scheduling: { nodeSelector: { a: 'b' } } },
    }),
    post(
      'a pod of a class',
      '/api/v1/namespaces/runtime-classes/pods',
      merged(named(pod, 'with'), { spec: { runtimeClassName: 'rc-3' } }),
    ),
    post(
      'a pod of a class with its nodes',
      '/api/v1/namespaces/runtime-classes/pods',
      merged(named(pod, 'placed'), { spec: { runtimeClassName: 'rc-5' } }),
    ),
  ],
};

const disruptionPodsAt = '/api/v1/namespaces/evictions/pods';
const eviction = (name: string, more?: object) => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name },
  ...more,
});
const runningStatus = {
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
  },
};
/** Eviction asks the budgets, whose status a controller keeps: here the script is that controller. */
export const evictions: Topic = {
  name: 'evictions',
  steps: [
    ...['x', 'y', 'z'].map((name) =>
      post(
        `create ${name}`,
        disruptionPodsAt,
        merged(named(pod, name), { metadata: { labels: { app: 'web' } } }),
      ),
    ),
    ...['x', 'y'].map((name) =>
      patch(`run ${name}`, `${disruptionPodsAt}/${name}/status`, 'merge', runningStatus),
    ),
    post('a budget', '/apis/policy/v1/namespaces/evictions/poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    }),
    post('evict before its status is known', `${disruptionPodsAt}/x/eviction`, eviction('x')),
    patch('one may go', '/apis/policy/v1/namespaces/evictions/poddisruptionbudgets/b/status', 'merge', {
      status: {
        observedGeneration: 1,
        disruptionsAllowed: 1,
        currentHealthy: 2,
        desiredHealthy: 1,
        expectedPods: 2,
      },
    }),
    post('evict in a dry run', `${disruptionPodsAt}/x/eviction?dryRun=All`, eviction('x')),
    post('evict one', `${disruptionPodsAt}/x/eviction`, eviction('x')),
    post('evict one too many', `${disruptionPodsAt}/y/eviction`, eviction('y')),
    post('evict what does not run', `${disruptionPodsAt}/z/eviction`, eviction('z')),
    get('the budget after', '/apis/policy/v1/namespaces/evictions/poddisruptionbudgets/b'),
    post('evict in version 1beta1', `${disruptionPodsAt}/y/eviction`, {
      ...eviction('y'),
      apiVersion: 'policy/v1beta1',
    }),
    post('evict what is not there', `${disruptionPodsAt}/none/eviction`, eviction('none')),
    post(
      'evict with an unmet condition',
      `${disruptionPodsAt}/y/eviction`,
      eviction('y', { deleteOptions: { preconditions: { uid: 'other' } } }),
    ),
  ],
};

const crb = '/apis/rbac.authorization.k8s.io/v1';
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: {},
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
};
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: {},
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
  subjects: [
    { kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' },
    { kind: 'ServiceAccount', name: 'default', namespace: 'roles' },
    { kind: 'Group', name: 'g' },
  ],
};
const badRules = {
  'a rule without verbs': { rules: [{ apiGroups: [''], resources: ['pods'] }] },
  'a rule without resources': { rules: [{ apiGroups: [''], verbs: ['get'] }] },
  'a rule without groups': { rules: [{ resources: ['pods'], verbs: ['get'] }] },
  'a rule of paths': { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] },
  'a rule of both': {
    rules: [{ nonResourceURLs: ['/m'], apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
};
export const roles: Topic = {
  name: 'roles',
  steps: [
    ...lifecycle(`${crb}/namespaces/roles/roles`, role),
    ...collected(`${crb}/namespaces/roles/roles`, role),
    ...variants(`${crb}/namespaces/roles/roles`, role, badRules),
  ],
};
export const clusterRoles: Topic = {
  name: 'cluster-roles',
  steps: [
    ...lifecycle(`${crb}/clusterroles`, { ...role, kind: 'ClusterRole' }, 'cr-a'),
    ...collected(`${crb}/clusterroles`, { ...role, kind: 'ClusterRole' }, 'cr-collected'),
    ...variants(
      `${crb}/clusterroles`,
      { ...role, kind: 'ClusterRole' },
      withNames('cr', {
        ...badRules,
        aggregated: { rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } },
        'aggregated of nothing': { rules: null, aggregationRule: {} },
      }),
    ),
  ],
};
export const roleBindings: Topic = {
  name: 'role-bindings',
  steps: [
    ...lifecycle(`${crb}/namespaces/role-bindings/rolebindings`, binding),
    ...collected(`${crb}/namespaces/role-bindings/rolebindings`, binding),
    ...changes(`${crb}/namespaces/role-bindings/rolebindings`, binding, {
      'another role': { roleRef: { name: 's' } },
      'other subjects': { subjects: null },
    }),
    ...variants(`${crb}/namespaces/role-bindings/rolebindings`, binding, {
      'a subject of a strange kind': { subjects: [{ kind: 'Dog', name: 'd' }] },
      'a subject without a name': { subjects: [{ kind: 'User' }] },
      'an account without a namespace': { subjects: [{ kind: 'ServiceAccount', name: 'd' }] },
      'a role of a strange kind': { roleRef: { kind: 'Dog' } },
      'no role': { roleRef: { name: null } },
      'a role of another group': { roleRef: { apiGroup: 'x' } },
    }),
  ],
};
export const clusterRoleBindings: Topic = {
  name: 'cluster-role-bindings',
  steps: [
    ...lifecycle(
      `${crb}/clusterrolebindings`,
      merged(binding, { kind: 'ClusterRoleBinding', roleRef: { kind: 'ClusterRole' } }),
      'crb-a',
    ),
    ...collected(
      `${crb}/clusterrolebindings`,
      merged(binding, { kind: 'ClusterRoleBinding', roleRef: { kind: 'ClusterRole' } }),
      'crb-collected',
    ),
    ...variants(
      `${crb}/clusterrolebindings`,
      merged(binding, { kind: 'ClusterRoleBinding' }),
      withNames('crb', {
        'a role of a namespace': {},
      }),
    ),
    get('bindings of the system', `${crb}/clusterrolebindings/cluster-admin`),
  ],
};
