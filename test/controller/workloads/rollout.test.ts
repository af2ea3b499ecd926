import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Deployment, ReplicaSet } from '../../../api/types.ts';
import { scaledSizes } from '../../../controller/workloads/proportional.ts';
import { brought, templateHash } from '../../../controller/workloads/revisions.ts';
import { leewayOf, newSetSize, rollingSizes, sizeOf } from '../../../controller/workloads/rollout.ts';
import { aDeployment, aReplicaSet } from '../support/objects.ts';

const rolling = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment =>
  aDeployment({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } });
const set = (name: string, replicas: number, availableReplicas = replicas): ReplicaSet =>
  aReplicaSet({ name, replicas, status: { replicas, availableReplicas } });

describe('leeway of a rolling update', () => {
  it('rounds surge up and unavailability down', () => {
    assert.deepEqual(leewayOf(rolling(10, '25%', '25%')), { surge: 3, unavailable: 2 });
    assert.deepEqual(leewayOf(rolling(3, '25%', '25%')), { surge: 1, unavailable: 0 });
    assert.deepEqual(leewayOf(aDeployment({ replicas: 4 })), { surge: 1, unavailable: 1 });
  });

  it('lets one be unavailable where both come to nothing, or no update could begin', () => {
    assert.deepEqual(leewayOf(rolling(3, 0, '10%')), { surge: 0, unavailable: 1 });
    assert.deepEqual(leewayOf(rolling(3, 0, 5)), { surge: 0, unavailable: 3 });
  });
});

describe('rolling sizes', () => {
  it('grow the new set within the surge, then shrink the old by what is spare', () => {
    const target = rolling(3, 1, 0);
    assert.equal(newSetSize(target, 0, 3), 1);
    assert.deepEqual(rollingSizes(target, set('new', 1, 0), [set('old', 3)]), new Map());
    assert.deepEqual(rollingSizes(target, set('new', 1, 1), [set('old', 3)]), new Map([['old', 2]]));
    assert.deepEqual(rollingSizes(target, set('new', 1, 1), [set('old', 2)]), new Map([['new', 2]]));
  });

  it('take unhealthy old pods first', () => {
    const sizes = rollingSizes(rolling(4, 0, 1), set('new', 2), [set('sick', 1, 0), set('well', 1)]);
    assert.deepEqual(sizes, new Map([['sick', 0]]));
  });

  it('never go below the floor of available pods nor above the surge, however readiness comes and goes', () => {
    const share = fc.oneof(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 100 }).map((each) => `${each}%`),
    );
    const step = fc.record({ ready: fc.nat(), shrinkFirst: fc.boolean(), rollAgain: fc.boolean() });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        share,
        share,
        fc.array(step, { maxLength: 60 }),
        (replicas, surge, unavailable, steps) => {
          const target = rolling(replicas, surge, unavailable);
          const leeway = leewayOf(target);
          // Sets with their pods' true readiness; a status is what the set controller last saw.
          let sets = [{ name: 'v0', size: replicas, ready: replicas }];
          const quiet = Array.from({ length: 80 }, () => ({
            ready: 1_000_000,
            shrinkFirst: false,
            rollAgain: false,
          }));
          let versions = 1;
          for (const { ready, rollAgain } of [...steps, ...quiet]) {
            if (rollAgain || versions === 1) sets.push({ name: `v${versions++}`, size: 0, ready: 0 });
            const views = sets.map(({ name, size, ready: available }) => set(name, size, available));
            const newest = views.at(-1)!;
            const sizes = rollingSizes(target, newest, views.slice(0, -1));
            sets = sets.map((each) => {
              const size = sizes.get(each.name) ?? each.size;
              // A set deletes its unready pods first.
              return { ...each, size, ready: Math.min(each.ready, size) };
            });
            const total = sets.reduce((sum, { size }) => sum + size, 0);
            const available = sets.reduce((sum, each) => sum + each.ready, 0);
            assert.ok(total <= replicas + leeway.surge, `${total} pods`);
            assert.ok(available >= replicas - leeway.unavailable, `${available} available`);
            // Some of the newest set's pods become ready.
            const last = sets.at(-1)!;
            last.ready +=
              ready % (last.size - last.ready + 1) || (ready === 1_000_000 ? last.size - last.ready : 0);
          }
          assert.equal(sets.at(-1)!.size, replicas);
          assert.ok(sets.slice(0, -1).every(({ size }) => size === 0));
        },
      ),
    );
  });
});

describe('scaling in the middle of a rollout', () => {
  const shared = (name: string, replicas: number, max: number) => {
    const each = set(name, replicas);
    each.metadata!.annotations = { 'deployment.kubernetes.io/max-replicas': String(max) };
    return each;
  };

  it('gives each set its share', () => {
    const target = rolling(20, 3, 2);
    const sizes = scaledSizes(target, shared('new', 5, 13), [shared('old', 8, 13)]);
    assert.deepEqual(Object.fromEntries(sizes), { old: 14, new: 9 });
  });

  it('never adds up to more than is allowed, and takes all down to zero', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(15), fc.nat(15), (replicas, a, b) => {
        const target = rolling(replicas, 2, 1);
        const [newer, older] = [shared('new', a + 1, a + b + 2), shared('old', b + 1, a + b + 2)];
        newer.status = { replicas: 0 };
        const sizes = scaledSizes(target, newer, [older]);
        const size = (each: ReplicaSet) => sizes.get(each.metadata!.name!) ?? sizeOf(each);
        const total = size(newer) + size(older);
        assert.ok(size(newer) >= 0 && size(older) >= 0);
        assert.equal(total, replicas === 0 ? 0 : replicas + 2);
      }),
    );
  });

  it('gives all to the only set that has pods', () => {
    assert.deepEqual(scaledSizes(rolling(5, 1, 0), set('new', 3), [set('old', 0)]), new Map([['new', 5]]));
  });
});

describe('revisions', () => {
  const template = {
    metadata: { labels: { a: '1', b: '2' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  };

  it('name a template the same in whatever order it was written', () => {
    const turned = {
      spec: { containers: [{ image: 'i', name: 'c' }] },
      metadata: { labels: { b: '2', a: '1' } },
    };
    assert.equal(templateHash(template), templateHash(turned));
    assert.match(templateHash(template), /^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
    assert.notEqual(templateHash(template), templateHash(template, 1));
  });

  it('count on when an old template comes back', () => {
    const old = aReplicaSet();
    old.metadata!.annotations = { 'deployment.kubernetes.io/revision': '1' };
    const newer = aReplicaSet({ name: 'hello-newer' });
    newer.metadata!.annotations = { 'deployment.kubernetes.io/revision': '2' };
    const back = brought(old, aDeployment(), { newestAmong: [newer] });
    assert.equal(back.metadata!.annotations!['deployment.kubernetes.io/revision'], '3');
    assert.equal(back.metadata!.annotations!['deployment.kubernetes.io/revision-history'], '1');
  });
});
