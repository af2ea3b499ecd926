import assert from 'node:assert/strict';
import type { Pod, ReplicaSet } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { cachedKinds } from '../../../controller/controllers.ts';
import { garbageCollector } from '../../../controller/workloads/garbage.ts';
import { endedPodsMax, podGarbage } from '../../../controller/workloads/pod-garbage.ts';
import { aNode, aPod, aReplicaSet, now, suspect } from '../support/objects.ts';
import { startControl } from '../support/api.ts';
import { worldOf } from '../support/world.ts';

describe('garbage collector', () => {
  const collector = garbageCollector(cachedKinds);
  const decide = (objects: KubeObject[]) => collector.decide(worldOf(objects).world, 'Pod:default/a', now);
  const owner = aReplicaSet();

  it('leaves alone what has an owner, or never had one', () => {
    assert.deepEqual(decide([owner, aPod('a', { owner })]), []);
    assert.deepEqual(decide([aPod('a')]), []);
  });

  it('collects what its owner left behind, once the server confirms that', () => {
    const [action, ...rest] = decide([aPod('a', { owner })]);
    assert.ok(action?.do === 'collect' && rest.length === 0);
    assert.deepEqual(action.owners, [
      { ref: { kind: 'ReplicaSet', namespace: 'default', name: 'hello-abc' }, uid: owner.metadata!.uid },
    ]);
  });

  it('takes another object of the same name for another owner', () => {
    const successor = { ...owner, metadata: { ...owner.metadata, uid: 'another' } };
    assert.equal(decide([successor, aPod('a', { owner })])[0]!.do, 'collect');
  });

  it('leaves alone what belongs to a kind that it does not know', () => {
    const pod = aPod('a');
    pod.metadata!.ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g', uid: 'g' }];
    assert.deepEqual(decide([pod]), []);
  });

  it('in a cluster collects an orphan, and not one whose owner the server still has', async () => {
    const control = await startControl();
    const { uid: _uid, resourceVersion: _version, ...metadata } = aReplicaSet({ replicas: 0 }).metadata!;
    const set = await control.wait(
      control.client.create<ReplicaSet>({ ...aReplicaSet({ replicas: 0 }), metadata }),
    );
    const config = (name: string, uid: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        namespace: 'default',
        name,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'hello-abc', uid }],
      },
    });
    await control.wait(control.client.create(config('kept', set.metadata!.uid!)));
    await control.wait(control.client.create(config('left', 'gone')));
    await control.clock.advance(1_000);
    const names = (await control.client.list('ConfigMap', { namespace: 'default' })).items.map(
      (each) => each.metadata!.name,
    );
    assert.deepEqual(names, ['kept']);
    await control.stop();
  });
});

describe('pod garbage', () => {
  const decide = (objects: KubeObject[], key = 'default/a') =>
    podGarbage.decide(worldOf(objects).world, key, now);
  const owner = aReplicaSet();

  it('collects pods of a node that is no more', () => {
    const [action] = decide([aPod('a', { node: 'gone' })]);
    assert.ok(action?.do === 'collect' && action.options!.gracePeriodSeconds === 0);
  });

  it('does not wait for a lost host to end a deleted stateless pod, but does for any other', () => {
    const cellar = aNode('cellar', suspect);
    assert.equal(decide([cellar, aPod('a', { owner, node: 'cellar', deleting: true })])[0]!.do, 'delete');
    assert.deepEqual(decide([cellar, aPod('a', { node: 'cellar', deleting: true })]), []);
    assert.deepEqual(decide([cellar, aPod('a', { owner, node: 'cellar' })]), []);
    assert.deepEqual(decide([aNode('cellar'), aPod('a', { owner, node: 'cellar', deleting: true })]), []);
  });

  it('keeps only so many ended pods, the youngest', () => {
    const ended: Pod[] = Array.from({ length: endedPodsMax + 2 }, (_, index) =>
      aPod(`p${index}`, { node: 'attic', phase: 'Failed', ageSeconds: index }),
    );
    const names = decide([aNode('attic'), ...ended], '/ended pods').map(
      (action) => action.do === 'delete' && action.object.metadata!.name,
    );
    assert.deepEqual(names, [`p${endedPodsMax + 1}`, `p${endedPodsMax}`]);
  });
});
