import assert from 'node:assert/strict';
import type { Pod } from '../../api/types.ts';
import { unconfirmedMsMax } from '../../controller/world.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { aPod, aReplicaSet } from './support/objects.ts';
import { worldOf } from './support/world.ts';

const versioned = (pod: Pod, resourceVersion: string): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, resourceVersion },
});

describe('the world that controllers see', () => {
  const owner = aReplicaSet();
  const pod = versioned(aPod('a', { owner }), '100');

  it('shows an own write before the watch does, and tells listeners once', () => {
    const { world, informers } = worldOf([owner]);
    const told: string[] = [];
    world.onChange((type) => told.push(type));
    world.learn(pod);
    assert.deepEqual(world.controlledBy('Pod', owner.metadata!.uid!), [pod]);
    informers.get('Pod')!.show('ADDED', pod);
    assert.deepEqual(told, ['ADDED']);
  });

  it('does not go back to what a late watch says', () => {
    const { world, informers } = worldOf([pod]);
    world.learn(versioned({ ...pod, status: { phase: 'Running' } }, '102'));
    informers.get('Pod')!.show('MODIFIED', versioned(pod, '101'));
    assert.equal(world.get<Pod>('Pod', 'default', 'a')!.status!.phase, 'Running');
  });

  it('keeps a deleted pod marked until the watch agrees, whatever older news comes', () => {
    const { world, informers } = worldOf([pod]);
    world.learnDeleted(pod);
    informers.get('Pod')!.show('MODIFIED', versioned(pod, '101'));
    assert.ok(world.get('Pod', 'default', 'a')!.metadata!.deletionTimestamp);
    informers.get('Pod')!.show('DELETED', versioned(pod, '102'));
    assert.equal(world.get('Pod', 'default', 'a'), undefined);
  });

  it('does not bring back what is gone when the answer to a write comes late', () => {
    const { world, informers } = worldOf([pod]);
    informers.get('Pod')!.show('DELETED', pod);
    world.learn(versioned(pod, '101'));
    assert.deepEqual(world.all('Pod'), []);
    const successor = versioned({ ...pod, metadata: { ...pod.metadata, uid: 'another' } }, '103');
    informers.get('Pod')!.show('ADDED', successor);
    assert.deepEqual(world.all('Pod'), [successor]);
  });

  it('drops an own write that no watch confirms', async () => {
    const clock = new VirtualClock();
    const { world } = worldOf([], clock);
    world.learn(pod);
    assert.equal(world.doubt(), 0);
    await clock.advance(unconfirmedMsMax);
    assert.equal(world.doubt(), 1);
    assert.deepEqual(world.all('Pod'), []);
  });

  it('keeps its indexes true through changes of owner and node', () => {
    const { world, informers } = worldOf([pod]);
    const orphan = versioned(
      {
        ...pod,
        metadata: { ...pod.metadata, ownerReferences: [] },
        spec: { ...pod.spec!, nodeName: 'attic' },
      },
      '101',
    );
    informers.get('Pod')!.show('MODIFIED', orphan);
    assert.deepEqual(world.controlledBy('Pod', owner.metadata!.uid!), []);
    assert.deepEqual(world.dependents(owner.metadata!.uid!), []);
    assert.deepEqual(world.uncontrolled('Pod', 'default'), [orphan]);
    assert.deepEqual(world.podsOn('attic'), [orphan]);
    informers.get('Pod')!.show('DELETED', versioned(orphan, '102'));
    assert.deepEqual([world.podsOn('attic'), world.inNamespace('Pod', 'default')], [[], []]);
  });
});
