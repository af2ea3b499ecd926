import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pod, ReplicaSet } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import type { Action } from '../../../controller/reconciler.ts';
import { replaces } from '../../../controller/workloads/deletion-order.ts';
import { replicaSet } from '../../../controller/workloads/replicaset.ts';
import { aNode, aPod, aReplicaSet, now, suspect } from '../support/objects.ts';
import { worldOf } from '../support/world.ts';

function decide(objects: KubeObject[]): Action[] {
  return replicaSet.decide(worldOf(objects).world, 'default/hello-abc', now);
}
const created = (actions: Action[]) =>
  actions.flatMap((action) => (action.do === 'create' ? [action.object] : []));
const deleted = (actions: Action[]) =>
  actions.flatMap((action) => (action.do === 'delete' ? [action.object.metadata!.name] : []));
const statusOf = (actions: Action[]) =>
  actions.flatMap((action) => (action.do === 'update' ? [(action.object as ReplicaSet).status] : []))[0];

describe('replicaset', () => {
  const owner = aReplicaSet();

  it('creates the pods that are missing, from its template', () => {
    const pods = created(decide([owner, aNode('attic'), aPod('a', { owner, node: 'attic' })]));
    assert.equal(pods.length, 2);
    assert.equal(pods[0]!.metadata!.generateName, 'hello-abc-');
    assert.equal(pods[0]!.metadata!.ownerReferences![0]!.uid, owner.metadata!.uid);
    assert.deepEqual(pods[0]!.metadata!.labels, { app: 'hello' });
  });

  it('does nothing when all is as it should be', () => {
    const pods = ['a', 'b', 'c'].map((name) => aPod(name, { owner, node: 'attic' }));
    const status = {
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    };
    assert.deepEqual(decide([{ ...owner, status } as ReplicaSet, aNode('attic'), ...pods]), []);
  });

  it('replaces the pods of a suspect host, and names whose place each takes', () => {
    const actions = decide([
      owner,
      aNode('attic'),
      aNode('cellar', suspect),
      aPod('a', { owner, node: 'attic' }),
      aPod('b', { owner, node: 'attic' }),
      aPod('c', { owner, node: 'cellar' }),
    ]);
    assert.deepEqual(
      created(actions).map(({ metadata }) => metadata!.annotations),
      [{ [replaces]: 'pod-c' }],
    );
    assert.deepEqual(deleted(actions), []);
    assert.equal(statusOf(actions)!.replicas, 2);
  });

  it('does not replace the pods of a host that is heard but calls itself unwell', () => {
    const cellar = aNode('cellar', { ready: 'False', reason: 'DiskPressure' });
    const pods = ['a', 'b', 'c'].map((name) => aPod(name, { owner, node: 'cellar' }));
    assert.deepEqual(created(decide([owner, cellar, ...pods])), []);
  });

  const replaced = [
    aPod('a', { owner, node: 'attic' }),
    aPod('b', { owner, node: 'shed' }),
    aPod('older', { owner, node: 'cellar', readySeconds: 3_000, ageSeconds: 3_600 }),
    aPod('newer', {
      owner,
      node: 'den',
      readySeconds: 20,
      ageSeconds: 25,
      annotations: { [replaces]: 'pod-older' },
    }),
  ];
  const hosts = ['attic', 'shed', 'den'].map((name) => aNode(name));

  it('removes the replacement, not the older ready pod, once the host is back', () => {
    const back = aNode('cellar', { sinceSeconds: 10 });
    assert.deepEqual(deleted(decide([owner, ...hosts, back, ...replaced])), ['newer']);
  });

  it('waits with that until the returned host has had time to report', () => {
    const back = aNode('cellar', { sinceSeconds: 1 });
    const actions = decide([owner, ...hosts, back, ...replaced]);
    assert.deepEqual(deleted(actions), []);
    assert.ok(actions.some((action) => action.do === 'again'));
  });

  it('keeps the replacement if the returned pod is not ready any more', () => {
    const back = aNode('cellar', { sinceSeconds: 10 });
    const restarted = aPod('older', { owner, node: 'cellar', ready: false, ageSeconds: 3_600 });
    const pods = replaced.map((pod) => (pod.metadata!.name === 'older' ? restarted : pod));
    assert.deepEqual(deleted(decide([owner, ...hosts, back, ...pods])), ['older']);
  });

  it('adopts orphans that match and releases what no longer does', () => {
    const orphan = aPod('orphan', { node: 'attic' });
    const stranger = aPod('stranger', { owner, node: 'attic', labels: { app: 'other' } });
    const patches = decide([owner, aNode('attic'), orphan, stranger]).flatMap((action) =>
      action.do === 'patch'
        ? [[action.ref.name, (action.patch as Pod).metadata!.ownerReferences!.length]]
        : [],
    );
    assert.deepEqual(patches.toSorted(), [
      ['orphan', 1],
      ['stranger', 0],
    ]);
  });

  it('touches nothing while it is being deleted', () => {
    const going = aReplicaSet({ metadata: { ...owner.metadata, deletionTimestamp: '2026-01-01T00:59:00Z' } });
    assert.deepEqual(created(decide([going])), []);
  });

  it('settles at the number wanted from any start, and then does nothing more', () => {
    const anyPod = fc.record({
      node: fc.constantFrom(undefined, 'attic', 'cellar', 'gone'),
      ready: fc.boolean(),
      deleting: fc.boolean(),
      phase: fc.constantFrom(undefined, 'Failed'),
    });
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 12 }), fc.nat(8), (start, replicas) => {
        const set = aReplicaSet({ replicas });
        let pods = start.map((options, index) => aPod(`p${index}`, { owner: set, ...options }));
        const nodes = [aNode('attic'), aNode('cellar', suspect)];
        const step = () => {
          const actions = decide([set, ...nodes, ...pods]);
          const gone = new Set(deleted(actions));
          const born = created(actions).map((_, index) => aPod(`n${pods.length + index}`, { owner: set }));
          pods = [...pods.filter((pod) => !gone.has(pod.metadata!.name)), ...born];
          return gone.size + born.length;
        };
        step();
        assert.equal(step(), 0);
        const lost = (pod: Pod) => ['cellar', 'gone'].includes(pod.spec!.nodeName ?? '');
        const active = pods.filter(
          (pod) => pod.status!.phase !== 'Failed' && !pod.metadata!.deletionTimestamp,
        );
        assert.equal(active.filter((pod) => !lost(pod)).length, replicas);
        assert.ok(active.filter(lost).length <= replicas);
      }),
    );
  });
});
