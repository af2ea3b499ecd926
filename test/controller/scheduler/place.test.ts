import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Namespace, Node, Pod } from '../../../api/types.ts';
import { filters } from '../../../controller/scheduler/filters.ts';
import { place } from '../../../controller/scheduler/place.ts';
import { refusalMessage } from '../../../controller/scheduler/refusal-message.ts';
import { Snapshot, viewOf } from '../../../controller/scheduler/snapshot.ts';
import { seededRandom } from '../../../process/random.ts';
import { aNode, aPod, aReplicaSet, suspect } from '../support/objects.ts';

function snapshotOf(nodes: Node[], bound: Pod[] = [], namespaces: Namespace[] = []): Snapshot {
  const snapshot = new Snapshot();
  for (const namespace of namespaces) snapshot.setNamespace(namespace);
  for (const node of nodes) snapshot.setNode(node);
  for (const pod of bound) snapshot.setPod(viewOf(pod), pod.spec!.nodeName!);
  return snapshot;
}
/** Where each pod goes, or why it goes nowhere. */
function placed(pods: Pod[], nodes: Node[], bound: Pod[] = [], namespaces: Namespace[] = []): string[] {
  return place(pods, snapshotOf(nodes, bound, namespaces), seededRandom(1)).map((placement) =>
    placement.nodeName === undefined
      ? refusalMessage(placement.refusals, placement.nodeCount)
      : placement.nodeName,
  );
}
const whereTo = (pod: Pod, nodes: Node[], bound: Pod[] = []) => placed([pod], nodes, bound)[0];

describe('placing a pod', () => {
  it('sums up the reasons against every node as Kubernetes words them', () => {
    const nodes = [
      aNode('a', { memory: '1Gi' }),
      aNode('b', { memory: '1Gi' }),
      aNode('c', { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }),
    ];
    assert.equal(
      whereTo(aPod('p', { requests: { memory: '2Gi' } }), nodes),
      '0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 2 Insufficient memory.',
    );
    assert.equal(whereTo(aPod('p'), []), 'no nodes available to schedule pods');
  });

  it('names every resource that is short', () => {
    const pod = aPod('p', { requests: { cpu: '8', memory: '32Gi', 'example.com/gpu': '1' } });
    assert.equal(
      whereTo(pod, [aNode('a')]),
      '0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient example.com/gpu, 1 Insufficient memory.',
    );
  });

  it('counts what is bound, and what it has placed itself a moment ago', () => {
    const pods = ['p', 'q', 'r'].map((name) => aPod(name, { requests: { cpu: '1500m' } }));
    const bound = [aPod('x', { node: 'a', requests: { cpu: '1' } })];
    assert.deepEqual(placed(pods, [aNode('a')], bound), [
      'a',
      'a',
      '0/1 nodes are available: 1 Insufficient cpu.',
    ]);
    assert.equal(
      whereTo(aPod('p'), [aNode('a', { pods: '1' })], bound),
      '0/1 nodes are available: 1 Too many pods.',
    );
  });

  it('avoids hosts that are suspect, cordoned or gone to sleep', () => {
    const nodes = [
      aNode('a', suspect),
      aNode('b', { unschedulable: true }),
      aNode('c', { ready: 'False', reason: 'Goodbye' }),
    ];
    assert.equal(
      whereTo(aPod('p'), nodes),
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) were not ready.',
    );
  });

  it('honours tolerations, by key, value and effect', () => {
    const node = aNode('a', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] });
    const tolerating = (toleration: object) =>
      whereTo(aPod('p', { spec: { tolerations: [toleration] } }), [node]);
    assert.equal(tolerating({ key: 'k', value: 'v' }), 'a');
    assert.equal(tolerating({ key: 'k', operator: 'Exists', effect: 'NoSchedule' }), 'a');
    assert.equal(tolerating({ operator: 'Exists' }), 'a');
    for (const wrong of [
      { key: 'k', value: 'w' },
      { key: 'k', operator: 'Exists', effect: 'NoExecute' },
    ]) {
      assert.equal(tolerating(wrong), '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}.');
    }
  });

  it('follows nodeSelector and required node affinity', () => {
    const nodes = [aNode('a', { labels: { disk: 'ssd' } }), aNode('b', { labels: { disk: 'hdd' } })];
    assert.equal(whereTo(aPod('p', { spec: { nodeSelector: { disk: 'hdd' } } }), nodes), 'b');
    const affinity = (operator: string) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator, values: ['hdd'] }] }],
        },
      },
    });
    assert.equal(whereTo(aPod('p', { spec: { affinity: affinity('NotIn') } }), nodes), 'a');
    assert.equal(
      whereTo(aPod('p', { spec: { nodeSelector: { disk: 'tape' } } }), nodes),
      "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
    );
  });

  const selector = {
    labelSelector: { matchLabels: { app: 'hello' } },
    topologyKey: 'kubernetes.io/hostname',
  };

  it('keeps apart what must not meet, in both directions', () => {
    const shy = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [selector] } };
    const nodes = [aNode('a'), aNode('b')];
    assert.equal(whereTo(aPod('p', { spec: { affinity: shy } }), nodes, [aPod('x', { node: 'a' })]), 'b');
    assert.equal(whereTo(aPod('p'), nodes, [aPod('x', { node: 'a', spec: { affinity: shy } })]), 'b');
    assert.match(
      placed(
        ['p', 'q', 'r'].map((name) => aPod(name, { spec: { affinity: shy } })),
        nodes,
      )[2]!,
      /2 node\(s\) didn't match pod anti-affinity rules/,
    );
  });

  it('brings together what must meet; the first of its kind may begin anywhere', () => {
    const social = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [selector] } };
    const pods = ['p', 'q', 'r'].map((name) => aPod(name, { spec: { affinity: social } }));
    const [first, ...others] = placed(pods, [aNode('a'), aNode('b'), aNode('c')]);
    assert.deepEqual(others, [first, first]);
    const lonely = aPod('p', { labels: { app: 'other' }, spec: { affinity: social } });
    assert.equal(
      whereTo(lonely, [aNode('a')]),
      "0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
    );
  });

  it('spreads by hostname as the pod demands, and does not wait for a lost host', () => {
    const constraint = { ...selector, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' };
    const pods = ['p', 'q', 'r', 's'].map((name) =>
      aPod(name, { spec: { topologySpreadConstraints: [constraint] } }),
    );
    assert.deepEqual(placed(pods, [aNode('a'), aNode('b')]).toSorted(), ['a', 'a', 'b', 'b']);
    assert.deepEqual(placed(pods, [aNode('a'), aNode('b', suspect)]), ['a', 'a', 'a', 'a']);
  });

  it('spreads the pods of one ReplicaSet over the hosts without being asked', () => {
    const owner = aReplicaSet();
    const pods = ['p', 'q', 'r'].map((name) => aPod(name, { owner }));
    assert.deepEqual(placed(pods, [aNode('a'), aNode('b'), aNode('c')]).toSorted(), ['a', 'b', 'c']);
  });

  it('prefers a host that has the image', () => {
    const holds: Node = aNode('b');
    holds.status!.images = [{ names: ['hello:1', 'hello@sha256:0'], sizeBytes: 1 }];
    assert.equal(whereTo(aPod('p'), [aNode('a'), holds, aNode('c')]), 'b');
  });

  it('keeps pods with secrets from volunteers, unless they allow it, and private ones to the owner', () => {
    const tier = (name: string, tierName: string, owner = 'eve') =>
      aNode(name, { annotations: { 'kith.home.arpa/tier': tierName, 'kith.home.arpa/owner': owner } });
    const nodes = [tier('v', 'volunteer'), tier('f', 'friend', 'bob'), tier('o', 'own', 'ann')];
    const secret = { spec: { volumes: [{ name: 's', secret: { secretName: 's' } }] } };
    const trusts = (minTrust: string) => ({ annotations: { 'kith.home.arpa/min-trust': minTrust } });
    const anns = { metadata: { name: 'default', annotations: { 'kith.home.arpa/owner': 'ann' } } };
    const on = (pod: Pod, only: Node[]) => placed([pod], only, [], [anns])[0];
    assert.equal(on(aPod('p'), [nodes[0]!]), 'v');
    assert.match(on(aPod('p', secret), [nodes[0]!])!, /1 node\(s\) were trusted less than "friend"/);
    assert.equal(on(aPod('p', secret), nodes.slice(0, 2)), 'f');
    assert.equal(on(aPod('p', { ...secret, ...trusts('volunteer') }), [nodes[0]!]), 'v');
    assert.equal(on(aPod('p', trusts('own')), nodes), 'o');
    assert.match(
      on(aPod('p', trusts('nonsense')), nodes.slice(0, 2))!,
      /2 node\(s\) were trusted less than "own"/,
    );
  });

  it('looks for the sandbox that a pod names', () => {
    const nodes = [
      aNode('a', { annotations: { 'kith.home.arpa/sandboxes': 'wasm' } }),
      aNode('b', { annotations: { 'kith.home.arpa/sandboxes': 'wasm,podman' } }),
    ];
    assert.equal(whereTo(aPod('p', { spec: { runtimeClassName: 'podman' } }), nodes), 'b');
    assert.equal(
      whereTo(aPod('p', { spec: { runtimeClassName: 'vm' } }), nodes),
      '0/2 nodes are available: 2 node(s) had no sandbox "vm".',
    );
  });

  it('goes to a host without an OS sandbox only where that is the owner’s own', () => {
    const host = (tier: string, isolation: string) =>
      aNode('a', { annotations: { 'kith.home.arpa/tier': tier, 'kith.home.arpa/isolation': isolation } });
    assert.equal(whereTo(aPod('p'), [host('own', 'wasm=none')]), 'a');
    assert.equal(whereTo(aPod('p'), [host('friend', 'wasm=os')]), 'a');
    assert.equal(
      whereTo(aPod('p'), [host('friend', 'wasm=none')]),
      '0/1 nodes are available: 1 node(s) had no OS sandbox and were not your own.',
    );
  });

  it('breaks ties by the chance it was given, and the same chance gives the same places', () => {
    const nodes = ['a', 'b', 'c', 'd'].map((name) => aNode(name));
    const first = (seed: number) => place([aPod('p')], snapshotOf(nodes), seededRandom(seed))[0]!.nodeName;
    assert.equal(first(1), first(1));
    assert.ok(new Set(Array.from({ length: 20 }, (_, seed) => first(seed))).size > 1);
  });

  it('never places where a filter refuses, nor more than a node has room for', () => {
    const anyNode = fc.record({
      cpu: fc.constantFrom('1', '2', '4'),
      ready: fc.constantFrom('True', 'Unknown'),
      unschedulable: fc.boolean(),
      tainted: fc.boolean(),
      ssd: fc.boolean(),
    });
    const anyPod = fc.record({
      milli: fc.integer({ min: 0, max: 1_500 }),
      ssd: fc.boolean(),
      tolerant: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(anyNode, { maxLength: 6 }),
        fc.array(anyPod, { maxLength: 12 }),
        fc.nat(),
        (some, wanted, seed) => {
          const nodes = some.map(({ tainted, ssd, ...rest }, index) =>
            aNode(`n${index}`, {
              ...rest,
              ...(tainted && { taints: [{ key: 'k', effect: 'NoSchedule' }] }),
              ...(ssd && { labels: { disk: 'ssd' } }),
            }),
          );
          const pods = wanted.map(({ milli, ssd, tolerant }, index) =>
            aPod(`p${index}`, {
              requests: { cpu: `${milli}m` },
              spec: {
                ...(ssd && { nodeSelector: { disk: 'ssd' } }),
                ...(tolerant && { tolerations: [{ operator: 'Exists' }] }),
              },
            }),
          );
          // Replays the placements one by one, asking every filter about the chosen node before the pod is on it.
          const replay = snapshotOf(nodes);
          for (const { view, nodeName } of place(pods, snapshotOf(nodes), seededRandom(seed))) {
            const refusals = (name: string) =>
              filters
                .map((filter) => filter.forPod(view, replay)?.(replay.node(name)!))
                .filter((each) => each !== undefined);
            if (nodeName === undefined) {
              for (const { name } of replay.nodes()) assert.notDeepEqual(refusals(name), []);
            } else {
              assert.deepEqual(refusals(nodeName), []);
              replay.setPod(view, nodeName);
            }
          }
          for (const { allocatable, requested } of replay.nodes())
            assert.ok((requested.cpu ?? 0) <= allocatable.cpu!);
        },
      ),
    );
  });

  it('places thousands of pods a second on a hundred nodes', () => {
    const owner = aReplicaSet();
    const nodes = Array.from({ length: 100 }, (_, index) => aNode(`n${index}`));
    const pods = Array.from({ length: 1_000 }, (_, index) =>
      aPod(`p${index}`, { owner, requests: { cpu: '10m' } }),
    );
    const from = performance.now();
    assert.ok(place(pods, snapshotOf(nodes), seededRandom(1)).every(({ nodeName }) => nodeName));
    // A bound that only a mistake in the order of growth would miss; the bench measures.
    assert.ok(performance.now() - from < 5_000);
  });
});
