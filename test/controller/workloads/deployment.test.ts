import assert from 'node:assert/strict';
import type { Deployment, Pod, ReplicaSet } from '../../../api/types.ts';
import { aDeployment, aNode } from '../support/objects.ts';
import { startControl, type Control } from '../support/api.ts';

describe('deployment', () => {
  let control: Control;
  beforeEach(async () => {
    control = await startControl();
  });
  afterEach(() => control.stop());

  const ref = { kind: 'Deployment', namespace: 'default', name: 'hello' };
  const get = () => control.client.get<Deployment>(ref);
  const list = async <T extends object>(kind: string) =>
    (await control.client.list(kind, { namespace: 'default' })).items as T[];
  const livePods = async () =>
    (await list<Pod>('Pod')).filter(({ metadata }) => !metadata!.deletionTimestamp);
  const sets = () => list<ReplicaSet>('ReplicaSet');
  const progress = async () => (await get()).status?.conditions?.find(({ type }) => type === 'Progressing');

  async function apply(spec: Partial<NonNullable<Deployment['spec']>> = {}): Promise<void> {
    const { metadata, ...rest } = aDeployment(spec);
    await control.wait(
      control.client.create({
        ...rest,
        metadata: { namespace: 'default', name: metadata!.name },
      } as Deployment),
    );
  }
  async function change(spec: object): Promise<void> {
    await control.wait(control.client.patch(ref, 'merge', { spec }));
  }
  /** Plays the agents: says of each live pod that it is ready, and ends those that are to end. */
  async function serve(limit = Infinity): Promise<void> {
    for (const pod of await list<Pod>('Pod')) {
      const { namespace, name = '', deletionTimestamp } = pod.metadata!;
      const podRef = { kind: 'Pod', namespace, name };
      if (deletionTimestamp) {
        await control.wait(control.client.delete(podRef, { gracePeriodSeconds: 0 }).catch(() => {}));
        continue;
      }
      if (limit-- <= 0 || pod.status?.conditions?.some(({ type }) => type === 'Ready')) continue;
      const lastTransitionTime = control.clock.date().toISOString();
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime }];
      const patch = { status: { phase: 'Running', conditions } };
      const options = { subresource: 'status' } as const;
      // It may be gone meanwhile.
      await control.wait(control.client.patch(podRef, 'strategic', patch, options).catch(() => {}));
    }
    await control.clock.advance(50);
  }
  const complete = async () => {
    await serve();
    const { status, metadata } = await get();
    const wanted = (await get()).spec!.replicas;
    return (
      status?.observedGeneration === metadata!.generation &&
      status?.updatedReplicas === wanted &&
      status?.replicas === wanted &&
      status?.availableReplicas === wanted
    );
  };
  const newImage = (image: string) => ({ template: { spec: { containers: [{ name: 'main', image }] } } });

  it('comes up with one ReplicaSet, counts and conditions as kubectl rollout status reads them', async () => {
    await apply();
    await control.until(complete);
    const [set, ...rest] = await sets();
    assert.equal(rest.length, 0);
    assert.match(set!.metadata!.name!, /^hello-[a-z0-9]{10}$/);
    assert.equal(set!.metadata!.labels!['pod-template-hash'], set!.metadata!.name!.slice('hello-'.length));
    const { metadata, status } = await get();
    assert.equal(metadata!.annotations!['deployment.kubernetes.io/revision'], '1');
    assert.equal(status!.unavailableReplicas ?? 0, 0);
    assert.equal((await progress())!.reason, 'NewReplicaSetAvailable');
  });

  it('rolls to a new template and back, counting revisions', async () => {
    await apply();
    await control.until(complete);
    await change(newImage('hello:2'));
    await control.until(complete);
    assert.deepEqual((await sets()).map(({ spec }) => spec!.replicas).toSorted(), [0, 3]);
    await change(newImage('hello:1'));
    await control.until(complete);
    assert.equal((await sets()).length, 2);
    assert.equal((await get()).metadata!.annotations!['deployment.kubernetes.io/revision'], '3');
  });

  it('stays within surge and floor on the way', async () => {
    await apply({
      replicas: 4,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    });
    await control.until(complete);
    await change(newImage('hello:2'));
    await control.until(async () => {
      await serve(Math.floor(3));
      const pods = await livePods();
      const ready = pods.filter(({ status }) => status?.conditions?.some(({ type }) => type === 'Ready'));
      assert.ok(pods.length <= 5, `${pods.length} pods`);
      assert.ok(ready.length >= 3, `${ready.length} ready`);
      return complete();
    });
  });

  it('does not go on while paused, and scales all the same', async () => {
    await apply();
    await control.until(complete);
    await change({ paused: true, ...newImage('hello:2') });
    await control.clock.advance(1_000);
    assert.equal((await sets()).length, 1);
    assert.equal((await progress())!.reason, 'DeploymentPaused');
    await change({ replicas: 5 });
    await control.until(async () => (await livePods()).length === 5);
    await change({ paused: false });
    await control.until(complete);
    assert.equal((await sets()).length, 2);
  });

  it('with Recreate ends every old pod before it starts a new one', async () => {
    await apply({ strategy: { type: 'Recreate' } });
    await control.until(complete);
    const finalizers = ['example.com/hold'];
    const held = (await livePods())[0]!.metadata!;
    const heldRef = { kind: 'Pod', namespace: 'default', name: held.name! };
    await control.wait(control.client.patch(heldRef, 'merge', { metadata: { finalizers } }));
    await change(newImage('hello:2'));
    await control.clock.advance(2_000);
    await serve();
    assert.equal((await sets()).length, 1);
    assert.deepEqual(
      (await list<Pod>('Pod')).map(({ metadata }) => metadata!.name),
      [held.name],
    );
    await control.wait(control.client.patch(heldRef, 'merge', { metadata: { finalizers: [] } }));
    await control.until(complete);
    assert.ok((await livePods()).every(({ spec }) => spec!.containers[0]!.image === 'hello:2'));
  });

  it('says that it is stuck once the progress deadline has passed', async () => {
    await apply({ progressDeadlineSeconds: 30 });
    await control.clock.advance(25_000);
    assert.equal((await progress())!.status, 'True');
    await control.clock.advance(10_000);
    assert.equal((await progress())!.reason, 'ProgressDeadlineExceeded');
  });

  it('says why pods are missing which a quota refuses, for as long as it does', async () => {
    const quota = { kind: 'ResourceQuota', namespace: 'default', name: 'few' };
    const { kind, ...metadata } = quota;
    await control.wait(
      control.client.create({ apiVersion: 'v1', kind, metadata, spec: { hard: { pods: '2' } } } as object),
    );
    await apply({ replicas: 3 });
    const failures = async () =>
      [...(await sets()), await get()].map(({ status }) =>
        status?.conditions?.find(({ type }) => type === 'ReplicaFailure'),
      );
    await control.until(async () => (await failures()).every((failure) => failure?.status === 'True'));
    for (const failure of await failures()) {
      assert.equal(failure!.reason, 'FailedCreate');
      assert.match(failure!.message!, /^pods "hello-.*" is forbidden: exceeded quota: few/);
    }
    await control.until(async () => (await get()).status?.updatedReplicas === 2);
    await control.wait(control.client.patch(quota, 'merge', { spec: { hard: { pods: '3' } } }));
    await control.until(complete);
    assert.deepEqual(await failures(), [undefined, undefined]);
  });

  it('waits minReadySeconds before it counts a pod as available', async () => {
    await apply({ replicas: 1, minReadySeconds: 10 });
    await control.clock.advance(100);
    await serve();
    await control.clock.advance(8_000);
    assert.equal((await get()).status!.readyReplicas, 1);
    assert.equal((await get()).status!.availableReplicas ?? 0, 0);
    await control.until(complete);
  });

  it('forgets old ReplicaSets beyond its history', async () => {
    await apply({ revisionHistoryLimit: 1 });
    for (const version of [2, 3, 4]) {
      await control.until(complete);
      await change(newImage(`hello:${version}`));
    }
    await control.until(async () => (await complete()) && (await sets()).length === 2);
  });

  it('takes everything with it when it is deleted, or leaves it where asked to', async () => {
    await apply();
    await control.until(complete);
    await control.wait(control.client.delete(ref, { propagationPolicy: 'Orphan' }));
    await control.until(
      async () => (await control.client.list('Deployment', { namespace: 'default' })).items.length === 0,
    );
    await control.clock.advance(1_000);
    assert.equal((await livePods()).length, 3);
    const [set] = await sets();
    assert.deepEqual(set!.metadata!.ownerReferences ?? [], []);
    await control.wait(
      control.client.delete({ kind: 'ReplicaSet', namespace: 'default', name: set!.metadata!.name! }),
    );
    await control.until(async () => (await serve(), (await list('Pod')).length === 0));
  });

  it('deletes dependents first where asked to', async () => {
    await apply();
    await control.until(complete);
    await control.wait(control.client.delete(ref, { propagationPolicy: 'Foreground' }));
    await control.until(async () => (await serve(), (await list('Deployment')).length === 0));
    assert.deepEqual([(await sets()).length, (await list('Pod')).length], [0, 0]);
  });

  it('schedules its pods and ends with its namespace', async () => {
    await control.wait(
      control.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'home' } }),
    );
    const { metadata: nodeMetadata, status, ...node } = aNode('attic');
    await control.wait(control.client.create({ ...node, metadata: { name: nodeMetadata!.name } } as object));
    await control.wait(
      control.client.patch(
        { kind: 'Node', name: 'attic' },
        'strategic',
        { status },
        { subresource: 'status' },
      ),
    );
    const { metadata, ...rest } = aDeployment();
    await control.wait(
      control.client.create({ ...rest, metadata: { namespace: 'home', name: metadata!.name } } as Deployment),
    );
    const pods = async () => (await control.client.list<Pod>('Pod', { namespace: 'home' })).items;
    await control.until(
      async () => (await pods()).filter(({ spec }) => spec!.nodeName === 'attic').length === 3,
    );
    await control.wait(control.client.delete({ kind: 'Namespace', name: 'home' }));
    await control.until(async () => {
      for (const pod of await pods()) {
        const podRef = { kind: 'Pod', namespace: 'home', name: pod.metadata!.name! };
        await control.wait(control.client.delete(podRef, { gracePeriodSeconds: 0 }).catch(() => {}));
      }
      return (await control.client.list('Namespace')).items.every((each) => each.metadata!.name !== 'home');
    });
    for (const kind of ['Pod', 'ReplicaSet', 'Deployment', 'ServiceAccount', 'Event']) {
      assert.deepEqual((await control.client.list(kind, { namespace: 'home' })).items, [], kind);
    }
  });
});
