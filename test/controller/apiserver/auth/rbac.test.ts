import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attributesOf } from '../../../../controller/apiserver/auth/attributes.ts';
import { RbacIndex } from '../../../../controller/apiserver/auth/rbac-index.ts';
import { ruleAllows, uncovered } from '../../../../controller/apiserver/auth/rbac-rules.ts';
import type { Attributes } from '../../../../controller/apiserver/auth/rule.ts';
import type { User } from '../../../../controller/apiserver/users.ts';
import type { PolicyRule, RoleBinding, Subject } from '../../../../api/types.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const user = (name: string, ...groups: string[]): User => ({ name, groups });
const ask = (verb: string, resource: string, more: Partial<Attributes> = {}): Attributes => ({
  user: user('bob'),
  verb,
  group: '',
  resource,
  subresource: undefined,
  namespace: 'a',
  name: undefined,
  fieldSelector: undefined,
  ...more,
});

/** The cases of Kubernetes' own tests (plugin/pkg/auth/authorizer/rbac/rbac_test.go, pkg/apis/rbac/v1/evaluation_helpers_test.go). */
const cases: { rule: PolicyRule; allows: Attributes[]; refuses: Attributes[] }[] = [
  {
    rule: { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    allows: [ask('get', 'pods'), ask('frob', 'x', { group: 'any', subresource: 'y', name: 'z' })],
    refuses: [],
  },
  {
    rule: { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    allows: [ask('get', 'pods'), ask('list', 'pods'), ask('get', 'pods', { name: 'a' })],
    refuses: [
      ask('watch', 'pods'),
      ask('get', 'pods', { subresource: 'log' }),
      ask('get', 'pods', { group: 'apps' }),
      ask('get', 'secrets'),
    ],
  },
  {
    rule: { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    allows: [ask('get', 'pods', { subresource: 'log' })],
    refuses: [ask('get', 'pods'), ask('get', 'pods', { subresource: 'exec' })],
  },
  {
    rule: { apiGroups: ['*'], resources: ['*/scale'], verbs: ['update'] },
    allows: [ask('update', 'deployments', { group: 'apps', subresource: 'scale' })],
    refuses: [ask('update', 'deployments', { group: 'apps' }), ask('update', 'scale')],
  },
  {
    rule: { apiGroups: [''], resources: ['secrets'], resourceNames: ['one', 'two'], verbs: ['*'] },
    allows: [ask('get', 'secrets', { name: 'one' }), ask('delete', 'secrets', { name: 'two' })],
    // Who lists names nothing, so that no rule of names lets them.
    refuses: [ask('list', 'secrets'), ask('create', 'secrets'), ask('get', 'secrets', { name: 'three' })],
  },
  {
    rule: { apiGroups: [''], resources: ['*'], verbs: ['get'] },
    allows: [ask('get', 'pods', { subresource: 'log' }), ask('get', 'nodes', { namespace: undefined })],
    refuses: [ask('get', 'deployments', { group: 'apps' })],
  },
];

describe('a rule of a role', () => {
  it('allows what Kubernetes lets it allow, and no more', () => {
    for (const { rule, allows, refuses } of cases) {
      for (const each of allows) assert.ok(ruleAllows(rule, each), JSON.stringify([rule, each]));
      for (const each of refuses) assert.ok(!ruleAllows(rule, each), JSON.stringify([rule, each]));
    }
  });

  it('gives paths as they are, by their beginning, or all', () => {
    const may = (nonResourceURLs: string[], path: string) =>
      ruleAllows({ nonResourceURLs, verbs: ['get'] }, { user: user('bob'), verb: 'get', path });
    assert.ok(may(['/api'], '/api'));
    assert.ok(!may(['/api'], '/api/v1'));
    assert.ok(may(['/api/*'], '/api/v1'));
    assert.ok(!may(['/api/*'], '/apis'));
    assert.ok(may(['*'], '/anything'));
    const rule = { nonResourceURLs: ['/metrics'], verbs: ['get'] };
    assert.ok(!ruleAllows(rule, { user: user('bob'), verb: 'post', path: '/metrics' }));
    assert.ok(
      !ruleAllows({ nonResourceURLs: ['*'], verbs: ['*'] }, ask('get', 'pods')),
      'no object by a path',
    );
  });

  it('is covered by rights that hold all of it', () => {
    const own: PolicyRule[] = [
      { apiGroups: [''], resources: ['pods', '*/status'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['get'] },
      { nonResourceURLs: ['/debug/*'], verbs: ['get'] },
    ];
    const missing = (rule: PolicyRule) => uncovered(own, [rule]).length;
    assert.equal(missing({ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['x'] }), 0);
    assert.equal(missing({ apiGroups: [''], resources: ['nodes/status'], verbs: ['list'] }), 0);
    assert.equal(missing({ apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'watch'] }), 3);
    assert.equal(missing({ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }), 1, 'all for one');
    assert.equal(
      missing({ apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['get'] }),
      0,
    );
    assert.equal(missing({ nonResourceURLs: ['/debug/pprof'], verbs: ['get'] }), 0);
    assert.equal(missing({ nonResourceURLs: ['/debug*'], verbs: ['get'] }), 1);
    assert.equal(missing({ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }), 1);
  });
});

describe('the path of a request', () => {
  const read = (method: string, path: string, query = '') => {
    const { user: _user, ...rest } = attributesOf(method, path, new URLSearchParams(query), user('bob'));
    return JSON.parse(JSON.stringify(rest)) as object;
  };
  it('says what is asked for, as Kubernetes reads it', () => {
    assert.deepEqual(read('GET', '/version'), { verb: 'get', path: '/version' });
    assert.deepEqual(read('GET', '/apis/apps/v1'), { verb: 'get', path: '/apis/apps/v1' });
    assert.deepEqual(read('GET', '/api/v1/namespaces/a'), {
      verb: 'get',
      group: '',
      resource: 'namespaces',
      namespace: 'a',
      name: 'a',
    });
    assert.deepEqual(read('PUT', '/api/v1/namespaces/a/finalize'), {
      verb: 'update',
      group: '',
      resource: 'namespaces',
      subresource: 'finalize',
      namespace: 'a',
      name: 'a',
    });
    assert.deepEqual(read('GET', '/apis/apps/v1/namespaces/a/deployments', 'watch=1'), {
      verb: 'watch',
      group: 'apps',
      resource: 'deployments',
      namespace: 'a',
    });
    assert.deepEqual(read('GET', '/api/v1/namespaces/a/secrets', 'fieldSelector=metadata.name%3Dx'), {
      verb: 'list',
      group: '',
      resource: 'secrets',
      namespace: 'a',
      name: 'x',
      fieldSelector: 'metadata.name=x',
    });
    assert.deepEqual(read('DELETE', '/api/v1/namespaces/a/pods'), {
      verb: 'deletecollection',
      group: '',
      resource: 'pods',
      namespace: 'a',
    });
    assert.deepEqual(read('POST', '/api/v1/namespaces/a/pods/x/eviction'), {
      verb: 'create',
      group: '',
      resource: 'pods',
      subresource: 'eviction',
      namespace: 'a',
      name: 'x',
    });
  });
});

interface Situation {
  roles: { namespace: string; name: string; rules: PolicyRule[] }[];
  bindings: { namespace: string; name: string; role: string; ofCluster: boolean; subjects: Subject[] }[];
  asked: Attributes;
}

/** Kubernetes' words of what RBAC is, without an index, a cache or a short cut. */
function naive({ roles, bindings, asked }: Situation): boolean {
  return bindings.some(({ namespace, role, ofCluster, subjects }) => {
    if (namespace && namespace !== asked.namespace) return false;
    const names = subjects.some((subject) => {
      if (subject.kind === 'User') return subject.name === asked.user.name;
      if (subject.kind === 'Group') return asked.user.groups.includes(subject.name);
      const where = subject.namespace || namespace;
      return where !== '' && asked.user.name === `system:serviceaccount:${where}:${subject.name}`;
    });
    const found = roles.find((each) => each.name === role && each.namespace === (ofCluster ? '' : namespace));
    return names && (found?.rules ?? []).some((rule) => naiveRule(rule, asked));
  });
}

function naiveRule(rule: PolicyRule, { verb, group, resource, subresource, name = '' }: Attributes): boolean {
  const any = (list: string[] | undefined, ...values: string[]) =>
    values.some((each) => list?.includes(each));
  const full = subresource ? `${resource}/${subresource}` : resource;
  return (
    any(rule.verbs, '*', verb) &&
    any(rule.apiGroups, '*', group) &&
    any(rule.resources, '*', full, ...(subresource ? [`*/${subresource}`] : [])) &&
    (!rule.resourceNames?.length || any(rule.resourceNames, name))
  );
}

const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1, maxLength: 2 });
const rule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some('get', 'list', 'delete', '*'),
  apiGroups: some('', 'apps', '*'),
  resources: some('pods', 'pods/log', '*/log', '*', 'deployments'),
  resourceNames: fc.constantFrom([], [], ['x'], ['x', 'y']),
});
const subject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ kind: fc.constant('User'), name: fc.constantFrom('bob', 'eve', 'system:serviceaccount:a:s') }),
  fc.record({ kind: fc.constant('Group'), name: fc.constantFrom('writers', 'readers') }),
  fc.record({
    kind: fc.constant('ServiceAccount'),
    name: fc.constant('s'),
    namespace: fc.constantFrom('', 'a', 'b'),
  }),
);
const situation: fc.Arbitrary<Situation> = fc.record({
  roles: fc.uniqueArray(
    fc.record({
      namespace: fc.constantFrom('', 'a', 'b'),
      name: fc.constantFrom('r', 's'),
      rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
    }),
    { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 5 },
  ),
  bindings: fc.uniqueArray(
    fc
      .record({
        namespace: fc.constantFrom('', 'a', 'b'),
        name: fc.constantFrom('p', 'q', 'r'),
        role: fc.constantFrom('r', 's'),
        ofCluster: fc.boolean(),
        subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
      })
      // A binding of the whole cluster can name only a role of the whole cluster.
      .map((binding) => ({ ...binding, ofCluster: binding.ofCluster || binding.namespace === '' })),
    { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 5 },
  ),
  asked: fc.record({
    user: fc.record({
      name: fc.constantFrom('bob', 'system:serviceaccount:a:s', 'system:serviceaccount:b:s'),
      groups: fc.subarray(['writers', 'readers']),
    }),
    verb: fc.constantFrom('get', 'list', 'delete'),
    group: fc.constantFrom('', 'apps'),
    resource: fc.constantFrom('pods', 'deployments'),
    subresource: fc.constantFrom(undefined, undefined, 'log'),
    namespace: fc.constantFrom(undefined, 'a', 'b'),
    name: fc.constantFrom(undefined, 'x', 'z'),
    fieldSelector: fc.constant(undefined),
  }),
});

const objects = ({ roles, bindings }: Situation) => ({
  roles: roles.map(({ namespace, name, rules }) => ({
    kind: namespace ? 'Role' : 'ClusterRole',
    metadata: { name, ...(namespace && { namespace }) },
    rules,
  })),
  bindings: bindings.map(({ namespace, name, role, ofCluster, subjects }): RoleBinding => ({
    kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: { name, ...(namespace && { namespace }) },
    roleRef: { apiGroup: rbacGroup, kind: ofCluster ? 'ClusterRole' : 'Role', name: role },
    subjects,
  })),
});

const allows = (index: RbacIndex, asked: Attributes) =>
  [...index.grants(asked.user, asked.namespace)].some(({ rules }) =>
    rules.some((each) => ruleAllows(each, asked)),
  );

describe('roles and bindings', () => {
  it('let whom they should, as one who reads them all one by one finds', () => {
    const seen = { allowed: 0, refused: 0 };
    fc.assert(
      fc.property(situation, (made) => {
        const index = new RbacIndex();
        const { roles, bindings } = objects(made);
        for (const each of [...bindings, ...roles]) index.put(each);
        const expected = naive(made);
        seen[expected ? 'allowed' : 'refused']++;
        assert.equal(allows(index, made.asked), expected);
      }),
      { numRuns: 3_000 },
    );
    assert.ok(seen.allowed > 100 && seen.refused > 100, JSON.stringify(seen));
  });

  it('let nobody any more what they have lost, however they changed', () => {
    fc.assert(
      fc.property(situation, situation, (before, after) => {
        const index = new RbacIndex();
        const first = objects(before);
        for (const each of [...first.roles, ...first.bindings]) index.put(each);
        for (const each of [...first.roles, ...first.bindings]) index.remove(each);
        const second = objects(after);
        for (const each of [...second.roles, ...second.bindings]) index.put(each);
        assert.equal(allows(index, after.asked), naive(after));
        assert.equal(allows(index, before.asked), naive({ ...after, asked: before.asked }));
      }),
      { numRuns: 1_000 },
    );
  });
});
