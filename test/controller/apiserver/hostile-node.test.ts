import assert from 'node:assert/strict';
import type { MemberCertificate } from '../../../swarm/certificate.ts';
import { adminUser, userOfCertificate, type User } from '../../../controller/apiserver/users.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { until } from '../../support/wait.ts';
import { node, pod, testCluster, type TestCluster } from './cluster.ts';

const certificate: MemberCertificate = {
  cluster: 'c'.repeat(64),
  key: 'a'.repeat(64),
  role: 'node',
  name: 'attic',
  owner: 'ada',
  epoch: 1,
  notAfter: Number.MAX_SAFE_INTEGER,
};
const events = '/api/v1/namespaces/default/events';
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const merge = 'application/merge-patch+json';

describe('a hostile host', () => {
  const attic = userOfCertificate(certificate);
  const clock = new VirtualClock();
  let cluster: TestCluster;
  let names = 0;
  beforeEach(async () => {
    cluster = await testCluster(clock);
    await cluster.client.create(node('attic'));
    await cluster.client.create(pod('mine', { nodeName: 'attic' }));
  });
  afterEach(() => cluster.close());

  const event = (metadata: object = {}, more: object = {}) => ({
    metadata: { name: `e${names++}`, ...metadata },
    involvedObject: { kind: 'Pod', name: 'mine', namespace: 'default' },
    reason: 'Started',
    source: { component: 'kith-agent', host: 'attic' },
    ...more,
  });
  const report = (body: object, user: User = attic) => cluster.ask('POST', events, { body, user });
  const patchNode = (body: object, user: User = attic) =>
    cluster.ask('PATCH', '/api/v1/nodes/attic', { body, type: merge, user });

  it('cannot keep a namespace or an owner from going, by finalizers and references on its Events', async () => {
    const held = { finalizers: ['mallory.example/never'] };
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      uid: 'u',
      blockOwnerDeletion: true,
    };
    for (const metadata of [held, { ownerReferences: [owner] }]) {
      assert.equal((await report(event(metadata))).status, 403);
      assert.equal((await report(event(metadata), adminUser)).status, 201, 'the control');
    }
    assert.equal((await patchNode({ metadata: held })).status, 403);
    assert.equal((await patchNode({ metadata: held }, adminUser)).status, 200);
    assert.equal((await patchNode({ metadata: { finalizers: null } })).status, 403);
    // And yet it reports, of itself too.
    assert.equal((await report(event())).status, 201);
    assert.equal((await patchNode({ metadata: { annotations: { a: 'b' } } })).status, 200);
  });

  it('names its own Node alone as the owner of its Lease', async () => {
    const { metadata } = await cluster.client.get({ kind: 'Node', name: 'attic' });
    const lease = (ownerUid: string) => ({
      metadata: {
        name: 'attic',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'attic', uid: ownerUid }],
      },
      spec: { holderIdentity: 'attic' },
    });
    const write = (uid: string) => cluster.ask('POST', leases, { body: lease(uid), user: attic });
    assert.equal((await write('of-something-else')).status, 403);
    assert.equal((await write(metadata!.uid!)).status, 201);
  });

  it('does not speak in the name of another host', async () => {
    for (const forged of [
      { source: { host: 'cellar' } },
      { source: {}, reportingInstance: 'cellar' },
      { source: { host: 'cellar' }, reportingInstance: 'attic' },
      { source: undefined },
    ]) {
      assert.equal((await report(event({}, forged))).status, 403, JSON.stringify(forged));
      assert.equal((await report(event({}, forged), adminUser)).status, 201);
    }
  });

  it('does not speak in the name of the scheduler or another part of the system', async () => {
    for (const forged of [
      { reportingComponent: 'default-scheduler' },
      { source: { component: 'default-scheduler', host: 'attic' } },
      { source: { host: 'attic' } },
      { source: {}, reportingInstance: 'attic', reportingComponent: 'node-liveness' },
    ]) {
      assert.equal((await report(event({}, forged))).status, 403, JSON.stringify(forged));
      assert.equal((await report(event({}, forged), adminUser)).status, 201, 'the control');
    }
  });

  it("reports on its own pods and its own Node, on nobody else's", async () => {
    await cluster.client.create(node('cellar'));
    await cluster.client.create(pod('theirs', { nodeName: 'cellar' }));
    await cluster.client.create(pod('waiting'));
    const about = (involvedObject: object, user?: User) => {
      const { namespace = 'default' } = involvedObject as { namespace?: string };
      const body = event({}, { involvedObject });
      return cluster.ask('POST', `/api/v1/namespaces/${namespace}/events`, { body, user: user ?? attic });
    };
    const ours = { kind: 'Pod', name: 'mine', namespace: 'default' };
    for (const involvedObject of [
      { ...ours, name: 'theirs' },
      { ...ours, name: 'waiting' },
      { ...ours, name: 'gone' },
      { ...ours, uid: 'of-another-mine' },
      { kind: 'Node', name: 'cellar' },
      { kind: 'Deployment', apiVersion: 'apps/v1', name: 'mine', namespace: 'default' },
    ]) {
      assert.equal((await about(involvedObject)).status, 403, JSON.stringify(involvedObject));
      assert.equal((await about(involvedObject, adminUser)).status, 201, 'the control');
    }
    const { metadata } = await cluster.client.get({ kind: 'Pod', namespace: 'default', name: 'mine' });
    assert.equal((await about({ ...ours, apiVersion: 'v1', uid: metadata!.uid })).status, 201);
    assert.equal((await about({ kind: 'Node', name: 'attic' })).status, 201);
    const related = { kind: 'Pod', name: 'theirs', namespace: 'default' };
    assert.equal((await report(event({}, { related }))).status, 403);
  });

  it('counts repeats on an Event whose pod has gone, and cannot turn one to another pod', async () => {
    const mine = event();
    assert.equal((await report(mine)).status, 201);
    await cluster.client.create(pod('theirs', { nodeName: 'cellar' }));
    await cluster.client.delete(
      { kind: 'Pod', namespace: 'default', name: 'mine' },
      { gracePeriodSeconds: 0 },
    );
    const change = (body: object) =>
      cluster.ask('PATCH', `${events}/${mine.metadata.name}`, { body, type: merge, user: attic });
    assert.equal((await change({ count: 2 })).status, 200);
    assert.equal((await change({ involvedObject: { name: 'theirs' } })).status, 403);
  });

  it('does not take the labels by which administrators set hosts apart', async () => {
    for (const label of [
      'node-role.kubernetes.io/control-plane',
      'node-restriction.kubernetes.io/safe',
      'kith.home.arpa/tier',
    ]) {
      const labels = { [label]: 'yes' };
      assert.equal((await patchNode({ metadata: { labels } })).status, 403, label);
      assert.equal((await patchNode({ metadata: { labels } }, adminUser)).status, 200);
      assert.equal((await patchNode({ metadata: { labels: { [label]: null } } })).status, 403, label);
      assert.equal(
        (await patchNode({ metadata: { labels: { room: label.length.toString() } } })).status,
        200,
      );
    }
  });

  it('is not told by a watch that it still holds what a Secret was changed to, once its pod has gone', async () => {
    const { client } = cluster;
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'door', namespace: 'default' },
      data: { code: Buffer.from(value).toString('base64') },
    });
    await client.create(secret('first'));
    const env = [{ name: 'CODE', valueFrom: { secretKeyRef: { name: 'door', key: 'code' } } }];
    const containers = [{ name: 'web', image: 'hello:1', env }];
    await client.create(pod('keeper', { nodeName: 'attic', containers }));
    const stop = new AbortController();
    const heard: string[] = [];
    const { body } = await cluster.apiServer.handle({
      method: 'GET',
      path: '/api/v1/namespaces/default/secrets?watch=true&fieldSelector=metadata.name%3Ddoor',
      headers: {},
      user: attic,
      signal: stop.signal,
    });
    const listening = (async () => {
      for await (const line of body as AsyncIterable<Buffer>) heard.push(line.toString());
    })();
    const tells = (value: string) => heard.join('').includes(Buffer.from(value).toString('base64'));
    await until('what it may see', () => tells('first'));
    await client.update(secret('second'));
    await until('the control: its pod is there', () => tells('second'));
    await client.delete({ kind: 'Pod', namespace: 'default', name: 'keeper' }, { gracePeriodSeconds: 0 });
    await client.update(secret('third'));
    await until('the end of its watch', () => heard.join('').includes('"type":"ERROR"'));
    await listening;
    assert.ok(!tells('third'), heard.join(''));
    assert.match(heard.at(-1)!, /"code":403/);
  });

  it('cannot hold the controller up with a body that is long to read', async () => {
    const message = 'x'.repeat(600_000);
    assert.equal((await report(event({}, { message }))).status, 413);
    assert.equal((await report(event({}, { message: message.slice(0, 20_000) }))).status, 403);
    assert.equal((await report(event({}, { message }), adminUser)).status, 201);
    const yaml = (user: User) =>
      cluster.ask('POST', events, { body: JSON.stringify(event()), type: 'application/yaml', user });
    assert.equal((await yaml(attic)).status, 415);
    assert.equal((await yaml(adminUser)).status, 201);
    const patch = (type: string) =>
      cluster.ask('PATCH', '/api/v1/nodes/attic/status', { body: { status: {} }, type, user: attic });
    assert.equal((await patch('constructor')).status, 415);
    assert.equal((await patch(merge)).status, 200);
  });

  it('cannot exhaust the stack with a body that is nested without end, whatever its form', async () => {
    const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    const status = '/api/v1/nodes/attic/status';
    const bodies: [string, string, (value: string) => string][] = [
      ['POST', 'application/json', (value) => `{"metadata":{"name":"e"},"x":${value}}`],
      [
        'PATCH',
        'application/json-patch+json',
        (value) => `[{"op":"add","path":"/status/x","value":${value}}]`,
      ],
      ['PATCH', merge, (value) => `{"status":{"x":[${value}]}}`],
      ['PATCH', 'application/strategic-merge-patch+json', (value) => `{"status":{"x":${value}}}`],
    ];
    for (const [method, type, around] of bodies) {
      const send = (levels: number) => {
        const [path, body] = [method === 'POST' ? events : status, around(deep(levels))];
        return cluster.ask(method, path, { body, type, user: attic });
      };
      const refused = await send(80_000);
      assert.equal(refused.status, 400, type);
      assert.match(refused.json.message!, /nested more than 64 levels/);
      // The control: one that is less deep is read.
      assert.doesNotMatch((await send(20)).json.message ?? '', /nested/);
    }
    // By aliases YAML makes an object part of itself.
    const yaml = { body: '&a [*a, *a]', type: 'application/yaml' };
    assert.equal((await cluster.ask('POST', events, yaml)).status, 400);
  });

  it('cannot fill the store: what it writes is counted, and comes back with time', async () => {
    const flood = async (user: User) => {
      const body = event({}, { message: 'x'.repeat(15_000) });
      for (let count = 0; count < 400; count++) {
        const answer = await report(
          { ...body, metadata: { name: `flood-${user.name.length}-${names++}` } },
          user,
        );
        if (answer.status !== 201) return answer;
      }
      return undefined;
    };
    const refused = await flood(attic);
    assert.equal(refused?.status, 429);
    assert.equal(refused.json.reason, 'TooManyRequests');
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.equal(await flood(adminUser), undefined, 'the control: who may do everything is not counted');
    const other = userOfCertificate({ ...certificate, name: 'cellar', key: 'b'.repeat(64) });
    await cluster.client.create(pod('theirs', { nodeName: 'cellar' }));
    const theirs = {
      involvedObject: { kind: 'Pod', name: 'theirs', namespace: 'default' },
      source: { component: 'kith-agent', host: 'cellar' },
    };
    assert.equal((await report(event({}, theirs), other)).status, 201, 'nor are others');
    await clock.advance(Number(refused.headers['retry-after']) * 1000);
    assert.equal((await report(event({}, { message: 'x'.repeat(15_000) }))).status, 201);
  });
});
