import assert from 'node:assert/strict';
import { until } from '../../../support/wait.ts';
import { userOfCertificate, type User } from '../../../../controller/apiserver/users.ts';
import { testCluster, type TestCluster } from '../cluster.ts';
import { binding, clusterBinding, clusterRole, person, role, rule } from './rights.ts';

const authorization = '/apis/authorization.k8s.io/v1';
const authentication = '/apis/authentication.k8s.io/v1';

describe('questions about rights', () => {
  const bob = person('bob');
  let cluster: TestCluster;
  before(async () => {
    cluster = await testCluster();
    await cluster.client.create(role('reader', rule('get,list', 'pods,pods/log')));
    await cluster.client.create(binding('readers', 'Role', 'reader', 'bob'));
    await cluster.client.create(clusterRole('asker', rule('create', '*', 'authorization.k8s.io')));
    await cluster.client.create(clusterBinding('askers', 'asker', 'eve'));
    await cluster.client.create(clusterBinding('dangling', 'nothing', 'dan'));
    await until(
      'the rights are known',
      async () => (await ask(bob, 'GET', '/api/v1/namespaces/default/pods')).status === 200,
    );
  });
  after(() => cluster.close());

  const ask = (
    user: User | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) =>
    cluster.ask(method, path, {
      ...(user && { user }),
      ...(body !== undefined && { body }),
      ...(headers && { headers }),
    });
  const status = async (user: User | undefined, path: string, spec: object) => {
    const { json, text, status: code } = await ask(user, 'POST', path, { spec });
    assert.equal(code, 201, text);
    return json['status'] as { allowed: boolean; reason?: string };
  };
  const pods = (verb: string, namespace = 'default') => ({
    resourceAttributes: { verb, resource: 'pods', namespace },
  });

  it('are answered of oneself, with the reason', async () => {
    const self = `${authorization}/selfsubjectaccessreviews`;
    assert.deepEqual(await status(bob, self, pods('list')), {
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "readers/default" of Role "reader" to User "bob"',
    });
    assert.deepEqual(await status(bob, self, pods('delete')), { allowed: false });
    assert.deepEqual(await status(bob, self, pods('list', 'kube-system')), { allowed: false });
    assert.deepEqual(await status(undefined, self, pods('delete')), { allowed: true });
    assert.deepEqual(await status(bob, self, { nonResourceAttributes: { verb: 'get', path: '/apis' } }), {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
    });
    assert.deepEqual(await status(person('dan'), self, pods('list')), {
      allowed: false,
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "nothing" not found',
    });
  });

  it('are answered of others only to who may ask', async () => {
    const path = `${authorization}/subjectaccessreviews`;
    const spec = { user: 'bob', ...pods('get') };
    const refused = await ask(bob, 'POST', path, { spec });
    assert.equal(refused.status, 403);
    assert.match(
      refused.json.message!,
      /cannot create resource "subjectaccessreviews" in API group "authorization\.k8s\.io" at the cluster scope/,
    );
    assert.equal((await status(person('eve'), path, spec)).allowed, true);
    assert.equal(
      (await status(person('eve'), path, { user: 'x', groups: ['system:masters'], ...pods('get') })).allowed,
      true,
    );
    const local = (namespace: string, inside: string) =>
      ask(undefined, 'POST', `${authorization}/namespaces/${namespace}/localsubjectaccessreviews`, {
        metadata: { namespace: inside },
        spec: { user: 'bob', ...pods('get', inside) },
      });
    assert.equal(((await local('default', 'default')).json['status'] as { allowed: boolean }).allowed, true);
    assert.equal((await local('default', 'kube-system')).status, 400);
  });

  it('that ask nothing, or of nobody, are refused in the words of Kubernetes', async () => {
    const post = (kind: string, body: object) => ask(undefined, 'POST', `${authorization}/${kind}`, body);
    const none = await post('selfsubjectaccessreviews', { spec: {} });
    assert.equal(none.status, 422);
    assert.equal(
      none.json.message,
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
    assert.match(
      (await post('subjectaccessreviews', { spec: pods('get') })).json.message!,
      /spec\.user: Invalid value: "": at least one of user or group must be specified/,
    );
    const named = await post('selfsubjectaccessreviews', { metadata: { name: 'x' }, spec: pods('get') });
    assert.match(named.json.message!, /metadata: .*must be empty/);
    assert.equal(
      (await post('selfsubjectrulesreviews', { spec: {} })).json.message,
      'no namespace on request',
    );
    assert.equal((await ask(undefined, 'GET', `${authorization}/selfsubjectaccessreviews`)).status, 405);
  });

  it('are answered with all rules that one has in a namespace', async () => {
    const { json } = await ask(bob, 'POST', `${authorization}/selfsubjectrulesreviews`, {
      spec: { namespace: 'default' },
    });
    const { resourceRules, nonResourceRules, incomplete } = json['status'] as {
      resourceRules: object[];
      nonResourceRules: { nonResourceURLs: string[] }[];
      incomplete: boolean;
    };
    assert.ok(
      resourceRules.some(
        (each) =>
          JSON.stringify(each) ===
          JSON.stringify({ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }),
      ),
    );
    assert.ok(nonResourceRules.some(({ nonResourceURLs }) => nonResourceURLs.includes('/healthz')));
    assert.equal(incomplete, false);
  });

  it('know what a member may by its certificate', async () => {
    const certificate = {
      cluster: '',
      key: '',
      role: 'node',
      name: 'attic',
      owner: 'ada',
      epoch: 1,
      notAfter: 1,
    } as const;
    const { json } = await ask(
      userOfCertificate(certificate),
      'POST',
      `${authorization}/selfsubjectrulesreviews`,
      { spec: { namespace: 'default' } },
    );
    const answer = json['status'] as {
      incomplete: boolean;
      resourceRules: { resources: string[]; verbs: string[] }[];
    };
    assert.equal(answer.incomplete, true, 'the rest hangs on the very object');
    assert.ok(
      answer.resourceRules.some(
        ({ resources, verbs }) => resources.includes('services') && verbs.includes('list'),
      ),
    );
  });

  it('say who one is', async () => {
    const { json } = await ask(bob, 'POST', `${authentication}/selfsubjectreviews`, {});
    assert.deepEqual(json['status'], { userInfo: { username: 'bob', groups: ['system:authenticated'] } });
  });

  describe('as another', () => {
    const path = `${authentication}/selfsubjectreviews`;
    const as = (headers: Record<string, string>, user?: User) => ask(user, 'POST', path, {}, headers);
    const info = async (headers: Record<string, string>) =>
      ((await as(headers)).json['status'] as { userInfo: object }).userInfo;

    it('one has their name, groups, uid and extras, and the groups that follow from them', async () => {
      assert.deepEqual(await info({ 'impersonate-user': 'eve' }), {
        username: 'eve',
        groups: ['system:authenticated'],
      });
      assert.deepEqual(
        await info({
          'impersonate-user': 'eve',
          'impersonate-group': 'a, b',
          'impersonate-uid': '7',
          'impersonate-extra-example.com%2fscope': 'x, y',
        }),
        {
          username: 'eve',
          uid: '7',
          groups: ['a', 'b', 'system:authenticated'],
          extra: { 'example.com/scope': ['x', 'y'] },
        },
      );
      assert.deepEqual(await info({ 'impersonate-user': 'system:serviceaccount:a:b' }), {
        username: 'system:serviceaccount:a:b',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      });
      // Nobody has a right to ask for themselves who they are, unless they are somebody.
      assert.equal((await as({ 'impersonate-user': 'system:anonymous' })).status, 403);
    });

    it('one has their rights alone', async () => {
      const list = (headers: Record<string, string>) =>
        ask(undefined, 'GET', '/api/v1/namespaces/default/secrets', undefined, headers);
      assert.equal((await list({})).status, 200, 'the control');
      assert.match(
        (await list({ 'impersonate-user': 'bob' })).json.message!,
        /User "bob" cannot list resource "secrets"/,
      );
      assert.equal(
        (await list({ 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' })).status,
        200,
      );
    });

    it('only who may impersonate each of these may be it', async () => {
      const { client } = cluster;
      await client.create(
        clusterRole(
          'ghost',
          rule('impersonate', 'users', '', ['bob']),
          rule('impersonate', 'groups', '', ['a']),
        ),
      );
      await client.create(clusterBinding('ghosts', 'ghost', 'mallory'));
      const mallory = person('mallory');
      await until(
        'the right is known',
        async () =>
          (await as({ 'impersonate-user': 'bob', 'impersonate-group': 'a' }, mallory)).status === 201,
      );
      const refused = async (headers: Record<string, string>, words: RegExp) => {
        const { status: code, json } = await as(headers, mallory);
        assert.equal(code, 403);
        assert.match(json.message!, words);
      };
      await refused(
        { 'impersonate-user': 'ada' },
        /^users "ada" is forbidden: User "mallory" cannot impersonate resource "users" in API group "" at the cluster scope$/,
      );
      await refused(
        { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' },
        /groups "system:masters" is forbidden/,
      );
      await refused(
        { 'impersonate-user': 'bob', 'impersonate-group': 'a, system:masters' },
        /groups "system:masters" is forbidden/,
      );
      await refused(
        { 'impersonate-user': 'system:serviceaccount:a:b' },
        /serviceaccounts "b" is forbidden.* in the namespace "a"/,
      );
      await refused(
        { 'impersonate-user': 'bob', 'impersonate-uid': '1' },
        /uids\.authentication\.k8s\.io "1" is forbidden/,
      );
      await refused(
        { 'impersonate-user': 'bob', 'impersonate-extra-x': 'y' },
        /cannot impersonate resource "userextras\/x" in API group "authentication\.k8s\.io"/,
      );
    });

    it('without a user is refused', async () => {
      const { status: code, text } = await as({ 'impersonate-group': 'bob' });
      assert.equal(code, 500);
      assert.equal(
        text,
        `Internal Server Error: "${path}": requested [{Group  bob    }] without impersonating a user\n`,
      );
    });
  });
});
