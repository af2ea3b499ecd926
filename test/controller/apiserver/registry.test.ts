import assert from 'node:assert/strict';
import { isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound } from '../../../api/errors.ts';
import type { ConfigMap, Deployment, Namespace, Pod, Secret, Service } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { configMap, deployment, node, pod, service, testCluster, type TestCluster } from './cluster.ts';

describe('the registry', () => {
  let cluster: TestCluster;
  let client: Client;
  let clock: VirtualClock;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await testCluster(clock);
    client = cluster.client;
  });
  afterEach(() => cluster.close());

  const getPod = (name: string) => client.get<Pod>({ kind: 'Pod', namespace: 'default', name });

  it("sets what is the server's to set, whatever the creator says", async () => {
    const created = await client.create<Pod>({
      ...pod('a'),
      metadata: {
        name: 'a',
        namespace: 'default',
        uid: 'mine',
        creationTimestamp: '1999-01-01T00:00:00Z',
        generation: 7,
      },
      status: { phase: 'Running' },
    });
    assert.match(
      created.metadata!.uid!,
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(created.metadata!.creationTimestamp, '2026-01-01T00:00:00Z');
    assert.equal(created.metadata!.generation, 1);
    assert.equal(created.metadata!.resourceVersion, String(cluster.store.revision));
    assert.equal(created.status!.phase, 'Pending');
    assert.equal(created.spec!.serviceAccountName, 'default');
  });

  it('refuses a second object of the same name, and draws another for generateName', async () => {
    await client.create(configMap('a'));
    await assert.rejects(client.create(configMap('a')), isAlreadyExists);
    const named: ConfigMap = { ...configMap(''), metadata: { generateName: 'a-', namespace: 'default' } };
    const [one, two] = await Promise.all([client.create(named), client.create(named)]);
    assert.match(one.metadata!.name!, /^a-[a-z0-9]{5}$/);
    assert.notEqual(one.metadata!.name, two.metadata!.name);
  });

  it('lets one of two writers win who have seen the same version, and tells the other', async () => {
    const seen = await client.create(configMap('a'));
    const results = await Promise.allSettled([
      client.update({ ...seen, data: { by: 'one' } }),
      client.update({ ...seen, data: { by: 'two' } }),
    ]);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const lost = results.find((each) => each.status === 'rejected')!;
    assert.ok(isConflict(lost.reason), String(lost.reason));
    // The control: the loser, having looked again, wins.
    const again = await client.get({ kind: 'ConfigMap', namespace: 'default', name: 'a' });
    await client.update({ ...again, data: { by: 'three' } } as typeof seen);
  });

  it('applies patches without a version to whatever is there, none lost', async () => {
    await client.create(configMap('a'));
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        client.patch({ kind: 'ConfigMap', namespace: 'default', name: 'a' }, 'merge', {
          data: { [`k${index}`]: 'x' },
        }),
      ),
    );
    const { data } = await client.get<ReturnType<typeof configMap>>({
      kind: 'ConfigMap',
      namespace: 'default',
      name: 'a',
    });
    assert.equal(Object.keys(data!).length, 20);
  });

  it('writes nothing where nothing changes', async () => {
    const created = await client.create(deployment('a'));
    const before = cluster.store.revision;
    const same = await client.update(created);
    assert.equal(same.metadata!.resourceVersion, created.metadata!.resourceVersion);
    assert.equal(cluster.store.revision, before);
  });

  it('keeps spec and status apart, and counts generations of the spec alone', async () => {
    const created = await client.create(deployment('a'));
    const viaMain = await client.update<Deployment>({
      ...created,
      spec: { ...created.spec!, replicas: 4 },
      status: { replicas: 99 },
    });
    assert.equal(viaMain.spec!.replicas, 4);
    assert.equal(viaMain.status?.replicas, undefined);
    assert.equal(viaMain.metadata!.generation, 2);
    const viaStatus = await client.update<Deployment>(
      {
        ...viaMain,
        metadata: { ...viaMain.metadata, labels: { a: 'b' } },
        spec: { ...viaMain.spec!, replicas: 7 },
        status: { replicas: 3 },
      },
      { subresource: 'status' },
    );
    assert.equal(viaStatus.spec!.replicas, 4);
    assert.equal(viaStatus.metadata!.labels, undefined);
    assert.equal(viaStatus.status!.replicas, 3);
    assert.equal(viaStatus.metadata!.generation, 2);
  });

  it('scales through the scale subresource', async () => {
    await client.create(deployment('a'));
    const ref = { kind: 'Deployment', namespace: 'default', name: 'a' };
    const scale = await client.patch<{ kind?: string; spec?: { replicas: number } }>(
      ref,
      'merge',
      { spec: { replicas: 5 } },
      { subresource: 'scale' },
    );
    assert.equal(scale.kind, 'Scale');
    assert.equal((await client.get<Deployment>(ref)).spec!.replicas, 5);
    await assert.rejects(
      client.patch(ref, 'merge', { spec: { replicas: -1 } }, { subresource: 'scale' }),
      /replicas/,
    );
  });

  it('binds a pod to a node once', async () => {
    await client.create(pod('a'));
    const binding = (target: string) => ({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'a', namespace: 'default' },
      target: { kind: 'Node', name: target },
    });
    await client.create(binding('attic'), { subresource: 'binding' });
    assert.equal((await getPod('a')).spec!.nodeName, 'attic');
    assert.equal((await getPod('a')).status!.conditions![0]!.type, 'PodScheduled');
    await assert.rejects(client.create(binding('cellar'), { subresource: 'binding' }), isConflict);
  });

  it('removes an unscheduled pod at once, and one on a node when its agent says so', async () => {
    await client.create(pod('loose'));
    await client.delete({ kind: 'Pod', namespace: 'default', name: 'loose' });
    await assert.rejects(getPod('loose'), isNotFound);

    await client.create(pod('placed', { nodeName: 'attic' }));
    const ref = { kind: 'Pod', namespace: 'default', name: 'placed' };
    await client.delete(ref, { gracePeriodSeconds: 20 });
    const marked = await getPod('placed');
    assert.equal(marked.metadata!.deletionTimestamp, '2026-01-01T00:00:20Z');
    assert.equal(marked.metadata!.deletionGracePeriodSeconds, 20);
    await client.delete(ref, { gracePeriodSeconds: 40 });
    assert.equal(
      (await getPod('placed')).metadata!.deletionGracePeriodSeconds,
      20,
      'a grace is never lengthened',
    );
    await client.delete(ref, { gracePeriodSeconds: 0 });
    await assert.rejects(getPod('placed'), isNotFound);
  });

  it('holds an object until its last finalizer is gone, and lets none be added meanwhile', async () => {
    const created = await client.create<ConfigMap>({
      ...configMap('a'),
      metadata: { name: 'a', namespace: 'default', finalizers: ['x.io/a', 'x.io/b'] },
    });
    const ref = { kind: 'ConfigMap', namespace: 'default', name: 'a' };
    await client.delete(ref);
    const marked = await client.get(ref);
    assert.ok(marked.metadata!.deletionTimestamp);
    assert.equal(marked.metadata!.uid, created.metadata!.uid);
    await assert.rejects(
      client.patch(ref, 'merge', { metadata: { finalizers: ['x.io/a', 'x.io/b', 'x.io/c'] } }),
      isInvalid,
    );
    await client.patch(ref, 'merge', { metadata: { finalizers: ['x.io/a'] } });
    await client.get(ref);
    await client.patch(ref, 'merge', { metadata: { finalizers: null } });
    await assert.rejects(client.get(ref), isNotFound);
  });

  it('marks what foreground and orphan deletions ask of the garbage collector', async () => {
    await client.create(deployment('a'));
    const ref = { kind: 'Deployment', namespace: 'default', name: 'a' };
    await client.delete(ref, { propagationPolicy: 'Foreground' });
    assert.deepEqual((await client.get(ref)).metadata!.finalizers, ['foregroundDeletion']);
    await client.delete(ref, { propagationPolicy: 'Orphan' });
    assert.deepEqual((await client.get(ref)).metadata!.finalizers, ['orphan']);
    await client.delete(ref, { propagationPolicy: 'Background' });
    await assert.rejects(client.get(ref), isNotFound);
  });

  it('deletes only the object that the preconditions name', async () => {
    const created = await client.create(configMap('a'));
    const ref = { kind: 'ConfigMap', namespace: 'default', name: 'a' };
    await assert.rejects(client.delete(ref, { preconditions: { uid: 'another' } }), isConflict);
    await assert.rejects(client.delete(ref, { preconditions: { resourceVersion: '1' } }), isConflict);
    await client.delete(ref, {
      preconditions: { uid: created.metadata!.uid!, resourceVersion: created.metadata!.resourceVersion! },
    });
  });

  it('stores nothing on a dry run', async () => {
    const before = cluster.store.revision;
    const shown = await client.create<Service>(service('a'), { dryRun: true });
    assert.match(shown.spec!.clusterIP!, /^10\./);
    assert.equal(cluster.store.revision, before);
    await assert.rejects(client.get({ kind: 'Service', namespace: 'default', name: 'a' }), isNotFound);
    await client.create(service('b', { clusterIP: shown.spec!.clusterIP! }));
  });

  it('judges on a dry run what is meant for a namespace to come, and never stores it there', async () => {
    const meant = (clusterIP: string) => ({
      ...service('a', { clusterIP }),
      metadata: { name: 'a', namespace: 'to-come' },
    });
    const options = { dryRun: true, isNamespaceToCome: true };
    assert.equal((await client.create<Service>(meant('10.96.7.7'), options)).metadata!.namespace, 'to-come');
    await assert.rejects(client.create(meant('1.2.3.4'), options), isInvalid);
    await assert.rejects(client.create(meant('10.96.7.7'), { dryRun: true }), isNotFound);
    await assert.rejects(client.create(meant('10.96.7.7'), { isNamespaceToCome: true }), isNotFound);
  });

  describe('namespaces', () => {
    it('are four from the start, each with its default account', async () => {
      const { items } = await client.list<Namespace>('Namespace');
      assert.deepEqual(
        items.map(({ metadata }) => metadata!.name),
        ['default', 'kube-node-lease', 'kube-public', 'kube-system'],
      );
      assert.equal((await client.list('ServiceAccount')).items.length, 4);
      await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } as Namespace);
      await client.get({ kind: 'ServiceAccount', namespace: 'shop', name: 'default' });
    });

    it('take nothing where they are missing or ending, and go once finalized', async () => {
      const inShop = { ...configMap('a'), metadata: { name: 'a', namespace: 'shop' } };
      await assert.rejects(client.create(inShop), isNotFound);
      await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } as Namespace);
      await client.create(inShop);
      const ref = { kind: 'Namespace', name: 'shop' };
      await client.delete(ref);
      const ending = await client.get<Namespace>(ref);
      assert.equal(ending.status!.phase, 'Terminating');
      await assert.rejects(
        client.create({ ...inShop, metadata: { name: 'b', namespace: 'shop' } }),
        isForbidden,
      );
      await client.update<Namespace>({ ...ending, spec: { finalizers: [] } }, { subresource: 'finalize' });
      await assert.rejects(client.get(ref), isNotFound);
    });

    it('that the system needs may not be deleted', async () => {
      await assert.rejects(client.delete({ kind: 'Namespace', name: 'default' }), isForbidden);
    });
  });

  describe('services', () => {
    it('get addresses of their own, which are free again once they are gone', async () => {
      const made = await Promise.all(
        Array.from({ length: 50 }, (_, index) => client.create<Service>(service(`s${index}`))),
      );
      const addresses = made.map(({ spec }) => spec!.clusterIP!);
      assert.equal(new Set(addresses).size, 50);
      for (const address of addresses) {
        const [a, b] = address.split('.').map(Number);
        assert.ok(a === 10 && b! >= 96 && b! < 112, address);
      }
      const [taken] = addresses;
      await assert.rejects(client.create(service('thief', { clusterIP: taken! })), /already allocated/);
      await client.delete({ kind: 'Service', namespace: 'default', name: 's0' });
      await client.create(service('heir', { clusterIP: taken! }));
    });

    it('may ask for one, or for none, and keep what they have', async () => {
      const asked = await client.create<Service>(service('asked', { clusterIP: '10.96.0.10' }));
      assert.deepEqual(asked.spec!.clusterIPs, ['10.96.0.10']);
      const headless = await client.create<Service>(service('headless', { clusterIP: 'None' }));
      assert.equal(headless.spec!.clusterIP, 'None');
      await assert.rejects(client.create(service('far', { clusterIP: '10.0.0.1' })), isInvalid);
      await assert.rejects(
        client.patch({ kind: 'Service', namespace: 'default', name: 'asked' }, 'merge', {
          spec: { clusterIP: '10.96.0.11', clusterIPs: null },
        }),
        isInvalid,
      );
      const replaced = await client.update<Service>({
        ...service('asked'),
        spec: { ...service('asked').spec!, selector: { app: 'other' } },
      });
      assert.equal(replaced.spec!.clusterIP, '10.96.0.10');
    });

    it('keep their addresses over a restart', async () => {
      const made = await client.create<Service>(service('a'));
      await cluster.apiServer.close();
      const { createApiServer } = await import('../../../controller/apiserver/create.ts');
      const { silentLog } = await import('../../../process/log.ts');
      const { seededRandom } = await import('../../../process/random.ts');
      const again = await createApiServer({
        store: cluster.store,
        clock,
        random: seededRandom(7),
        log: silentLog,
      });
      await assert.rejects(
        again.client().create(service('b', { clusterIP: made.spec!.clusterIP! })),
        /already allocated/,
      );
      await again.close();
    });
  });

  it('writes plain text of a Secret as base64, and never gives it back', async () => {
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      stringData: { password: 'gänse' },
    };
    const created = await client.create(secret);
    assert.equal(created.stringData, undefined);
    assert.equal(Buffer.from(created.data!['password']!, 'base64').toString(), 'gänse');
  });

  it('refuses unknown fields by name, warns of them, or drops them, as the writer asks', async () => {
    const body = { ...configMap('a'), daata: { x: 'y' } };
    const path = '/api/v1/namespaces/default/configmaps';
    const strict = await cluster.ask('POST', `${path}?fieldValidation=Strict`, { body });
    assert.equal(strict.status, 400);
    assert.match(strict.json.message!, /unknown field "daata"/);
    const warned = await cluster.ask('POST', `${path}?fieldValidation=Warn`, { body });
    assert.equal(warned.status, 201);
    assert.match(String(warned.headers['warning']), /299 - "unknown field \\"daata\\""/);
    assert.equal('daata' in warned.json, false);
    const ignored = await cluster.ask('POST', `${path}?fieldValidation=Ignore`, {
      body: { ...body, metadata: { name: 'b' } },
    });
    assert.equal(ignored.status, 201);
    assert.equal(ignored.headers['warning'], undefined);
    const wrong = await cluster.ask('POST', `${path}?fieldValidation=Ignore`, {
      body: { ...configMap('c'), data: 7 },
    });
    assert.equal(wrong.status, 400);
  });

  it('answers node Leases from memory: nothing of them is written, all of it can be watched', async () => {
    const before = cluster.store.revision;
    const lease = (namespace: string) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'attic', namespace },
      spec: { holderIdentity: 'attic' },
    });
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of client.watch('Lease', { namespace: 'kube-node-lease', signal: stop.signal }))
        if (event.type !== 'BOOKMARK' && event.type !== 'ERROR') seen.push(event.type);
    })();
    const created = await client.create(lease('kube-node-lease'));
    await client.update({
      ...created,
      spec: { holderIdentity: 'attic', renewTime: '2026-01-01T00:00:00.000000Z' },
    } as typeof created);
    assert.equal(cluster.store.revision, before);
    assert.equal((await client.list('Lease')).items.length, 1);
    await client.delete({ kind: 'Lease', namespace: 'kube-node-lease', name: 'attic' });
    await clock.advance(1);
    stop.abort();
    await watching;
    assert.deepEqual(seen, ['ADDED', 'MODIFIED', 'DELETED']);
    // The control: a Lease elsewhere is stored.
    await client.create(lease('default'));
    assert.ok(cluster.store.revision > before);
  });

  it('sweeps Events an hour after they were last seen', async () => {
    const event = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' },
      reason: 'Test',
      lastTimestamp: clock.date().toISOString().replace(/\.\d+/, ''),
    });
    await client.create(event('old'));
    await clock.advance(1_800_000);
    await client.create(event('new'));
    await clock.advance(1_860_000);
    assert.deepEqual(
      (await client.list('Event')).items.map(({ metadata }) => metadata!.name),
      ['new'],
    );
  });

  it('gives out what cannot be changed by mistake', async () => {
    await client.create(node('attic'));
    const found = await client.get({ kind: 'Node', name: 'attic' });
    assert.throws(() => (found.metadata!.labels = { a: 'b' }), TypeError);
  });

  it('says why a write failed that the disk refused, and that it may be tried again', async () => {
    await cluster.store.close();
    await assert.rejects(
      client.create(configMap('a')),
      (error: Error & { status?: { code: number } }) => error.status?.code === 503,
    );
  });
});
