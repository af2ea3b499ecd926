import assert from 'node:assert/strict';
import { isForbidden, isInvalid } from '../../../api/errors.ts';
import type { LimitRange, Pod, PriorityClass, RuntimeClass } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { pod, testCluster, type TestCluster } from './cluster.ts';

describe('a new pod', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const create = <T extends KubeObject>(object: T) => cluster.client.create<T>(object);
  const refusal = async (object: KubeObject) => {
    const error = await create(object).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(isForbidden(error), String(error));
    return error.message;
  };
  const priorityClass = (name: string, value: number, rest: Partial<PriorityClass> = {}): PriorityClass => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...rest,
  });
  const runtimeClass = (name: string, rest: Partial<RuntimeClass>): RuntimeClass => ({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name },
    handler: 'wasm',
    ...rest,
  });
  const limits = (...items: NonNullable<LimitRange['spec']>['limits']): LimitRange => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l', namespace: 'default' },
    spec: { limits: items },
  });
  const asking = (name: string, requests: Record<string, string>, most?: Record<string, string>) =>
    pod(name, {
      containers: [{ name: 'web', image: 'hello:1', resources: { requests, ...(most && { limits: most }) } }],
    });

  it('has the priority of its class, and none without', async () => {
    await create(priorityClass('high', 1000, { preemptionPolicy: 'Never' }));
    const high = await create(pod('high', { priorityClassName: 'high' }));
    assert.deepEqual([high.spec!.priority, high.spec!.preemptionPolicy], [1000, 'Never']);
    const plain = await create(pod('plain'));
    assert.deepEqual([plain.spec!.priority, plain.spec!.preemptionPolicy], [0, 'PreemptLowerPriority']);
    const system = await create(pod('system', { priorityClassName: 'system-node-critical' }));
    assert.equal(system.spec!.priority, 2_000_001_000);
    assert.equal(
      await refusal(pod('a', { priorityClassName: 'low' })),
      'pods "a" is forbidden: no PriorityClass with name low was found',
    );
    assert.equal(
      await refusal(pod('a', { priorityClassName: 'high', priority: 7 })),
      'pods "a" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 1000 from the given PriorityClass name',
    );
    assert.match(
      await refusal(pod('a', { priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' })),
      /the string value of PreemptionPolicy \(PreemptLowerPriority\) must not be provided/,
    );
  });

  it('has the default class, of which there is one', async () => {
    await create(priorityClass('usual', 5, { globalDefault: true }));
    const { spec } = await create(pod('a'));
    assert.deepEqual([spec!.priorityClassName, spec!.priority], ['usual', 5]);
    assert.equal(
      await refusal(priorityClass('other', 6, { globalDefault: true })),
      'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
    );
    await assert.rejects(create(priorityClass('system-mine', 5)), isInvalid);
  });

  it('keeps its priority when it is written back without', async () => {
    const { spec, ...made } = await create(pod('a'));
    const { priority: _priority, preemptionPolicy: _policy, ...rest } = spec!;
    const next = await cluster.client.update<Pod>({ ...made, spec: rest });
    assert.equal(next.spec!.priority, 0);
  });

  it('has a RuntimeClass that is there, with its overhead, nodes and tolerations', async () => {
    const wasm = await create(pod('wasm', { runtimeClassName: 'wasm' }));
    assert.equal(wasm.metadata!.annotations, undefined);
    await create(
      runtimeClass('boxed', {
        handler: 'podman',
        overhead: { podFixed: { memory: '64Mi' } },
        scheduling: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }] },
      }),
    );
    const { metadata, spec } = await create(
      pod('boxed', { runtimeClassName: 'boxed', nodeSelector: { arch: 'arm' } }),
    );
    assert.deepEqual(metadata!.annotations, { 'kith.home.arpa/runtime-handler': 'podman' });
    assert.deepEqual(spec!.overhead, { memory: '64Mi' });
    assert.deepEqual(spec!.nodeSelector, { arch: 'arm', disk: 'ssd' });
    // Behind what every pod tolerates for a while.
    assert.deepEqual(spec!.tolerations!.at(-1), { key: 'a', operator: 'Exists' });
    assert.equal(
      await refusal(pod('a', { runtimeClassName: 'glass' })),
      'pods "a" is forbidden: pod rejected: RuntimeClass "glass" not found',
    );
    assert.equal(
      await refusal(pod('a', { runtimeClassName: 'boxed', nodeSelector: { disk: 'hdd' } })),
      'pods "a" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[disk] = ssd; pod.spec.nodeSelector[disk] = hdd',
    );
    assert.match(
      await refusal(pod('a', { runtimeClassName: 'boxed', overhead: { memory: '1Mi' } })),
      /Pod's Overhead doesn't match RuntimeClass's defined Overhead/,
    );
    assert.match(
      await refusal(pod('a', { overhead: { memory: '1Mi' } })),
      /Pod Overhead set without corresponding RuntimeClass defined Overhead/,
    );
  });

  it('cannot name a sandbox past its class', async () => {
    const cunning = pod('a', { runtimeClassName: 'wasm' });
    cunning.metadata!.annotations = { 'kith.home.arpa/runtime-handler': 'podman', other: 'kept' };
    assert.deepEqual((await create(cunning)).metadata!.annotations, { other: 'kept' });
  });

  it('gets what its namespace has for containers that name no amounts', async () => {
    await create(
      limits({
        type: 'Container',
        default: { cpu: '500m', memory: '64Mi' },
        defaultRequest: { cpu: '100m' },
      }),
    );
    const { metadata, spec } = await create(pod('a'));
    assert.deepEqual(spec!.containers[0]!.resources, {
      limits: { cpu: '500m', memory: '64Mi' },
      requests: { cpu: '100m', memory: '64Mi' },
    });
    assert.equal(
      metadata!.annotations!['kubernetes.io/limit-ranger'],
      'LimitRanger plugin set: cpu, memory request for container web; cpu, memory limit for container web',
    );
    const own = await create(asking('own', { cpu: '1', memory: '1Mi' }, { cpu: '1', memory: '1Mi' }));
    assert.deepEqual(own.spec!.containers[0]!.resources!.requests, { cpu: '1', memory: '1Mi' });
    assert.equal(own.metadata!.annotations, undefined);
  });

  it('keeps within the limits of its namespace', async () => {
    await create(
      limits(
        {
          type: 'Container',
          min: { cpu: '100m' },
          max: { memory: '1Gi' },
          maxLimitRequestRatio: { cpu: '2' },
        },
        { type: 'Pod', max: { cpu: '1' } },
      ),
    );
    const fine = { cpu: '500m', memory: '1Gi' };
    await create(asking('fine', fine, fine));
    assert.equal(
      await refusal(asking('a', { cpu: '50m', memory: '2Gi' }, { cpu: '50m', memory: '2Gi' })),
      'pods "a" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    );
    assert.equal(
      await refusal(asking('a', { cpu: '200m', memory: '1Gi' }, { cpu: '500m', memory: '1Gi' })),
      'pods "a" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000',
    );
    assert.equal(
      await refusal(asking('a', { cpu: '2', memory: '1Gi' }, { cpu: '2', memory: '1Gi' })),
      'pods "a" is forbidden: maximum cpu usage per Pod is 1, but limit is 2',
    );
  });

  it('leaves claims within their limits too', async () => {
    await create(limits({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } }));
    const claim = (name: string, storage: string): KubeObject & { spec: object } => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    });
    await create(claim('fine', '2Gi'));
    assert.equal(
      await refusal(claim('a', '3Gi')),
      'persistentvolumeclaims "a" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    );
    assert.match(
      await refusal(claim('a', '1Mi')),
      /minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi/,
    );
  });

  it('and others get the class that is the default', async () => {
    const meta = (name: string, annotation: string) => ({ name, annotations: { [annotation]: 'true' } });
    await create({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: meta('fast', 'storageclass.kubernetes.io/is-default-class'),
      provisioner: 'example.com/disk',
    } as KubeObject);
    await create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: meta('web', 'ingressclass.kubernetes.io/is-default-class'),
      spec: { controller: 'example.com/web' },
    } as KubeObject);
    const claim = await create({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'a', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    } as KubeObject & { spec: { storageClassName?: string } });
    assert.equal(claim.spec.storageClassName, 'fast');
    assert.deepEqual(claim.metadata!.finalizers, ['kubernetes.io/pvc-protection']);
    const ingress = await create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'a', namespace: 'default' },
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    } as KubeObject & { spec: { ingressClassName?: string } });
    assert.equal(ingress.spec.ingressClassName, 'web');
  });
});
