import assert from 'node:assert/strict';
import type { Deployment, EndpointSlice, Pod, Secret, Service } from '../../../api/types.ts';
import { until } from '../../support/wait.ts';
import { helloImage, webImage, type Ground } from '../support/ground.ts';
import type { Helm } from '../support/release.ts';
import { row } from './row.ts';

interface Revision {
  revision: number;
  status: string;
  description: string;
}

const edition = (tag: string) =>
  `--set image.repository=${webImage.repository} --set-string image.tag=${tag}`.split(' ');
const waiting = ['--wait', '--timeout', '40s'];

const answers = async (ground: Ground, helm: Helm, text: string) => {
  const said = await until('an answer through the gateway', async () => {
    const { status, text: body } = await ground.ask('one-fresh', helm.namespace);
    return status === 200 && body;
  });
  assert.match(said, new RegExp(text));
};

/** The chart that `helm create` writes, with only its image replaced. */
export const created = [
  row(
    'the chart of helm create, with a container: install --create-namespace, test, upgrade, rollback, uninstall',
    async (helm, ground) => {
      const chart = await helm.created('fresh');
      await helm.must('install', 'one', chart, ...edition('1'), '--create-namespace', ...waiting);
      const { status } = await helm.get<Deployment>('Deployment', 'one-fresh');
      assert.equal(status?.readyReplicas, 1, 'helm waited until it was ready');
      await answers(ground, helm, 'edition 1');

      const tested = await helm.must('test', 'one', '--logs', '--timeout', '40s');
      assert.match(tested, /Phase: +Succeeded/);
      assert.match(tested, /'index\.html' saved/, 'the logs of the pod that asked');
      const test = await helm.get<Pod>('Pod', 'one-fresh-test-connection');
      assert.equal(test.status?.phase, 'Succeeded');
      assert.equal(test.spec?.containers[0]?.image, 'busybox', 'as the chart names it');

      await helm.must('upgrade', 'one', chart, ...edition('2'), '--set', 'replicaCount=2', ...waiting);
      const second = await helm.get<Deployment>('Deployment', 'one-fresh');
      assert.deepEqual([second.status?.readyReplicas, second.status?.updatedReplicas], [2, 2]);
      await answers(ground, helm, 'edition 2');

      await helm.must('rollback', 'one', '1', ...waiting);
      const third = await helm.get<Deployment>('Deployment', 'one-fresh');
      assert.equal(third.spec?.replicas, 1);
      assert.equal(third.spec?.template.spec?.containers[0]?.image, `${webImage.repository}:1`);
      await answers(ground, helm, 'edition 1');

      const history = await helm.json<Revision[]>('history', 'one');
      assert.deepEqual(
        history.map((each) => [each.revision, each.status]),
        [
          [1, 'superseded'],
          [2, 'superseded'],
          [3, 'deployed'],
        ],
      );
      assert.match(history[2]!.description, /Rollback to 1/);
      const releases = await helm.list<Secret>('Secret', 'owner=helm,name=one');
      assert.deepEqual(releases.map(({ type }) => type).toSorted(), Array(3).fill('helm.sh/release.v1'));

      const { info } = await helm.json<{ info: { status: string } }>('status', 'one');
      assert.equal(info.status, 'deployed');
      const listed = await helm.json<{ name: string; revision: string; chart: string }[]>('list');
      assert.deepEqual(
        listed.map(({ name, revision, chart: of }) => [name, revision, of]),
        [['one', '3', 'fresh-0.1.0']],
      );

      await helm.must('uninstall', 'one', '--wait', '--timeout', '40s');
      for (const kind of ['Deployment', 'Service', 'ServiceAccount']) await helm.gone(kind, 'one-fresh');
      assert.deepEqual(await helm.list('Secret', 'owner=helm'), []);
      assert.deepEqual(await helm.json('list', '--all-namespaces', '--filter', `^${helm.namespace}$`), []);
    },
    { hasNamespace: false },
  ),
  row('the chart of helm create, with a component in wasm: install, test', async (helm, ground) => {
    const chart = await helm.created('fresh');
    const [repository, tag] = helloImage.split(':');
    const image = ['--set', `image.repository=${repository}`, '--set', `image.tag=${tag}`];
    await helm.must('install', 'one', chart, ...image, ...waiting);
    await answers(ground, helm, 'Hello from one-fresh|Hello from ');
    assert.match(await helm.must('test', 'one', '--timeout', '40s'), /Phase: +Succeeded/);
  }),
  row('a test that fails is told as such, with its logs', async (helm) => {
    const chart = await helm.created('fresh');
    await helm.must('install', 'one', chart, ...edition('1'), ...waiting);
    // Nobody is behind the Service any more: the pod that asks fails.
    await helm.client.patch({ kind: 'Service', namespace: helm.namespace, name: 'one-fresh' }, 'merge', {
      spec: { selector: { 'app.kubernetes.io/name': 'nobody' } },
    });
    const service = await helm.get<Service>('Service', 'one-fresh');
    assert.equal(service.spec?.selector?.['app.kubernetes.io/name'], 'nobody');
    await until('its endpoints are gone', async () =>
      (await helm.list<EndpointSlice>('EndpointSlice')).every(({ endpoints }) => !endpoints?.length),
    );
    const said = await helm.fails('test', 'one', '--timeout', '40s', '--logs');
    assert.match(said, /Phase: +Failed/);
    assert.equal((await helm.get<Pod>('Pod', 'one-fresh-test-connection')).status?.phase, 'Failed');
  }),
  row('get values, manifest, notes, hooks: what was installed', async (helm) => {
    const chart = await helm.created('fresh');
    await helm.must('install', 'one', chart, ...edition('1'), '--set', 'replicaCount=0');
    assert.deepEqual(await helm.json('get', 'values', 'one'), {
      image: { repository: webImage.repository, tag: '1' },
      replicaCount: 0,
    });
    assert.match(await helm.must('get', 'manifest', 'one'), /kind: Deployment[^]*image: "localhost\/web:1"/);
    assert.match(await helm.must('get', 'notes', 'one'), /Get the application URL/);
    assert.match(await helm.must('get', 'hooks', 'one'), /kind: Pod[^]*"helm\.sh\/hook": test/);
    assert.match(await helm.must('get', 'all', 'one'), /^REVISION: 1$/m);
  }),
];
