import assert from 'node:assert/strict';
import type { NodeMetrics, PodMetrics, UsageReport } from '../../../../api/metrics.ts';
import { usagePath } from '../../../../api/metrics.ts';
import type { Pod } from '../../../../api/types.ts';
import { adminUser, userOfCertificate, type User } from '../../../../controller/apiserver/users.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';
import { node, pod, testCluster, type TestCluster } from '../cluster.ts';

const metrics = '/apis/metrics.k8s.io/v1beta1';
const podsOf = (namespace: string) => `${metrics}/namespaces/${namespace}/pods`;

const hostUser = (name: string): User =>
  userOfCertificate({
    cluster: 'c'.repeat(64),
    key: 'a'.repeat(64),
    role: 'node',
    name,
    owner: 'ada',
    epoch: 1,
    notAfter: Number.MAX_SAFE_INTEGER,
  });

describe('metrics.k8s.io', () => {
  const clock = new VirtualClock();
  let cluster: TestCluster;
  let web: Pod;

  beforeEach(async () => {
    cluster = await testCluster(clock);
    for (const name of ['attic', 'barn']) {
      await cluster.client.create({ ...node(name), metadata: { name, labels: { place: name } } });
      const status = { capacity: { cpu: '2', memory: '4Gi' } };
      await cluster.client.patch({ kind: 'Node', name }, 'merge', { status }, { subresource: 'status' });
    }
    web = await running('web', 'attic');
  });
  afterEach(() => cluster.close());

  async function running(name: string, nodeName: string): Promise<Pod> {
    const made = pod(name, { nodeName });
    await cluster.client.create({ ...made, metadata: { ...made.metadata, labels: { app: name } } });
    const ref = { kind: 'Pod', namespace: 'default', name };
    return cluster.client.patch<Pod>(
      ref,
      'merge',
      { status: { phase: 'Running' } },
      { subresource: 'status' },
    );
  }

  const usageOf = (...pods: UsageReport['pods']): UsageReport => ({
    windowMs: 15_020,
    node: { cpuMillis: 1250.5, memoryBytes: 3 * 2 ** 30 },
    pods,
  });
  const of = (of: Pod, cpuMillis: number, memoryBytes: number, container = 'web') => ({
    uid: of.metadata!.uid!,
    containers: { [container]: { cpuMillis, memoryBytes } },
  });
  const report = (body: unknown, user = hostUser('attic')) => cluster.ask('POST', usagePath, { body, user });
  const listed = async <T>(path: string, user = adminUser) =>
    ((await cluster.ask('GET', path, { user })).json['items'] as T[]) ?? [];

  it('tells what a host and its pods have in use, as metrics-server does', async () => {
    assert.equal((await report(usageOf(of(web, 12.5, 64 * 2 ** 20)))).status, 200);
    const at = clock.date().toISOString().replace(/\.\d+/, '');
    assert.deepEqual((await cluster.ask('GET', `${podsOf('default')}/web`)).json, {
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'web', namespace: 'default', creationTimestamp: at, labels: { app: 'web' } },
      timestamp: at,
      window: '15.02s',
      containers: [{ name: 'web', usage: { cpu: '12500000n', memory: '65536Ki' } }],
    });
    const [attic, ...others] = await listed<NodeMetrics>(`${metrics}/nodes`);
    assert.deepEqual(attic!.usage, { cpu: '1250500000n', memory: '3145728Ki' });
    assert.deepEqual(others, [], 'a host that has not said anything');
    const { json } = await cluster.ask('GET', `${metrics}/nodes/barn`);
    assert.deepEqual([json['code'], json.message], [404, 'nodes.metrics.k8s.io "barn" not found']);
  });

  it('is selected as pods and nodes are, and shown as a table', async () => {
    const other = await running('other', 'barn');
    await report(usageOf(of(web, 1, 1024)));
    await report(usageOf(of(other, 2, 2048)), hostUser('barn'));
    const names = async (path: string) =>
      (await listed<PodMetrics>(path)).map(({ metadata }) => metadata.name).toSorted();
    assert.deepEqual(await names(`${metrics}/pods`), ['other', 'web']);
    assert.deepEqual(await names(`${podsOf('default')}?labelSelector=app%3Dweb`), ['web']);
    assert.deepEqual(await names(`${podsOf('default')}?fieldSelector=metadata.name%3Dother`), ['other']);
    assert.deepEqual(await names(podsOf('elsewhere')), []);
    assert.deepEqual(await names(`${metrics}/nodes?labelSelector=place%3Dbarn`), ['barn']);
    const { json } = await cluster.ask('GET', podsOf('default'), {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    assert.deepEqual(
      (json['columnDefinitions'] as { name: string }[]).map(({ name }) => name),
      ['Name', 'cpu', 'memory', 'Window'],
    );
    assert.deepEqual((json['rows'] as { cells: unknown[] }[])[1]!.cells, [
      'web',
      '1000000n',
      '1Ki',
      '15.02s',
    ]);
  });

  it('forgets what was said too long ago, and pods that are over', async () => {
    await report(usageOf(of(web, 1, 1024)));
    await clock.advance(40_000);
    assert.equal((await listed(podsOf('default'))).length, 1);
    await clock.advance(10_000);
    assert.deepEqual(await listed(podsOf('default')), []);
    assert.deepEqual(await listed(`${metrics}/nodes`), []);
    await report(usageOf(of(web, 1, 1024)));
    assert.equal((await listed(podsOf('default'))).length, 1);
    await cluster.client.patch(
      { kind: 'Pod', namespace: 'default', name: 'web' },
      'merge',
      { status: { phase: 'Succeeded' } },
      { subresource: 'status' },
    );
    assert.deepEqual(await listed(podsOf('default')), []);
  });

  it('believes a host of its own pods alone, and nothing that cannot be', async () => {
    const other = await running('other', 'barn');
    // Attic speaks of a pod of barn's, and of a container that no pod has.
    await report(usageOf(of(other, 999, 999), of(web, 5, 1024, 'mine')));
    assert.deepEqual(await listed(podsOf('default')), []);
    // More than the host lends is cut to it.
    await report(usageOf(of(web, 9_000_000, 2 ** 49)));
    const [cut] = await listed<PodMetrics>(podsOf('default'));
    assert.deepEqual(cut!.containers[0]!.usage, { cpu: '2000000000n', memory: '4194304Ki' });

    const good = usageOf(of(web, 1, 1));
    for (const [what, body] of Object.entries({
      nothing: {},
      'a list': [],
      'no pods': { ...good, pods: undefined },
      'a negative number': { ...good, node: { cpuMillis: -1, memoryBytes: 1 } },
      'a text': { ...good, node: { cpuMillis: '1', memoryBytes: 1 } },
      'more than any host has': { ...good, node: { cpuMillis: 1, memoryBytes: 2 ** 60 } },
      'no time at all': { ...good, windowMs: 0 },
      'too many pods': { ...good, pods: Array.from({ length: 513 }, () => good.pods[0]) },
      'containers of no sort': { ...good, pods: [{ uid: 'x', containers: [] }] },
    }))
      assert.equal((await report(body)).status, 400, what);
    assert.equal((await report(good)).status, 200, 'the control');
    // It speaks for itself, and nobody else speaks for it.
    assert.equal((await report(good, adminUser)).status, 403);
    const gateway = { name: 'kith:gateway:g', groups: ['kith:gateways', 'system:authenticated'] };
    assert.equal((await report(good, gateway)).status, 403);
  });

  it('is read by whom a role lets, and by those who see pods', async () => {
    const stranger: User = { name: 'sam', groups: ['system:authenticated'] };
    const asked = () => cluster.ask('GET', podsOf('default'), { user: stranger });
    assert.equal((await asked()).status, 403);
    await cluster.client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'sam', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'sam' }],
    } as never);
    assert.equal((await asked()).status, 200);
    assert.equal((await cluster.ask('POST', podsOf('default'), { body: {} })).status, 405);
    assert.equal((await cluster.ask('GET', `${podsOf('default')}?watch=true`)).status, 405);
  });

  it('is among the APIServices, with every other group', async () => {
    const path = '/apis/apiregistration.k8s.io/v1/apiservices';
    const found = await listed<{ metadata: { name: string } }>(path);
    const names = found.map(({ metadata }) => metadata.name);
    assert.ok(
      ['v1.', 'v1.apps', 'v2.autoscaling', 'v1beta1.metrics.k8s.io'].every((name) => names.includes(name)),
    );
    const { json } = await cluster.ask('GET', `${path}/v1beta1.metrics.k8s.io`);
    const [condition] = (json['status'] as { conditions: object[] }).conditions as { status: string }[];
    assert.equal(condition!.status, 'True');
    assert.equal((await cluster.ask('GET', `${path}/v1.nothing`)).status, 404);
  });
});
