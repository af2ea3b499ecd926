import assert from 'node:assert/strict';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { disruption } from '../../../controller/workloads/disruption.ts';
import { startControl, type Control } from '../support/api.ts';
import { aDeployment, aPod, aReplicaSet, at, now } from '../support/objects.ts';
import { worldOf } from '../support/world.ts';

const aBudget = (
  spec: Partial<NonNullable<PodDisruptionBudget['spec']>>,
  status?: PodDisruptionBudgetStatus,
): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { namespace: 'default', name: 'b', uid: 'b', resourceVersion: '1', generation: 2 },
  spec: { selector: { matchLabels: { app: 'hello' } }, ...spec },
  ...(status && { status }),
});

/** The status that the controller writes, in short. */
const told = (budget: PodDisruptionBudget, objects: KubeObject[]) => {
  const { world } = worldOf([budget, ...objects]);
  const [action] = disruption.decide(world, 'default/b', now);
  if (action?.do !== 'update') return undefined;
  assert.equal(action.subresource, 'status');
  return (action.object as PodDisruptionBudget).status!;
};
const figures = (status: PodDisruptionBudgetStatus | undefined) => [
  status?.expectedPods,
  status?.currentHealthy,
  status?.desiredHealthy,
  status?.disruptionsAllowed,
];
const ready = (name: string, rest: Parameters<typeof aPod>[1] = {}) => aPod(name, { node: 'n', ...rest });

describe('a disruption budget', () => {
  it('wants so many pods, whoever made them', () => {
    const pods = [ready('1'), ready('2'), ready('3', { ready: false }), ready('4', { deleting: true })];
    assert.deepEqual(figures(told(aBudget({ minAvailable: 1 }), pods)), [4, 2, 1, 1]);
    assert.deepEqual(figures(told(aBudget({ minAvailable: 2 }), pods)), [4, 2, 2, 0]);
    assert.deepEqual(figures(told(aBudget({ minAvailable: 5 }), pods)), [4, 2, 5, 0]);
  });

  it('reckons shares from what their controllers want, not from the pods that happen to be', () => {
    const deployment = aDeployment({ replicas: 4 });
    const set = aReplicaSet({ owner: deployment, replicas: 3 });
    const objects = [
      deployment,
      set,
      ready('1', { owner: set }),
      ready('2', { owner: set }),
      ready('3', { owner: set }),
    ];
    assert.deepEqual(figures(told(aBudget({ minAvailable: '50%' }), objects)), [4, 3, 2, 1]);
    assert.deepEqual(figures(told(aBudget({ maxUnavailable: 1 }), objects)), [4, 3, 3, 0]);
    assert.deepEqual(figures(told(aBudget({ maxUnavailable: '30%' }), objects)), [4, 3, 2, 1]);
    assert.deepEqual(figures(told(aBudget({ maxUnavailable: 9 }), objects)), [4, 3, 0, 3]);
  });

  it('lets none go where it cannot tell how many there should be, and says why', () => {
    const orphan: Pod = ready('1');
    orphan.metadata!.ownerReferences = [
      { apiVersion: 'example.com/v1', kind: 'Herd', name: 'h', uid: 'h', controller: true },
    ];
    const status = told(aBudget({ maxUnavailable: 1 }), [orphan])!;
    assert.equal(status.disruptionsAllowed, 0);
    assert.deepEqual(
      status.conditions!.map(({ type, status: is, reason, message }) => [type, is, reason, message]),
      [['DisruptionAllowed', 'False', 'SyncFailed', 'found no controllers for pod "1"']],
    );
  });

  it('says in a condition whether any may go, for the generation that it has seen', () => {
    const status = told(aBudget({ minAvailable: 0 }), [ready('1')])!;
    assert.equal(status.observedGeneration, 2);
    assert.deepEqual(status.conditions, [
      {
        type: 'DisruptionAllowed',
        status: 'True',
        reason: 'SufficientPods',
        message: '',
        observedGeneration: 2,
        lastTransitionTime: at(0),
      },
    ]);
    // The control: nothing is written where nothing changes.
    assert.equal(told(aBudget({ minAvailable: 0 }, status), [ready('1')]), undefined);
  });

  it('does not count a pod whose eviction was allowed, until it is clear that it stays', () => {
    const evicted = (secondsAgo: number) =>
      aBudget({ minAvailable: 1 }, { disruptedPods: { '1': at(secondsAgo), gone: at(1) } });
    const pods = [ready('1'), ready('2')];
    const status = told(evicted(10), pods)!;
    assert.deepEqual(figures(status), [2, 1, 1, 0]);
    assert.deepEqual(status.disruptedPods, { '1': at(10) });
    assert.deepEqual(figures(told(evicted(121), pods)), [2, 2, 1, 1]);
    const { world } = worldOf([evicted(10), ...pods]);
    assert.deepEqual(disruption.decide(world, 'default/b', now).at(-1), { do: 'again', afterMs: 110_000 });
  });

  describe('in a cluster', () => {
    let control: Control;
    beforeEach(async () => {
      control = await startControl();
    });
    afterEach(() => control.stop());

    it('follows its pods, and an eviction at once', async () => {
      const { client, wait, until } = control;
      await wait(
        client.create({ ...aBudget({ minAvailable: 1 }), metadata: { namespace: 'default', name: 'b' } }),
      );
      await wait(client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }));
      for (const name of ['a', 'b']) {
        const labels = { app: 'hello' };
        const spec = { nodeName: 'n', containers: [{ name: 'web', image: 'hello:1' }] };
        await wait(
          client.create<Pod>({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { namespace: 'default', name, labels },
            spec,
          }),
        );
        const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
        await wait(
          client.patch(
            { kind: 'Pod', namespace: 'default', name },
            'merge',
            { status },
            { subresource: 'status' },
          ),
        );
      }
      const statusNow = async () =>
        (
          await client.get<PodDisruptionBudget>({
            kind: 'PodDisruptionBudget',
            namespace: 'default',
            name: 'b',
          })
        ).status;
      await until(async () => (await statusNow())?.disruptionsAllowed === 1);
      const evict = (name: string) =>
        client.create(
          {
            apiVersion: 'policy/v1',
            kind: 'Eviction',
            metadata: { namespace: 'default', name },
          } as KubeObject,
          { subresource: 'eviction' },
        );
      await wait(evict('a'));
      await assert.rejects(wait(evict('b')), /would violate the pod's disruption budget/);
      await until(
        async () =>
          (await statusNow())?.currentHealthy === 1 && (await statusNow())?.disruptedPods === undefined,
      );
    });
  });
});
