import assert from 'node:assert/strict';
import type { ConfigMap, Event, Job, Pod } from '../../../api/types.ts';
import { until } from '../../support/wait.ts';
import type { Helm } from '../support/release.ts';
import { row } from './row.ts';

/** A pod that runs to its end, as a hook. */
const hookPod = (name: string, hook: string, weight: number, policy: string, command = 'echo done') => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations:
    helm.sh/hook: ${hook}
    helm.sh/hook-weight: "${weight}"
    helm.sh/hook-delete-policy: ${policy}
spec:
  restartPolicy: Never
  containers:
    - name: run
      image: busybox
      command: [sh, -c, "${command}"]
`;
const main = (value = 'a') => `
apiVersion: v1
kind: ConfigMap
metadata: { name: main }
data: { value: ${value} }
`;
const within = ['--timeout', '40s'];

const endedAt = ({ status }: Pod) =>
  Date.parse(String(status?.containerStatuses?.[0]?.state?.terminated?.finishedAt));
const madeAt = ({ metadata }: { metadata?: { creationTimestamp?: unknown } }) =>
  Date.parse(String(metadata?.creationTimestamp));
const pod = (helm: Helm, name: string) => helm.get<Pod>('Pod', name);

export const hooks = [
  row('hooks run to their ends, in the order of their weights, before and after the rest', async (helm) => {
    const keep = 'before-hook-creation';
    const chart = await helm.chart('hooked', {
      'main.yaml': main(),
      'late.yaml': hookPod('late', 'post-install', 0, keep),
      // By name it would be the other way round.
      'a.yaml': hookPod('a-second', 'pre-install', 5, keep, 'sleep 1'),
      'b.yaml': hookPod('b-first', 'pre-install', -5, keep, 'sleep 1'),
    });
    await helm.must('install', 'one', chart, ...within);
    const [first, second, late] = await Promise.all(
      ['b-first', 'a-second', 'late'].map((name) => pod(helm, name)),
    );
    for (const each of [first!, second!, late!]) assert.equal(each.status?.phase, 'Succeeded');
    const rest = await helm.get<ConfigMap>('ConfigMap', 'main');
    assert.ok(endedAt(first!) <= madeAt(second!), 'the second came when the first had ended');
    assert.ok(endedAt(second!) <= madeAt(rest), 'the rest came when both had');
    assert.ok(madeAt(rest) <= madeAt(late!));
    assert.ok(endedAt(first!) - madeAt(first!) >= 1_000, 'each was waited for');
    await helm.must('uninstall', 'one', ...within);
    assert.ok(await helm.has('Pod', 'late'), 'hooks are not of the release: helm leaves them');
  }),
  row('delete policies: hook-succeeded goes, before-hook-creation is replaced by the next', async (helm) => {
    const chart = await helm.chart('hooked', {
      'main.yaml': main(),
      'gone.yaml': hookPod('gone', 'pre-install,pre-upgrade', 0, 'hook-succeeded'),
      'kept.yaml': hookPod('kept', 'post-install,post-upgrade', 0, 'before-hook-creation'),
    });
    await helm.must('install', 'one', chart, ...within);
    await helm.gone('Pod', 'gone');
    const { metadata: before } = await pod(helm, 'kept');
    await helm.must('upgrade', 'one', chart, ...within);
    await helm.gone('Pod', 'gone');
    const { metadata: after, status } = await pod(helm, 'kept');
    assert.notEqual(after?.uid, before?.uid);
    assert.equal(status?.phase, 'Succeeded');
  }),
  row(
    'a hook that fails ends the install before anything else is made, and hook-failed goes',
    async (helm) => {
      const chart = await helm.chart('hooked', {
        'main.yaml': main(),
        'bad.yaml': hookPod('bad', 'pre-install', 0, 'hook-failed', 'exit 3'),
      });
      assert.match(await helm.fails('install', 'one', chart, ...within), /pre-install|failed/i);
      assert.equal(await helm.has('ConfigMap', 'main'), false);
      await helm.gone('Pod', 'bad');
      assert.match(await helm.must('status', 'one'), /STATUS: failed/);
    },
  ),
  row('pre-upgrade, pre-rollback, pre-delete, post-delete: each at its time', async (helm) => {
    const marker = (name: string, hook: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, annotations: { helm.sh/hook: ${hook} } }
`;
    const names = [
      'pre-upgrade',
      'post-upgrade',
      'pre-rollback',
      'post-rollback',
      'pre-delete',
      'post-delete',
    ];
    const chart = await helm.chart('hooked', {
      'main.yaml': main('{{ .Values.value | default "a" }}'),
      ...Object.fromEntries(names.map((name) => [`${name}.yaml`, marker(name, name)])),
    });
    const made = async () => {
      const all = await helm.list<ConfigMap>('ConfigMap');
      return names.filter((name) => all.some(({ metadata }) => metadata?.name === name));
    };
    await helm.must('install', 'one', chart, ...within);
    assert.deepEqual(await made(), []);
    await helm.must('upgrade', 'one', chart, '--set', 'value=b', ...within);
    assert.deepEqual(await made(), names.slice(0, 2));
    assert.equal((await helm.get<ConfigMap>('ConfigMap', 'main')).data?.['value'], 'b');
    await helm.must('rollback', 'one', '1', ...within);
    assert.deepEqual(await made(), names.slice(0, 4));
    assert.equal((await helm.get<ConfigMap>('ConfigMap', 'main')).data?.['value'], 'a');
    await helm.must('uninstall', 'one', ...within);
    assert.deepEqual(await made(), names);
    await helm.gone('ConfigMap', 'main');
  }),
  row('a hook of kind Job waits, and times out: an Event says that nothing runs Jobs yet', async (helm) => {
    const job = `
apiVersion: batch/v1
kind: Job
metadata: { name: migrate, annotations: { helm.sh/hook: pre-install } }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: run, image: busybox, command: ['true'] }] }
`;
    const chart = await helm.chart('hooked', { 'job.yaml': job, 'main.yaml': main() });
    const said = await helm.fails('install', 'one', chart, '--timeout', '4s');
    assert.match(said, /timed out|deadline|not ready/i);
    const { status } = await helm.get<Job>('Job', 'migrate');
    assert.deepEqual([status?.succeeded, status?.conditions], [undefined, undefined]);
    const event = await until('an Event', async () =>
      (await helm.list<Event>('Event')).find(({ reason }) => reason === 'NoController'),
    );
    assert.equal(event.involvedObject.name, 'migrate');
    assert.equal(await helm.has('ConfigMap', 'main'), false);
    // Without its hooks the chart goes in.
    await helm.must('install', 'two', chart, '--no-hooks', ...within);
    assert.ok(await helm.has('ConfigMap', 'main'));
  }),
];
