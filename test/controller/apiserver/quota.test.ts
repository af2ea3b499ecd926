import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAlreadyExists, isForbidden } from '../../../api/errors.ts';
import type { ConfigMap, Pod, ResourceQuota } from '../../../api/types.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { configMap, pod, service, testCluster, type TestCluster } from './cluster.ts';

const quota = (name: string, spec: ResourceQuota['spec']): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name, namespace: 'default' },
  spec,
});
const asking = (name: string, requests: Record<string, string>, limits?: Record<string, string>): Pod =>
  pod(name, {
    containers: [{ name: 'web', image: 'hello:1', resources: { requests, ...(limits && { limits }) } }],
  });

describe('a ResourceQuota', () => {
  let cluster: TestCluster;
  let clock: VirtualClock;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await testCluster(clock);
  });
  afterEach(() => cluster.close());

  const create = <T extends object>(object: T) => cluster.client.create(object as never);
  const refusal = async (object: object) => {
    const error = await create(object).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(isForbidden(error), String(error));
    return error.message;
  };
  const told = async (name: string) => {
    await clock.advance(1_000);
    const found = await cluster.client.get<ResourceQuota>({
      kind: 'ResourceQuota',
      namespace: 'default',
      name,
    });
    return found.status;
  };

  it('lets exactly as many of fifty at one moment pass as it has room for', async () => {
    await create(quota('q', { hard: { pods: '10' } }));
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => create(pod(`p${index}`))),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10);
    const lost = results.find((each) => each.status === 'rejected')!;
    assert.equal(
      (lost.reason as Error).message,
      'pods "p10" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10',
    );
    assert.deepEqual(await told('q'), { hard: { pods: '10' }, used: { pods: '10' } });
  });

  it('adds up what pods request and may take, and has room again when one is gone or over', async () => {
    await create(quota('q', { hard: { 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/pods': '5' } }));
    assert.equal(
      await refusal(pod('a')),
      'pods "a" is forbidden: failed quota: q: must specify limits.memory for: web; requests.cpu for: web',
    );
    await create(asking('a', { cpu: '600m' }, { memory: '512Mi' }));
    assert.equal(
      await refusal(asking('b', { cpu: '500m' }, { memory: '768Mi' })),
      'pods "b" is forbidden: exceeded quota: q, requested: limits.memory=768Mi,requests.cpu=500m, used: limits.memory=512Mi,requests.cpu=600m, limited: limits.memory=1Gi,requests.cpu=1',
    );
    await create(asking('b', { cpu: '400m' }, { memory: '512Mi' }));
    assert.deepEqual((await told('q'))!.used, {
      'requests.cpu': '1',
      'limits.memory': '1Gi',
      'count/pods': '2',
    });
    const ref = { kind: 'Pod', namespace: 'default', name: 'a' };
    await cluster.client.patch(ref, 'merge', { status: { phase: 'Succeeded' } }, { subresource: 'status' });
    assert.deepEqual((await told('q'))!.used, {
      'requests.cpu': '400m',
      'limits.memory': '512Mi',
      'count/pods': '2',
    });
    await create(asking('c', { cpu: '600m' }, { memory: '512Mi' }));
    await cluster.client.delete({ ...ref, name: 'b' });
    assert.deepEqual((await told('q'))!.used, {
      'requests.cpu': '600m',
      'limits.memory': '512Mi',
      'count/pods': '2',
    });
  });

  it('counts what was there before it, and objects of any kind', async () => {
    await create(configMap('a'));
    await create(service('web'));
    await create(quota('q', { hard: { configmaps: '2', 'count/services': '1', services: '3' } }));
    assert.deepEqual((await told('q'))!.used, { configmaps: '1', 'count/services': '1', services: '1' });
    assert.match(
      await refusal(service('other')),
      /requested: count\/services=1, used: count\/services=1, limited/,
    );
    await create(configMap('b'));
    assert.match(await refusal(configMap('c')), /exceeded quota: q, requested: configmaps=1/);
    // The control: another namespace is none of its business.
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const elsewhere = configMap('c');
    await create({ ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'other' } });
  });

  it('takes nothing for a dry run, for what is refused otherwise, or for a name that is taken', async () => {
    await create(quota('q', { hard: { configmaps: '2' } }));
    await create(configMap('a'));
    await cluster.client.create<ConfigMap>(configMap('b'), { dryRun: true });
    await assert.rejects(create(configMap('a')), isAlreadyExists);
    await assert.rejects(create({ ...configMap('x'), metadata: { name: 'X', namespace: 'default' } }));
    await create(configMap('b'));
    assert.deepEqual((await told('q'))!.used, { configmaps: '2' });
    await assert.rejects(cluster.client.create<ConfigMap>(configMap('c'), { dryRun: true }), isForbidden);
  });

  it('is about the pods of its scopes only', async () => {
    await create(quota('short', { hard: { pods: '1' }, scopes: ['Terminating'] }));
    await create(quota('idle', { hard: { pods: '1' }, scopes: ['BestEffort', 'NotTerminating'] }));
    await create({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'high' },
      value: 1,
    });
    const matchExpressions = [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }];
    await create(quota('high', { hard: { pods: '0' }, scopeSelector: { matchExpressions } }));
    await create(pod('short', { activeDeadlineSeconds: 60 }));
    assert.match(await refusal(pod('short2', { activeDeadlineSeconds: 60 })), /exceeded quota: short,/);
    await create(pod('idle'));
    assert.match(await refusal(pod('idle2')), /exceeded quota: idle,/);
    await create(asking('busy', { cpu: '1' }));
    const important = asking('important', { cpu: '1' });
    important.spec = { ...important.spec!, priorityClassName: 'high' };
    assert.match(
      await refusal(important),
      /exceeded quota: high, requested: pods=1, used: pods=0, limited: pods=0/,
    );
  });

  it('is judged by what it asks for now', async () => {
    const made = (await create(quota('q', { hard: { configmaps: '0' } }))) as ResourceQuota;
    await refusal(configMap('a'));
    await cluster.client.patch({ kind: 'ResourceQuota', namespace: 'default', name: 'q' }, 'merge', {
      spec: { hard: { configmaps: '1' } },
    });
    await create(configMap('a'));
    await refusal(configMap('b'));
    await cluster.client.delete({ kind: 'ResourceQuota', namespace: 'default', name: made.metadata!.name! });
    await create(configMap('b'));
  });

  it('does not forget what is on its way when it asks for something else', async () => {
    await create(quota('q', { hard: { configmaps: '5' } }));
    const ref = { kind: 'ResourceQuota', namespace: 'default', name: 'q' };
    const results = await Promise.allSettled([
      ...Array.from({ length: 5 }, (_, index) => create(configMap(`a${index}`))),
      cluster.client.patch(ref, 'merge', { spec: { hard: { configmaps: '6' } } }),
      ...Array.from({ length: 5 }, (_, index) => create(configMap(`b${index}`))),
    ]);
    const made = results.filter(({ status }) => status === 'fulfilled').length - 1;
    assert.ok(made === 5 || made === 6, String(made));
    const later = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) => create(configMap(`c${index}`))),
    );
    assert.equal(made + later.filter(({ status }) => status === 'fulfilled').length, 6);
    assert.deepEqual((await told('q'))!.used, { configmaps: '6' });
  });

  it('is asked again when a pod is to have more', async () => {
    await create(quota('q', { hard: { 'requests.cpu': '1' } }));
    await create(asking('a', { cpu: '600m' }));
    const resize = (cpu: string) =>
      cluster.ask('PATCH', '/api/v1/namespaces/default/pods/a/resize', {
        body: { spec: { containers: [{ name: 'web', resources: { requests: { cpu } } }] } },
        type: 'application/strategic-merge-patch+json',
      });
    const refused = await resize('1100m');
    assert.equal(refused.status, 403, refused.text);
    assert.match(
      refused.json.message!,
      /exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1/,
    );
    assert.equal((await resize('1')).status, 200);
    assert.deepEqual((await told('q'))!.used, { 'requests.cpu': '1' });
  });

  it('counts the storage that claims ask for, by class too, also when they grow', async () => {
    const claim = (name: string, storage: string, storageClassName?: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage } },
        ...(storageClassName && { storageClassName }),
      },
    });
    await create(
      quota('q', {
        hard: {
          persistentvolumeclaims: '3',
          'requests.storage': '10Gi',
          'fast.storageclass.storage.k8s.io/requests.storage': '4Gi',
        },
      }),
    );
    await create(claim('a', '4Gi', 'fast'));
    assert.match(
      await refusal(claim('b', '1Gi', 'fast')),
      /requested: fast.storageclass.storage.k8s.io\/requests.storage=1Gi, used: fast.storageclass.storage.k8s.io\/requests.storage=4Gi/,
    );
    await create(claim('b', '6Gi'));
    assert.match(
      await refusal(claim('c', '1Mi')),
      /requested: requests.storage=1Mi, used: requests.storage=10Gi/,
    );
  });

  it('is never exceeded and never loses count, whatever is made and removed at one moment', async () => {
    const step = fc.array(fc.tuple(fc.constantFrom('make', 'remove', 'dry'), fc.nat(7)), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(5), async (moments, room) => {
        const own = await testCluster(new VirtualClock());
        await own.client.create(quota('q', { hard: { configmaps: String(room) } }));
        for (const moment of moments) {
          await Promise.allSettled(
            moment.map(([what, index]) =>
              what === 'remove'
                ? own.client.delete({ kind: 'ConfigMap', namespace: 'default', name: `m${index}` })
                : own.client.create<ConfigMap>(configMap(`m${index}`), { dryRun: what === 'dry' }),
            ),
          );
          const { items } = await own.client.list('ConfigMap', { namespace: 'default' });
          assert.ok(items.length <= room, `${items.length} of ${room}`);
        }
        const { items } = await own.client.list('ConfigMap', { namespace: 'default' });
        // What is left of the room is there to take, to the last.
        const rest = Array.from({ length: room + 1 }, (_, index) =>
          own.client.create(configMap(`rest${index}`)),
        );
        const passed = (await Promise.allSettled(rest)).filter(({ status }) => status === 'fulfilled').length;
        assert.equal(passed, room - items.length);
        await own.close();
      }),
      { numRuns: 60 },
    );
  });
});
