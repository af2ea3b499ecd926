import assert from 'node:assert/strict';
import type { DaemonSet, Node, Pod, PodDisruptionBudget } from '../../../api/types.ts';
import { until } from '../../support/wait.ts';
import { laneHost } from '../support/ground.ts';
import { row, type Row, type RowOptions } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { namesOf, onLaneHost, pod, web } from './things.ts';

const lane: RowOptions = { lane: 'host' };
const host = (trial: Trial) => trial.get<Node>('Node', laneHost, { namespaced: false });
const isRunning = ({ status }: Pod) => status?.phase === 'Running';

/** Whatever a row does to it, the host is open again for the next. */
function open(trial: Trial): void {
  trial.afterwards(async () => {
    const { spec } = await host(trial);
    const taints = (spec!.taints ?? []).filter(({ key }) => key === 'lane');
    await trial.client.patch({ kind: 'Node', name: laneHost }, 'merge', {
      spec: { unschedulable: null, taints },
    });
  });
}

export const hostRows: readonly Row[] = [
  row(
    'cordon',
    '',
    async (trial) => {
      open(trial);
      await trial.create(pod('before', onLaneHost));
      await trial.becomes('Pod', 'before', 'runs', isRunning);
      await trial.kubectl(`cordon ${laneHost}`);
      assert.equal((await host(trial)).spec!.unschedulable, true);
      await trial.create(pod('after', onLaneHost));
      await until('it is refused a place', async () =>
        /were unschedulable/.test(await trial.kubectl('events --for=pod/after')),
      );
      assert.ok(isRunning(await trial.get<Pod>('Pod', 'before')), 'what runs there stays');
      assert.match(await trial.kubectl(`get node ${laneHost}`), /Ready,SchedulingDisabled/);
    },
    lane,
  ),
  row(
    'uncordon',
    '',
    async (trial) => {
      open(trial);
      await trial.client.patch({ kind: 'Node', name: laneHost }, 'merge', { spec: { unschedulable: true } });
      await trial.create(pod('one', onLaneHost));
      await trial.kubectl(`uncordon ${laneHost}`);
      assert.ok(!(await host(trial)).spec!.unschedulable);
      await trial.becomes('Pod', 'one', 'runs', isRunning);
    },
    lane,
  ),
  row(
    'drain',
    '',
    async (trial) => {
      open(trial);
      await trial.create(web(1, onLaneHost));
      await until('its pod runs', async () => (await trial.list<Pod>('Pod')).some(isRunning), 30_000);
      const [before] = namesOf(await trial.list('Pod'));
      const said = await trial.kubectl(`drain ${laneHost} --timeout=40s`);
      assert.match(said, new RegExp(`pod/${before} evicted[^]*node/${laneHost} drained`));
      assert.equal((await host(trial)).spec!.unschedulable, true);
      assert.ok(await trial.isGone('Pod', before!));
    },
    lane,
  ),
  row(
    'drain',
    'as a disruption budget lets it',
    async (trial) => {
      open(trial);
      await trial.create(web(1, onLaneHost));
      await until('its pod runs', async () => (await trial.list<Pod>('Pod')).some(isRunning), 30_000);
      const budget: PodDisruptionBudget = {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      };
      await trial.create(budget);
      await trial.becomes<PodDisruptionBudget>(
        'PodDisruptionBudget',
        'web',
        'is counted',
        ({ status }) => status?.currentHealthy === 1,
      );
      assert.match(
        await trial.fails(`drain ${laneHost} --timeout=2s`),
        /Cannot evict pod as it would violate the pod's disruption budget/,
      );
      const [kept] = await trial.list<Pod>('Pod');
      assert.equal(kept!.metadata!.deletionTimestamp, undefined);
      await trial.client.patch({ kind: 'PodDisruptionBudget', namespace: trial.name, name: 'web' }, 'merge', {
        spec: { minAvailable: 0 },
      });
      await trial.kubectl(`drain ${laneHost} --timeout=40s`);
      assert.ok(await trial.isGone('Pod', kept!.metadata!.name!));
    },
    lane,
  ),
  row(
    'drain',
    '--force, --delete-emptydir-data, --pod-selector, --dry-run',
    async (trial) => {
      open(trial);
      const scratch = { ...onLaneHost, volumes: [{ name: 'scratch', emptyDir: {} }] };
      await trial.create(pod('one', scratch, { drain: 'yes' }));
      await trial.create(pod('two', onLaneHost, { drain: 'no' }));
      for (const name of ['one', 'two']) await trial.becomes('Pod', name, 'runs', isRunning);
      assert.match(
        await trial.fails(`drain ${laneHost} --timeout=5s`),
        /declare no controller \(use --force to override\)[^]*--delete-emptydir-data/,
      );
      const words = `drain ${laneHost} --force --delete-emptydir-data --pod-selector=drain=yes --timeout=40s`;
      await trial.kubectl(`${words} --dry-run=server`);
      await trial.get('Pod', 'one');
      await trial.kubectl(words);
      assert.ok(await trial.isGone('Pod', 'one'));
      await trial.get('Pod', 'two');
    },
    lane,
  ),
  row(
    'drain',
    '--ignore-daemonsets, --disable-eviction',
    async (trial) => {
      open(trial);
      const template = { metadata: { labels: { app: 'agent' } }, spec: pod('agent', {}).spec! };
      const set = {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'agent' },
        spec: { selector: { matchLabels: { app: 'agent' } }, template },
      };
      const { metadata } = await trial.create<DaemonSet>(set);
      const owned = pod('agent', onLaneHost, { app: 'agent' });
      owned.metadata!.ownerReferences = [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: metadata!.uid!, controller: true },
      ];
      await trial.create(owned);
      await trial.create(pod('other', onLaneHost));
      for (const name of ['agent', 'other']) await trial.becomes('Pod', name, 'runs', isRunning);
      const words = `drain ${laneHost} --force --disable-eviction --timeout=40s`;
      assert.match(await trial.fails(words), /DaemonSet-managed Pods \(use --ignore-daemonsets to ignore\)/);
      await trial.kubectl(`${words} --ignore-daemonsets`);
      assert.ok(await trial.isGone('Pod', 'other'));
      await trial.get('Pod', 'agent');
    },
    lane,
  ),
  row(
    'taint',
    'NoSchedule: added, changed with --overwrite, taken away',
    async (trial) => {
      open(trial);
      const own = async () =>
        ((await host(trial)).spec!.taints ?? []).filter(({ key }) => key === 'example.com/row');
      await trial.kubectl(`taint node ${laneHost} example.com/row=one:NoSchedule`);
      assert.partialDeepStrictEqual(await own(), [
        { key: 'example.com/row', value: 'one', effect: 'NoSchedule' },
      ]);
      assert.match(
        await trial.fails(`taint node ${laneHost} example.com/row=two:NoSchedule`),
        /already has .* taint.*--overwrite is false/,
      );
      await trial.kubectl(`taint node ${laneHost} example.com/row=two:NoSchedule --overwrite`);
      assert.equal((await own())[0]!.value, 'two');
      await trial.kubectl(`taint node ${laneHost} example.com/row:NoSchedule-`);
      assert.deepEqual(await own(), []);
    },
    lane,
  ),
  row(
    'taint',
    'NoExecute: pods go that do not tolerate it',
    async (trial) => {
      open(trial);
      await trial.create(pod('leaves', onLaneHost));
      await trial.create(pod('stays', { ...onLaneHost, tolerations: [{ operator: 'Exists' }] }));
      for (const name of ['leaves', 'stays']) await trial.becomes('Pod', name, 'runs', isRunning);
      await trial.kubectl(`taint node ${laneHost} example.com/row:NoExecute`);
      await until('it is gone', () => trial.isGone('Pod', 'leaves'), 30_000);
      await trial.get('Pod', 'stays');
      await trial.kubectl(`taint node ${laneHost} example.com/row-`);
    },
    lane,
  ),
];
