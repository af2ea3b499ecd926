import assert from 'node:assert/strict';
import type { Deployment, Event } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { until } from '../../support/wait.ts';
import { webImage } from '../support/ground.ts';
import type { Helm } from '../support/release.ts';
import { row } from './row.ts';

const good = ['--set', `image.repository=${webImage.repository}`, '--set-string', 'image.tag=1'];
const bad = ['--set', `image.repository=${webImage.repository}`, '--set-string', 'image.tag=none'];
const shortly = ['--wait', '--timeout', '5s'];
const patiently = ['--wait', '--timeout', '40s'];
/** Helm 4 has another word for it, and takes the old one still. */
const atomic = ({ version }: Helm) => (version.major === 3 ? '--atomic' : '--rollback-on-failure');

/** Objects that never become what one waits for: their controllers are not there yet, or cannot help. */
const never: Record<string, { yaml: string; flags?: string[]; event?: string }> = {
  StatefulSet: {
    yaml: `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: never }
spec:
  serviceName: never
  selector: { matchLabels: { app: never } }
  template:
    metadata: { labels: { app: never } }
    spec: { containers: [{ name: a, image: hello:v1 }] }
`,
    event: 'NoController',
  },
  Job: {
    yaml: `apiVersion: batch/v1
kind: Job
metadata: { name: never }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: a, image: hello:v1 }] }
`,
    flags: ['--wait-for-jobs'],
    event: 'NoController',
  },
  PersistentVolumeClaim: {
    yaml: `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: never }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`,
  },
};

export const failing = [
  row('--atomic: an upgrade that does not become ready is rolled back', async (helm) => {
    const chart = await helm.created('fresh');
    await helm.must('install', 'one', chart, ...good, ...patiently);
    const said = await helm.fails('upgrade', 'one', chart, ...bad, atomic(helm), '--timeout', '6s');
    assert.match(said, /release one failed, and has been rolled back/);
    const { spec, status } = await helm.get<Deployment>('Deployment', 'one-fresh');
    assert.equal(spec?.template.spec?.containers[0]?.image, `${webImage.repository}:1`);
    assert.equal(status?.readyReplicas, 1);
    const history = await helm.json<{ status: string; description: string }[]>('history', 'one');
    assert.deepEqual(
      history.map((each) => each.status),
      ['superseded', 'failed', 'deployed'],
    );
  }),
  row('--atomic: an install that does not become ready leaves nothing', async (helm) => {
    const chart = await helm.created('fresh');
    const said = await helm.fails('install', 'one', chart, ...bad, atomic(helm), '--timeout', '5s');
    assert.match(said, /has been uninstalled/);
    for (const kind of ['Deployment', 'Service', 'ServiceAccount']) await helm.gone(kind, 'one-fresh');
    assert.deepEqual(await helm.list('Secret', 'owner=helm'), []);
  }),
  row('without it a failed upgrade stays failed, and rollback mends it', async (helm) => {
    const chart = await helm.created('fresh');
    await helm.must('install', 'one', chart, ...good, ...patiently);
    await helm.fails('upgrade', 'one', chart, ...bad, ...shortly);
    const { info } = await helm.json<{ info: { status: string } }>('status', 'one');
    assert.equal(info.status, 'failed');
    const broken = await helm.get<Deployment>('Deployment', 'one-fresh');
    assert.equal(broken.spec?.template.spec?.containers[0]?.image, `${webImage.repository}:none`);
    assert.equal(broken.status?.readyReplicas, 1, 'the old pod goes on');
    await helm.must('rollback', 'one', ...patiently);
    const mended = await helm.get<Deployment>('Deployment', 'one-fresh');
    assert.equal(mended.spec?.template.spec?.containers[0]?.image, `${webImage.repository}:1`);
  }),
  ...Object.entries(never).map(([kind, { yaml, flags = [], event }]) =>
    row(`--wait times out on a ${kind}, rather than lie`, async (helm) => {
      const chart = await helm.chart('never', { 'never.yaml': yaml });
      const said = await helm.fails('install', 'one', chart, ...shortly, ...flags);
      assert.match(said, /deadline|timed out|not ready|timeout/i);
      assert.ok(await helm.get<KubeObject>(kind, 'never'));
      if (event)
        await until('an Event says why', async () =>
          (await helm.list<Event>('Event')).some(
            ({ involvedObject, reason }) => involvedObject.kind === kind && reason === event,
          ),
        );
    }),
  ),
  row('what the API refuses is refused with the field’s name, and nothing of it is kept', async (helm) => {
    const chart = await helm.chart('wrong', {
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: right }\n',
      'b.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: { name: wrong }\nspec: { hostNetwork: true, containers: [{ name: a, image: hello:v1 }] }\n',
    });
    assert.match(
      await helm.fails('install', 'one', chart, atomic(helm), '--timeout', '10s'),
      /spec\.hostNetwork: Forbidden/,
    );
    await helm.gone('ConfigMap', 'right');
    assert.equal(await helm.has('Pod', 'wrong'), false);
  }),
];
