import assert from 'node:assert/strict';
import type { ClusterRole } from '../../../../api/types.ts';
import { until } from '../../../support/wait.ts';
import { testCluster, type TestCluster } from '../cluster.ts';
import { base, binding, clusterBinding, clusterRole, person, role, rule } from './rights.ts';

const group = 'rbac.authorization.k8s.io';
const roleVerbs = 'get,list,create,update,patch,delete';
const allRoleKinds = 'roles,rolebindings,clusterroles,clusterrolebindings';
const merge = 'application/merge-patch+json';

describe('who writes roles', () => {
  const bob = person('bob', 'writers');
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
    const { client } = cluster;
    // Bob may write every role and binding, and read pods; nothing else.
    await client.create(
      clusterRole('writer', rule(roleVerbs, allRoleKinds, group), rule('get,list', 'pods')),
    );
    await client.create(clusterBinding('bob', 'writer', 'bob'));
    await allowed('the rights are known', 'GET', `${base}/clusterroles/writer`);
  });
  afterEach(() => cluster.close());

  const ask = (method: string, path: string, body?: unknown, type?: string) =>
    cluster.ask(method, path, { user: bob, ...(body !== undefined && { body }), ...(type && { type }) });
  /** The index follows the store a moment later. */
  async function allowed(what: string, method: string, path: string, body?: unknown, type?: string) {
    let last = '';
    await until(what, async () => {
      const { status, text } = await ask(method, path, body, type);
      last = text;
      return status < 300;
    }).catch((error: unknown) => assert.fail(`${String(error)}: ${last}`));
  }
  async function refused(method: string, path: string, body: unknown, words: RegExp, type?: string) {
    const { status, text, json } = await ask(method, path, body, type);
    assert.equal(status, 403, text);
    assert.match(json.message!, words);
  }
  const grant = async (...rules: ReturnType<typeof rule>[]) => {
    await cluster.client.create(clusterRole('more', ...rules));
    await cluster.client.create(clusterBinding('more', 'more', 'bob'));
  };
  const local = `${base}/namespaces/default`;

  it('writes what they may do themselves, and is refused more in the words of Kubernetes', async () => {
    await allowed('own rights', 'POST', `${base}/clusterroles`, clusterRole('own', rule('get,list', 'pods')));
    await refused(
      'POST',
      `${base}/clusterroles`,
      clusterRole('esc', rule('get,watch,delete', 'pods'), rule('get', 'secrets', '', ['x'])),
      /^clusterroles\.rbac\.authorization\.k8s\.io "esc" is forbidden: user "bob" \(groups=\["writers" "system:authenticated"\]\) is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["pods"\], Verbs:\["watch" "delete"\]\}\n\{APIGroups:\[""\], Resources:\["secrets"\], ResourceNames:\["x"\], Verbs:\["get"\]\}$/,
    );
    await refused('POST', `${local}/roles`, role('esc', rule('*', '*')), /not currently held/);
    await allowed('the control', 'POST', `${local}/roles`, role('own', rule('get', 'pods')));
  });

  it('may not widen a role by an update or a patch, and may change its labels', async () => {
    await allowed('own rights', 'POST', `${base}/clusterroles`, clusterRole('own', rule('get', 'pods')));
    const path = `${base}/clusterroles/own`;
    await refused('PUT', path, clusterRole('own', rule('get', 'pods,secrets')), /"secrets"/);
    await refused('PATCH', path, { rules: [rule('delete', 'pods')] }, /"delete"/, merge);
    const jsonPatch = [{ op: 'add', path: '/rules/0/verbs/-', value: 'delete' }];
    await refused('PATCH', path, jsonPatch, /"delete"/, 'application/json-patch+json');
    await allowed('labels', 'PATCH', path, { metadata: { labels: { a: 'b' } } }, merge);
    await allowed('what they hold', 'PATCH', path, { rules: [rule('get,list', 'pods')] }, merge);
  });

  it('with the right to escalate writes any role', async () => {
    await refused(
      'POST',
      `${base}/clusterroles`,
      clusterRole('esc', rule('*', '*', '*')),
      /not currently held/,
    );
    await grant(rule('escalate', 'clusterroles', group));
    await allowed('escalate', 'POST', `${base}/clusterroles`, clusterRole('esc', rule('*', '*', '*')));
    await refused('POST', `${local}/roles`, role('esc', rule('*', '*', '*')), /not currently held/);
  });

  it('may not bind a role that gives more than they have', async () => {
    await refused(
      'POST',
      `${base}/clusterrolebindings`,
      clusterBinding('up', 'cluster-admin', 'bob'),
      /NonResourceURLs:\["\*"\]/,
    );
    await refused(
      'POST',
      `${local}/rolebindings`,
      binding('up', 'ClusterRole', 'view', 'bob'),
      /not currently held/,
    );
    await allowed(
      'own rights',
      'POST',
      `${local}/rolebindings`,
      binding('same', 'ClusterRole', 'writer', 'eve'),
    );
    const missing = await ask('POST', `${local}/rolebindings`, binding('none', 'Role', 'nothing', 'eve'));
    assert.equal(missing.status, 404);
    assert.match(missing.json.message!, /^role\.rbac\.authorization\.k8s\.io "nothing" not found$/);
  });

  it('may not put themselves into a binding that others made', async () => {
    await cluster.client.create(clusterBinding('admins', 'cluster-admin', 'ada'));
    const path = `${base}/clusterrolebindings/admins`;
    const subjects = [{ apiGroup: group, kind: 'User', name: 'bob' }];
    await refused('PATCH', path, { subjects }, /not currently held/, merge);
    await allowed('a finalizer', 'PATCH', path, { metadata: { finalizers: ['a.example/b'] } }, merge);
  });

  it('with the right to bind a role binds that one', async () => {
    await refused(
      'POST',
      `${local}/rolebindings`,
      binding('v', 'ClusterRole', 'view', 'eve'),
      /not currently held/,
    );
    await grant(rule('bind', 'clusterroles', group, ['view']));
    await allowed('bind', 'POST', `${local}/rolebindings`, binding('v', 'ClusterRole', 'view', 'eve'));
    await refused(
      'POST',
      `${local}/rolebindings`,
      binding('e', 'ClusterRole', 'edit', 'eve'),
      /not currently held/,
    );
  });

  it('may not gather rights by an aggregation rule', async () => {
    const aggregated: ClusterRole = {
      ...clusterRole('all'),
      aggregationRule: {
        clusterRoleSelectors: [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }],
      },
    };
    await refused(
      'POST',
      `${base}/clusterroles`,
      aggregated,
      /must have cluster-admin privileges to use the aggregationRule$/,
    );
    await cluster.client.create(clusterBinding('bob-is-admin', 'cluster-admin', 'bob'));
    await allowed('as administrator', 'POST', `${base}/clusterroles`, aggregated);
  });
});

describe('the roles of every cluster', () => {
  let cluster: TestCluster;
  beforeEach(async () => void (cluster = await testCluster()));
  afterEach(() => cluster.close());
  const get = (name: string) => cluster.client.get<ClusterRole>({ kind: 'ClusterRole', name });

  it('are there, and edit holds what view holds', async () => {
    const [view, edit, admin] = await Promise.all([get('view'), get('edit'), get('admin')]);
    const has = ({ rules = [] }: ClusterRole, verb: string, resource: string) =>
      rules.some((each) => each.verbs.includes(verb) && each.resources?.includes(resource));
    assert.ok(has(view, 'list', 'pods') && !has(view, 'create', 'pods') && !has(view, 'list', 'secrets'));
    assert.ok(has(edit, 'list', 'configmaps') && has(edit, 'create', 'pods') && has(edit, 'list', 'secrets'));
    assert.ok(!has(edit, 'create', 'rolebindings') && has(admin, 'create', 'rolebindings'));
    assert.equal(view.metadata!.labels!['kubernetes.io/bootstrapping'], 'rbac-defaults');
  });

  it('gather the rules of roles with their label, and lose them with it', async () => {
    const more = clusterRole('crontabs', rule('get', 'crontabs', 'stable.example.com'));
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    await cluster.client.create({ ...more, metadata: { name: 'crontabs', labels } });
    const holds = async (name: string) =>
      (await get(name)).rules!.some(({ resources }) => resources?.includes('crontabs'));
    await until(
      'all three hold it',
      async () => (await holds('view')) && (await holds('edit')) && (await holds('admin')),
    );
    await cluster.client.delete({ kind: 'ClusterRole', name: 'crontabs' });
    await until('none holds it', async () => !(await holds('view')) && !(await holds('admin')));
  });

  it('get back at a start what was taken from them, and keep what was added', async () => {
    const { bootstrapRoles } = await import('../../../../controller/apiserver/auth/bootstrap.ts');
    const { client } = cluster;
    await client.delete({ kind: 'ClusterRole', name: 'system:basic-user' });
    const added = rule('get', 'extra');
    await client.patch({ kind: 'ClusterRole', name: 'system:discovery' }, 'merge', { rules: [added] });
    await client.patch({ kind: 'ClusterRoleBinding', name: 'system:discovery' }, 'merge', { subjects: [] });
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
    await client.patch({ kind: 'ClusterRole', name: 'system:public-info-viewer' }, 'merge', {
      metadata: { annotations },
      rules: [added],
    });
    await bootstrapRoles(client);
    assert.equal((await get('system:basic-user')).rules!.length, 2);
    const { rules } = await get('system:discovery');
    assert.deepEqual(rules![0], added);
    assert.ok(rules!.some(({ nonResourceURLs }) => nonResourceURLs?.includes('/openapi/*')));
    const bound = await client.get<{ kind: string; subjects: { name: string }[] }>({
      kind: 'ClusterRoleBinding',
      name: 'system:discovery',
    });
    assert.deepEqual(
      bound.subjects.map(({ name }) => name),
      ['system:authenticated'],
    );
    assert.equal((await get('system:public-info-viewer')).rules!.length, 1, 'left as somebody has made it');
  });
});
