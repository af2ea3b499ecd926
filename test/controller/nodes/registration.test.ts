import assert from 'node:assert/strict';
import type { Node } from '../../../api/types.ts';
import { registration } from '../../../controller/nodes/registration.ts';
import { taintsFor } from '../../../controller/nodes/taints.ts';
import { eviction } from '../../../controller/nodes/eviction.ts';
import { aNode, aPod, at, now } from '../support/objects.ts';
import { worldOf } from '../support/world.ts';

describe('node registration', () => {
  const decide = (nodes: Node[]) => registration.decide(worldOf(nodes).world, 'nodes', now);

  it('gives each new node the lowest free range, also when several come at once', () => {
    const actions = decide([aNode('a', { podCIDR: '10.244.1.0/24' }), aNode('b'), aNode('c')]);
    assert.deepEqual(
      actions.map((action) => action.do === 'patch' && (action.patch as Node).spec!.podCIDR),
      ['10.244.0.0/24', '10.244.2.0/24'],
    );
  });

  it('says so when no range is left', () => {
    const full = Array.from({ length: 256 }, (_, index) =>
      aNode(`n${index}`, { podCIDR: `10.244.${index}.0/24` }),
    );
    const [action] = decide([...full, aNode('late')]);
    assert.ok(action?.do === 'event' && action.said.reason === 'CIDRNotAvailable');
  });
});

describe('taints', () => {
  it('follow the verdict and leave others’ alone', () => {
    const own = { key: 'gpu', effect: 'NoSchedule' };
    const suspected = taintsFor('Suspect', [own], now)!;
    assert.deepEqual(
      suspected.map(({ key, effect }) => `${key}:${effect}`),
      ['gpu:NoSchedule', 'kith.home.arpa/suspect:NoSchedule'],
    );
    const gone = taintsFor('Unknown', suspected, now)!;
    assert.deepEqual(
      gone.map(({ key, effect }) => `${key}:${effect}`),
      [
        'gpu:NoSchedule',
        'node.kubernetes.io/unreachable:NoSchedule',
        'node.kubernetes.io/unreachable:NoExecute',
      ],
    );
    assert.deepEqual(taintsFor('Ready', gone, now), [own]);
    assert.equal(taintsFor('Ready', [own], now), undefined);
    assert.equal(taintsFor('Unknown', gone, now), undefined);
  });
});

describe('eviction', () => {
  const unreachable = (secondsAgo: number) => [
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: at(secondsAgo) },
  ];
  const decide = (secondsAgo: number, tolerations?: object[]) => {
    const pod = aPod('a', { node: 'attic', spec: tolerations && { tolerations } });
    return eviction.decide(
      worldOf([aNode('attic', { taints: unreachable(secondsAgo) }), pod]).world,
      'default/a',
      now,
    );
  };

  it('gives a pod up five minutes after its host was', () => {
    assert.deepEqual(decide(290), [{ do: 'again', afterMs: 10_000 }]);
    assert.equal(decide(300)[0]!.do, 'delete');
  });

  it('keeps to what the pod tolerates', () => {
    const toleration = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' };
    assert.deepEqual(decide(10_000, [toleration]), []);
    assert.equal(decide(11, [{ ...toleration, tolerationSeconds: 10 }])[0]!.do, 'delete');
  });
});
