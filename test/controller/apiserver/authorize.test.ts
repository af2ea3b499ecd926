import assert from 'node:assert/strict';
import { userOfCertificate, type User } from '../../../controller/apiserver/users.ts';
import type { Node } from '../../../api/types.ts';
import type { MemberCertificate, Role } from '../../../swarm/certificate.ts';
import { configMap, deployment, node, pod, service, testCluster, type TestCluster } from './cluster.ts';

const certificate = (role: Role, name: string): MemberCertificate => ({
  cluster: 'c'.repeat(64),
  key: name.padEnd(64, '0'),
  role,
  name,
  owner: 'ada',
  epoch: 1,
  notAfter: Number.MAX_SAFE_INTEGER,
});

describe('who may do what', () => {
  const attic = userOfCertificate(certificate('node', 'attic'));
  const cellar = userOfCertificate(certificate('node', 'cellar'));
  const gateway = userOfCertificate(certificate('gateway', 'hall'));
  const ben = userOfCertificate(certificate('person', 'ben'));
  const founder = userOfCertificate(certificate('person', 'ada'), { founderKey: 'ada'.padEnd(64, '0') });

  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
    const { client } = cluster;
    const container = {
      name: 'web',
      image: 'hello:1',
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'used', key: 'a' } } }],
      envFrom: [{ configMapRef: { name: 'used' } }],
    };
    await client.create(pod('mine', { nodeName: 'attic', containers: [container] }));
    await client.create(pod('other', { nodeName: 'cellar' }));
    await client.create(node('attic'));
    await client.create(node('cellar'));
    for (const name of ['used', 'unused']) {
      await client.create(configMap(name));
      await client.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' } });
    }
    await client.create(service('web'));
  });
  afterEach(() => cluster.close());

  /** Refused to `no`, and to `yes` (the control) not. */
  async function only(
    yes: User,
    no: User,
    method: string,
    path: string,
    body?: unknown,
    type?: string,
  ): Promise<void> {
    const options = { ...(body !== undefined && { body }), ...(type && { type }) };
    const refused = await cluster.ask(method, path, { ...options, user: no });
    assert.equal(refused.status, 403, `${no.name} ${method} ${path}: ${refused.text}`);
    assert.equal(refused.json.reason, 'Forbidden');
    const allowed = await cluster.ask(method, path, { ...options, user: yes });
    assert.ok(allowed.status < 300, `${yes.name} ${method} ${path}: ${allowed.text}`);
  }
  const merge = 'application/merge-patch+json';
  const core = '/api/v1/namespaces/default';
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

  describe('a node', () => {
    it('lists and watches the pods that are on it, and no others', async () => {
      const own = await cluster.ask('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dattic', {
        user: attic,
      });
      assert.deepEqual(
        (own.json['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name),
        ['mine'],
      );
      await only(cellar, attic, 'GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dcellar');
      for (const selector of [
        '',
        '?fieldSelector=spec.nodeName!%3Dattic',
        '?fieldSelector=metadata.name%3Dmine',
      ])
        assert.equal(
          (await cluster.ask('GET', `/api/v1/pods${selector}`, { user: attic })).status,
          403,
          selector,
        );
      assert.equal((await cluster.ask('GET', '/api/v1/pods?watch=true', { user: attic })).status, 403);
    });

    it('reads, reports on and removes its own pods alone', async () => {
      await only(cellar, attic, 'GET', `${core}/pods/other`);
      await only(
        cellar,
        attic,
        'PATCH',
        `${core}/pods/other/status`,
        { status: { phase: 'Running' } },
        merge,
      );
      await only(cellar, attic, 'DELETE', `${core}/pods/other?gracePeriodSeconds=0`);
      await only(founder, attic, 'PATCH', `${core}/pods/mine`, { metadata: { labels: { a: 'b' } } }, merge);
      await only(founder, attic, 'POST', `${core}/pods`, pod('new'));
      const log = (user: User) => cluster.ask('GET', `${core}/pods/mine/log`, { user });
      assert.equal((await log(attic)).status, 403);
      assert.equal((await log(founder)).status, 503, 'allowed, and the node is away');
      assert.equal(
        (await cluster.ask('GET', `${core}/pods/gone`, { user: attic })).status,
        404,
        'a node hears what is gone',
      );
    });

    it('may not bind a pod to itself, nor change one through its status', async () => {
      await cluster.client.create(pod('loose'));
      await only(founder, attic, 'POST', `${core}/pods/loose/binding`, { target: { name: 'attic' } });
      const body = { metadata: { labels: { a: 'b' } }, spec: { priority: 7 }, status: { phase: 'Running' } };
      const answer = await cluster.ask('PATCH', `${core}/pods/mine/status`, {
        body,
        type: merge,
        user: attic,
      });
      assert.equal(answer.status, 200, answer.text);
      const { metadata, spec, status } = answer.json as {
        metadata: { labels?: object };
        spec: { priority?: number };
        status: { phase: string };
      };
      assert.deepEqual([metadata.labels, spec.priority, status.phase], [undefined, 0, 'Running']);
    });

    it('gets the Secrets and ConfigMaps that its pods refer to, and no others', async () => {
      for (const kind of ['secrets', 'configmaps']) {
        await only(attic, cellar, 'GET', `${core}/${kind}/used`);
        await only(founder, attic, 'GET', `${core}/${kind}/unused`);
        await only(founder, attic, 'GET', `${core}/${kind}`);
        await only(founder, attic, 'GET', `/api/v1/${kind}`);
        await only(attic, cellar, 'GET', `${core}/${kind}?fieldSelector=metadata.name%3Dused`);
        await only(
          founder,
          attic,
          'PATCH',
          `${core}/${kind}/used`,
          { metadata: { labels: { a: 'b' } } },
          merge,
        );
      }
    });

    it('creates and reports on the Node of its own name alone', async () => {
      const porch = userOfCertificate(certificate('node', 'porch'));
      await only(porch, attic, 'POST', '/api/v1/nodes', node('porch'));
      await only(
        cellar,
        attic,
        'PATCH',
        '/api/v1/nodes/cellar/status',
        { status: { phase: 'Running' } },
        merge,
      );
      await only(founder, attic, 'DELETE', '/api/v1/nodes/attic');
      assert.equal((await cluster.ask('GET', '/api/v1/nodes', { user: attic })).status, 200);
    });

    it('may say of itself only what its certificate says', async () => {
      const say = (annotations: Record<string, string>, labels = {}) => ({
        metadata: { annotations, labels },
      });
      const write = (body: unknown, user = attic) =>
        cluster.ask('PATCH', '/api/v1/nodes/attic', { body, type: merge, user });
      assert.equal((await write(say({ 'kith.home.arpa/owner': 'mallory' }))).status, 403);
      assert.equal((await write(say({ 'kith.home.arpa/owner': 'ada' }))).status, 200);
      assert.equal((await write(say({ 'kith.home.arpa/tier': 'own' }))).status, 403);
      assert.equal((await write(say({ 'kith.home.arpa/tier': 'own' }), founder)).status, 200);
      assert.equal((await write(say({}, { 'kubernetes.io/hostname': 'cellar' }))).status, 403);
      assert.equal((await write({ spec: { unschedulable: true } })).status, 403);
      assert.equal((await write({ spec: { unschedulable: true } }, founder)).status, 200);
    });

    it('is registered under the key, owner and tier of its certificate, whatever it claims', async () => {
      const porch = userOfCertificate({ ...certificate('node', 'porch'), tier: 'friend' });
      const claim = (claimed: object, spec: object = {}) => ({
        ...node('porch'),
        metadata: { name: 'porch', annotations: claimed },
        spec,
      });
      const register = (body: object, user: User = porch) =>
        cluster.ask('POST', '/api/v1/nodes', { body, user });
      assert.equal((await register(claim({ 'kith.home.arpa/tier': 'own' }))).status, 403);
      assert.equal((await register(claim({ 'kith.home.arpa/owner': 'mallory' }))).status, 403);
      assert.equal((await register(claim({}, { providerID: `kith://${'f'.repeat(64)}` }))).status, 403);
      assert.equal((await register(claim({}, { podCIDR: '10.244.9.0/24' }))).status, 403);
      const honest = await register(claim({ 'kith.home.arpa/tier': 'friend' }));
      assert.equal(honest.status, 201, honest.text);
      const { metadata, spec } = honest.json as unknown as Node;
      assert.deepEqual(metadata!.annotations, {
        'kith.home.arpa/owner': 'ada',
        'kith.home.arpa/tier': 'friend',
      });
      assert.equal(spec!.providerID, `kith://${porch.certificate!.key}`);
      // The control: who is no node is believed.
      const other = {
        ...claim({ 'kith.home.arpa/tier': 'own' }),
        metadata: { name: 'shed', annotations: { 'kith.home.arpa/tier': 'own' } },
      };
      assert.equal((await register(other, founder)).status, 201);
    });

    it('leaves what an administrator has said of it', async () => {
      const path = '/api/v1/nodes/attic';
      const said = { metadata: { annotations: { 'kith.home.arpa/tier': 'own' } } };
      assert.equal(
        (await cluster.ask('PATCH', path, { body: said, type: merge, user: founder })).status,
        200,
      );
      const label = (annotations: object) =>
        cluster.ask('PATCH', path, {
          body: { metadata: { labels: { a: 'b' }, annotations } },
          type: merge,
          user: attic,
        });
      assert.equal((await label({})).status, 200);
      assert.equal((await label({ 'kith.home.arpa/tier': null })).status, 403);
    });

    it('holds its own Lease alone', async () => {
      const lease = (name: string) => ({ metadata: { name }, spec: { holderIdentity: name } });
      await only(cellar, attic, 'POST', leases, lease('cellar'));
      await only(cellar, attic, 'PATCH', `${leases}/cellar`, { spec: { leaseDurationSeconds: 10 } }, merge);
      await only(founder, attic, 'POST', leases.replace('kube-node-lease', 'default'), lease('attic'));
    });

    it('reports Events, and changes none but its own', async () => {
      const event = (name: string, host: string) => ({
        metadata: { name, namespace: 'default' },
        involvedObject: { kind: 'Pod', name: 'other', namespace: 'default' },
        reason: 'Started',
        source: { component: 'kith-agent', host },
      });
      assert.equal(
        (await cluster.ask('POST', `${core}/events`, { body: event('e', 'cellar'), user: cellar })).status,
        201,
      );
      await only(cellar, attic, 'PATCH', `${core}/events/e`, { count: 2 }, merge);
      await only(founder, attic, 'DELETE', `${core}/events/e`);
    });

    it('sees the directory of Services, and writes none of it', async () => {
      assert.equal((await cluster.ask('GET', '/api/v1/services', { user: attic })).status, 200);
      assert.equal(
        (await cluster.ask('GET', '/apis/discovery.k8s.io/v1/endpointslices', { user: attic })).status,
        200,
      );
      await only(
        founder,
        attic,
        'PATCH',
        `${core}/services/web`,
        { metadata: { labels: { a: 'b' } } },
        merge,
      );
      await only(founder, attic, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment('mine'));
    });
  });

  it('a gateway reads its directory, and nothing else', async () => {
    for (const path of [
      '/api/v1/services',
      '/apis/discovery.k8s.io/v1/endpointslices',
      '/api/v1/namespaces',
      '/api/v1/nodes',
      '/api/v1/pods',
    ])
      assert.equal((await cluster.ask('GET', path, { user: gateway })).status, 200, path);
    await only(founder, gateway, 'GET', `${core}/secrets/used`);
    await only(founder, gateway, 'GET', `${core}/configmaps/used`);
    await only(founder, gateway, 'DELETE', `${core}/services/web`);
  });

  it('a person sees all but Secrets, and changes nothing', async () => {
    assert.equal((await cluster.ask('GET', '/apis/apps/v1/deployments', { user: ben })).status, 200);
    await only(founder, ben, 'GET', `${core}/secrets`);
    await only(founder, ben, 'GET', `${core}/secrets/used`);
    await only(founder, ben, 'DELETE', `${core}/configmaps/used`);
    await only(founder, ben, 'GET', '/metrics');
  });

  it('nobody unknown is answered but to say whether the server lives, and which one it is', async () => {
    const request = { method: 'GET', headers: {}, user: undefined, signal: new AbortController().signal };
    assert.equal((await cluster.apiServer.handle({ ...request, path: '/api/v1/pods' })).status, 401);
    assert.equal((await cluster.apiServer.handle({ ...request, path: '/api' })).status, 401);
    assert.equal((await cluster.apiServer.handle({ ...request, path: '/version' })).status, 200);
    assert.equal((await cluster.apiServer.handle({ ...request, path: '/readyz' })).status, 200);
    const headers = { authorization: 'Bearer wrong' };
    assert.equal((await cluster.apiServer.handle({ ...request, headers, path: '/version' })).status, 401);
    assert.equal(
      (await cluster.apiServer.handle({ ...request, user: founder, path: '/api/v1/pods' })).status,
      200,
    );
  });

  it('an identity that asks for too much at once is told to wait, and the others are not', async () => {
    await cluster.close();
    cluster = await testCluster(undefined, { concurrency: { watch: 2 } });
    const stop = new AbortController();
    const watch = (user: User) =>
      cluster.apiServer.handle({
        method: 'GET',
        path: '/api/v1/configmaps?watch=true',
        headers: {},
        user,
        signal: stop.signal,
      });
    assert.deepEqual([(await watch(ben)).status, (await watch(ben)).status], [200, 200]);
    const refused = await watch(ben);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '1');
    assert.equal((await watch(founder)).status, 200);
    stop.abort();
    const control = new AbortController();
    const again = {
      method: 'GET',
      path: '/api/v1/configmaps?watch=true',
      headers: {},
      user: ben,
      signal: control.signal,
    };
    assert.equal((await cluster.apiServer.handle(again)).status, 200, 'once its watches have ended');
    control.abort();
  });
});
