import assert from 'node:assert/strict';
import { isNotFound } from '../../../api/errors.ts';
import type { Pod, PodDisruptionBudget } from '../../../api/types.ts';
import { pod, testCluster, type TestCluster } from './cluster.ts';

const path = (name: string) => `/api/v1/namespaces/default/pods/${name}/eviction`;

describe('an eviction', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const budgetRef = { kind: 'PodDisruptionBudget', namespace: 'default', name: 'web' };
  /** A budget as its controller would have left it. */
  const budget = async (
    status: Partial<NonNullable<PodDisruptionBudget['status']>>,
    spec: Partial<NonNullable<PodDisruptionBudget['spec']>> = {},
  ) => {
    await cluster.client.create<PodDisruptionBudget>({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } }, ...spec },
    });
    const whole = {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
    };
    await cluster.client.patch(
      budgetRef,
      'merge',
      { status: { ...whole, ...status } },
      { subresource: 'status' },
    );
  };
  const running = async (name: string, ready = true) => {
    const made = pod(name, { nodeName: 'n' });
    made.metadata!.labels = { app: 'web' };
    await cluster.client.create(made);
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
    await cluster.client.patch(
      { kind: 'Pod', namespace: 'default', name },
      'merge',
      { status },
      { subresource: 'status' },
    );
  };
  const evict = (name: string, body: object = {}, query = '') =>
    cluster.ask('POST', path(name) + query, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' }, ...body },
    });
  const find = (name: string) => cluster.client.get<Pod>({ kind: 'Pod', namespace: 'default', name });

  it('ends a pod that no budget is about, and says on it why', async () => {
    await running('a');
    const { status, json } = await evict('a');
    assert.equal(status, 201);
    assert.equal(json['status'], 'Success');
    const { metadata, status: now } = await find('a');
    assert.ok(metadata!.deletionTimestamp);
    assert.deepEqual(
      now!
        .conditions!.filter(({ type }) => type === 'DisruptionTarget')
        .map(({ reason, message }) => [reason, message]),
      [['EvictionByEvictionAPI', 'Eviction API: evicting']],
    );
  });

  it('is refused where it would leave fewer pods than the budget wants', async () => {
    await running('a');
    await budget({});
    const { status, json } = await evict('a');
    assert.equal(status, 429);
    assert.equal(json.reason, 'TooManyRequests');
    assert.equal(json.message, "Cannot evict pod as it would violate the pod's disruption budget.");
    assert.deepEqual(json.details, {
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget web needs 1 healthy pods and has 1 currently',
        },
      ],
    });
    assert.equal((await find('a')).metadata!.deletionTimestamp, undefined);
  });

  it('is asked to come again while the budget has not been reckoned', async () => {
    await running('a');
    await budget({ observedGeneration: 0, disruptionsAllowed: 5 });
    const { status, json, headers } = await evict('a');
    assert.equal(status, 429);
    assert.equal(headers['retry-after'], '10');
    assert.match(
      JSON.stringify(json.details),
      /The disruption budget web is still being processed by the server./,
    );
  });

  it('counts the budget down first: of many at once only as many as it allows', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await running(name);
    await budget({ disruptionsAllowed: 2, currentHealthy: 6, desiredHealthy: 4, expectedPods: 6 });
    const answers = await Promise.all(names.map((name) => evict(name)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 201, 429, 429, 429, 429]);
    const { status } = await cluster.client.get<PodDisruptionBudget>(budgetRef);
    assert.equal(status!.disruptionsAllowed, 0);
    assert.equal(Object.keys(status!.disruptedPods!).length, 2);
    assert.deepEqual(
      status!.conditions!.map(({ type, reason }) => [type, reason]),
      [['DisruptionAllowed', 'InsufficientPods']],
    );
  });

  it('takes nothing on a dry run, said in the query or in the body', async () => {
    await running('a');
    await budget({ disruptionsAllowed: 1 });
    assert.equal((await evict('a', {}, '?dryRun=All')).status, 201);
    assert.equal((await evict('a', { deleteOptions: { dryRun: ['All'] } })).status, 201);
    assert.equal((await cluster.client.get<PodDisruptionBudget>(budgetRef)).status!.disruptionsAllowed, 1);
    assert.equal((await find('a')).metadata!.deletionTimestamp, undefined);
  });

  it('does not ask the budget for a pod that has not begun or is over', async () => {
    await budget({});
    const waiting = pod('waiting');
    waiting.metadata!.labels = { app: 'web' };
    await cluster.client.create(waiting);
    assert.equal((await evict('waiting')).status, 201);
    await assert.rejects(find('waiting'), isNotFound);
  });

  it('lets a pod go that is not well, where enough others are or the budget says so', async () => {
    await running('ill', false);
    await budget({ currentHealthy: 1, desiredHealthy: 1 });
    assert.equal((await evict('ill')).status, 201);
    await running('worse', false);
    const change = (status: object, spec: object = {}) =>
      cluster.client
        .patch(budgetRef, 'merge', { spec })
        .then(() =>
          cluster.client.patch(
            budgetRef,
            'merge',
            { status: { observedGeneration: 9, ...status } },
            { subresource: 'status' },
          ),
        );
    await change({ currentHealthy: 0 });
    assert.equal((await evict('worse')).status, 429);
    await change({ currentHealthy: 0 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' });
    assert.equal((await evict('worse')).status, 201);
  });

  it('is refused for a pod with two budgets, and for another pod than the one it names', async () => {
    await running('a');
    await budget({ disruptionsAllowed: 1 });
    await cluster.client.create<PodDisruptionBudget>({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'too', namespace: 'default' },
      spec: { maxUnavailable: 1, selector: {} },
    });
    const { status, json } = await evict('a');
    assert.equal(status, 500);
    assert.match(json.message!, /more than one PodDisruptionBudget/);
    const other = await cluster.ask('POST', path('a'), { body: { metadata: { name: 'b' } } });
    assert.equal(other.status, 400);
    assert.equal(other.json.message, 'name in URL does not match name in Eviction object');
  });
});
