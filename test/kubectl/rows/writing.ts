import assert from 'node:assert/strict';
import type { ConfigMap, Deployment, Ingress, Pod, ReplicaSet } from '../../../api/types.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { until } from '../../support/wait.ts';
import { manifest, namesOf, parked, pod, settings, web, webService } from './things.ts';

/** An editor that puts one text in place of another. */
const editor = (from: string, to: string) => ({ environment: { KUBE_EDITOR: `sed -i s/${from}/${to}/` } });
const mistaken = { ...settings('odd'), colour: 'blue' };

/** On a host that nobody runs: nothing ends it. */
async function stuckPod(trial: Trial): Promise<void> {
  const ghost = { kind: 'Node', name: trial.name };
  await trial.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: trial.name } });
  trial.afterwards(() => trial.client.delete(ghost));
  await trial.create(pod('stuck', { nodeName: trial.name }));
  trial.afterwards(() =>
    trial.client.delete({ kind: 'Pod', namespace: trial.name, name: 'stuck' }, { gracePeriodSeconds: 0 }),
  );
}

export const writingRows: readonly Row[] = [
  row('create', '-f', async (trial) => {
    await trial.file('both.yaml', manifest(settings('one'), webService()));
    assert.equal(await trial.kubectl('create -f both.yaml'), 'configmap/one created\nservice/web created\n');
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { a: 'b' });
    await trial.get('Service', 'web');
    assert.match(
      await trial.fails('create -f both.yaml'),
      /\(AlreadyExists\).*configmaps "one" already exists/,
    );
  }),
  row('create', '-f -, of generateName', async (trial) => {
    const { metadata: _, ...rest } = settings('one');
    await trial.kubectl('create -f -', { input: manifest({ ...rest, metadata: { generateName: 'some-' } }) });
    const names = namesOf(await trial.list('ConfigMap'));
    assert.ok(
      names.some((name) => /^some-[a-z0-9]{5}$/.test(name)),
      names.join(),
    );
  }),
  row('create', '--dry-run', async (trial) => {
    await trial.file('web.yaml', manifest(web()));
    const asked = (how: string) => trial.kubectl(`create -f web.yaml -o json --dry-run=${how}`);
    const judged = JSON.parse(await asked('server')) as Deployment;
    assert.equal(judged.spec!.progressDeadlineSeconds, 600, 'the server has set its defaults');
    const sent = JSON.parse(await asked('client')) as Deployment;
    assert.equal(sent.spec!.progressDeadlineSeconds, undefined);
    assert.ok(await trial.isGone('Deployment', 'web'));
  }),
  row('create', '--validate', async (trial) => {
    await trial.file('odd.yaml', manifest(mistaken));
    assert.match(
      await trial.fails('create -f odd.yaml'),
      /\(BadRequest\).*ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"/,
    );
    assert.ok(await trial.isGone('ConfigMap', 'odd'));
    const warned = await trial.run('create -f odd.yaml --validate=warn');
    assert.equal(warned.code, 0);
    assert.match(warned.err, /Warning: unknown field "colour"/);
    await trial.get('ConfigMap', 'odd');
    await trial.kubectl('delete -f odd.yaml');
    const silent = await trial.run('create -f odd.yaml --validate=ignore');
    assert.equal(silent.err, '');
    await trial.get('ConfigMap', 'odd');
  }),
  row('create', '--edit', async (trial) => {
    await trial.file('one.yaml', manifest(settings('one', { a: 'before' })));
    await trial.kubectl('create -f one.yaml --edit', editor('before', 'after'));
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { a: 'after' });
  }),
  row('create', '--save-config', async (trial) => {
    await trial.file('one.yaml', manifest(settings('one')));
    await trial.kubectl('create -f one.yaml --save-config');
    const { metadata } = await trial.get<ConfigMap>('ConfigMap', 'one');
    assert.match(metadata!.annotations!['kubectl.kubernetes.io/last-applied-configuration']!, /"a":"b"/);
  }),
  row('create', '--raw', async (trial) => {
    await trial.file('one.json', JSON.stringify(settings('one')));
    await trial.kubectl(`create --raw /api/v1/namespaces/${trial.name}/configmaps -f one.json`);
    await trial.get('ConfigMap', 'one');
  }),
  row('replace', '-f', async (trial) => {
    await trial.create(settings('one', { a: 'b', gone: 'soon' }));
    const seen = await trial.get<ConfigMap>('ConfigMap', 'one');
    await trial.file('seen.yaml', manifest({ ...seen, data: { a: 'c' } }));
    await trial.kubectl('replace -f seen.yaml');
    const { data, metadata } = await trial.get<ConfigMap>('ConfigMap', 'one');
    assert.deepEqual(data, { a: 'c' });
    assert.equal(metadata!.uid, seen.metadata!.uid);
    assert.ok(metadata!.managedFields!.some(({ manager }) => manager === 'kubectl-replace'));
    assert.match(await trial.fails('replace -f seen.yaml'), /\(Conflict\).*the object has been modified/);
    await trial.file('nobody.yaml', manifest(settings('nobody')));
    assert.match(await trial.fails('replace -f nobody.yaml'), /\(NotFound\)/);
  }),
  row('replace', '--force', async (trial) => {
    await trial.create(settings('one'));
    const { metadata: before } = await trial.get<ConfigMap>('ConfigMap', 'one');
    await trial.file('one.yaml', manifest(settings('one', { a: 'c' })));
    await trial.kubectl('replace --force -f one.yaml');
    const { data, metadata } = await trial.get<ConfigMap>('ConfigMap', 'one');
    assert.deepEqual(data, { a: 'c' });
    assert.notEqual(metadata!.uid, before!.uid);
  }),
  row('replace', '--subresource', async (trial) => {
    const ingress = (status: object, name: string) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: { defaultBackend: { service: { name, port: { number: 80 } } } },
      status,
    });
    await trial.create(ingress({}, 'web'));
    const loadBalancer = { ingress: [{ ip: '192.0.2.1' }] };
    await trial.file('status.yaml', manifest(ingress({ loadBalancer }, 'other')));
    await trial.kubectl('replace --subresource=status -f status.yaml');
    const { spec, status } = await trial.get<Ingress>('Ingress', 'web');
    assert.equal(spec!.defaultBackend!.service!.name, 'web', 'only its status is replaced');
    assert.deepEqual(status, { loadBalancer });
  }),
  row('edit', '', async (trial) => {
    await trial.create(settings('one', { a: 'before' }));
    await trial.kubectl('edit configmap one', editor('before', 'after'));
    const { data, metadata } = await trial.get<ConfigMap>('ConfigMap', 'one');
    assert.deepEqual(data, { a: 'after' });
    assert.ok(metadata!.managedFields!.some(({ manager }) => manager === 'kubectl-edit'));
    const { err } = await trial.run('edit configmap one', editor('nothing', 'changed'));
    assert.match(err, /no changes made/);
  }),
  row('edit', '-o json, --output-patch', async (trial) => {
    await trial.create(settings('one', { a: 'before' }));
    const said = await trial.kubectl('edit configmap one -o json --output-patch', editor('before', 'after'));
    assert.match(said, /Patch: \{"data":\{"a":"after"\}\}/);
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { a: 'after' });
  }),
  row('edit', 'to what is refused', async (trial) => {
    await trial.create(web(0));
    const { code, err } = await trial.run(
      'edit deployment web',
      editor('progressDeadlineSeconds: 600', 'progressDeadlineSeconds: -1'),
    );
    assert.notEqual(code, 0);
    assert.match(err, /progressDeadlineSeconds/);
    assert.equal((await trial.get<Deployment>('Deployment', 'web')).spec!.progressDeadlineSeconds, 600);
  }),
  row('patch', '--type=strategic', async (trial) => {
    await trial.create(web(0));
    const image = { spec: { template: { spec: { containers: [{ name: 'web', image: 'hello:v2' }] } } } };
    await trial.kubectl(['patch', 'deployment', 'web', '-p', JSON.stringify(image)]);
    const [container, ...more] = (await trial.get<Deployment>('Deployment', 'web')).spec!.template.spec!
      .containers;
    assert.equal(container!.image, 'hello:v2');
    assert.equal(container!.ports!.length, 1, 'the list is merged by its key');
    assert.equal(more.length, 0);
  }),
  row('patch', '--type=merge', async (trial) => {
    await trial.create(settings('one', { a: 'b', c: 'd' }));
    await trial.kubectl(['patch', 'configmap', 'one', '--type=merge', '-p', '{"data":{"a":null,"e":"f"}}']);
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { c: 'd', e: 'f' });
  }),
  row('patch', '--type=json', async (trial) => {
    await trial.create(settings('one'));
    const patch = [
      { op: 'test', path: '/data/a', value: 'b' },
      { op: 'move', from: '/data/a', path: '/data/z' },
    ];
    const words = ['patch', 'configmap', 'one', '--type=json', '-p', JSON.stringify(patch)];
    await trial.kubectl(words);
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { z: 'b' });
    assert.match(
      await trial.fails(words),
      /the server rejected our request|testing path|\(Invalid\)|test operation/i,
    );
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { z: 'b' });
  }),
  row('patch', '--patch-file, --subresource', async (trial) => {
    await trial.create(web(0));
    await trial.file('patch.yaml', 'spec: {replicas: 0, minReadySeconds: 3}\n');
    await trial.kubectl('patch deployment web --patch-file=patch.yaml');
    assert.equal((await trial.get<Deployment>('Deployment', 'web')).spec!.minReadySeconds, 3);
    await trial.create(settings('one'));
    await trial.kubectl([
      'patch',
      'deployment',
      'web',
      '--subresource=scale',
      '--type=merge',
      '-p',
      '{"spec":{"replicas":1}}',
    ]);
    assert.equal((await trial.get<Deployment>('Deployment', 'web')).spec!.replicas, 1);
  }),
  row('patch', '--dry-run, --local', async (trial) => {
    await trial.create(settings('one'));
    await trial.file('one.yaml', manifest(settings('one')));
    const to = (...how: string[]) =>
      trial.kubectl(['patch', '-p', '{"data":{"a":"c"}}', '-o', 'jsonpath={.data.a}', ...how]);
    assert.equal(await to('configmap', 'one', '--dry-run=server'), 'c');
    assert.equal(await to('-f', 'one.yaml', '--local'), 'c');
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { a: 'b' });
  }),
  row('label', '', async (trial) => {
    await trial.create(settings('one', {}, { a: 'b', gone: 'soon' }));
    await trial.kubectl('label configmap one c=d gone-');
    assert.match(
      await trial.fails('label configmap one a=c'),
      /'a' already has a value \(b\), and --overwrite is false/,
    );
    await trial.kubectl('label configmap one a=c --overwrite');
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).metadata!.labels, { a: 'c', c: 'd' });
    assert.deepEqual((await trial.kubectl('label configmap one --list')).trim().split('\n').toSorted(), [
      'a=c',
      'c=d',
    ]);
  }),
  row('label', '--all, -l, --resource-version', async (trial) => {
    await trial.create(settings('one', {}, { set: 'x' }));
    await trial.create(settings('two', {}, { set: 'y' }));
    await trial.kubectl('label configmaps --all all=yes');
    await trial.kubectl('label configmaps -l set=x some=yes');
    const labels = async (name: string) => (await trial.get<ConfigMap>('ConfigMap', name)).metadata!.labels;
    assert.deepEqual(await labels('one'), { set: 'x', all: 'yes', some: 'yes' });
    assert.deepEqual(await labels('two'), { set: 'y', all: 'yes' });
    assert.match(
      await trial.fails('label configmap one late=yes --resource-version=1'),
      /\(Conflict\)|has been modified/,
    );
  }),
  row('annotate', '', async (trial) => {
    await trial.create(settings('one'));
    await trial.kubectl(['annotate', 'configmap', 'one', 'a=some words', 'b=c']);
    assert.match(await trial.fails('annotate configmap one a=other'), /--overwrite is false/);
    await trial.kubectl('annotate configmap one a=other b- --overwrite');
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).metadata!.annotations, { a: 'other' });
    assert.match(await trial.kubectl('annotate configmap one --list'), /a=other/);
  }),
  row('annotate', '--all, --field-selector, -l', async (trial) => {
    await trial.create(settings('one', {}, { set: 'x' }));
    await trial.create(settings('two', {}, { set: 'y' }));
    await trial.kubectl('annotate configmaps --all all=yes');
    await trial.kubectl('annotate configmaps -l set=x some=yes');
    await trial.kubectl('annotate configmaps --field-selector metadata.name=two one=yes');
    const told = async (name: string) =>
      (await trial.get<ConfigMap>('ConfigMap', name)).metadata!.annotations;
    assert.partialDeepStrictEqual(await told('one'), { all: 'yes', some: 'yes' });
    assert.deepEqual(await told('two'), { all: 'yes', one: 'yes' });
  }),
  row('delete', 'by name, and waits', async (trial) => {
    const finalizers = ['example.com/held'];
    await trial.create({ ...settings('one'), metadata: { name: 'one', finalizers } });
    const deleting = trial.start('delete configmap one');
    await trial.becomes<ConfigMap>(
      'ConfigMap',
      'one',
      'is going',
      ({ metadata }) => metadata!.deletionTimestamp,
    );
    assert.equal(deleting.child.exitCode, null, 'it waits for what holds it');
    await trial.client.patch({ kind: 'ConfigMap', namespace: trial.name, name: 'one' }, 'merge', {
      metadata: { finalizers: [] },
    });
    assert.equal(await deleting.ended, 0, deleting.text);
    assert.match(deleting.text, /configmap "one" deleted/);
    assert.ok(await trial.isGone('ConfigMap', 'one'));
  }),
  row('delete', '-f', async (trial) => {
    await trial.create(settings('one'));
    await trial.create(webService());
    await trial.file('both.yaml', manifest(settings('one'), webService()));
    await trial.kubectl('delete -f both.yaml');
    assert.ok((await trial.isGone('ConfigMap', 'one')) && (await trial.isGone('Service', 'web')));
  }),
  row('delete', '-l, --field-selector, --all', async (trial) => {
    for (const name of ['one', 'two', 'three', 'four'])
      await trial.create(settings(name, {}, { set: name, mine: 'yes' }));
    const left = async () => namesOf(await trial.list('ConfigMap', 'mine'));
    await trial.kubectl('delete configmaps -l set=one');
    assert.deepEqual(await left(), ['four', 'three', 'two']);
    await trial.kubectl('delete configmaps --field-selector metadata.name=two');
    assert.deepEqual(await left(), ['four', 'three']);
    await trial.kubectl('delete configmaps --all');
    assert.deepEqual(await left(), []);
  }),
  row('delete', '--cascade=background', async (trial) => {
    await trial.create(web(1, parked));
    await until('its pod is there', async () => (await trial.list('Pod')).length === 1);
    await trial.kubectl('delete deployment web --cascade=background');
    assert.ok(await trial.isGone('Deployment', 'web'));
    await until(
      'what it owned follows',
      async () => (await trial.list('ReplicaSet')).length + (await trial.list('Pod')).length === 0,
    );
  }),
  row('delete', '--cascade=foreground', async (trial) => {
    await trial.create(web(1, parked));
    const [set] = await until('its set is there', async () => {
      const sets = await trial.list<ReplicaSet>('ReplicaSet');
      return sets.length === 1 && (await trial.list('Pod')).length === 1 && sets;
    });
    // What holds the set holds the deployment: it goes last.
    const ref = { kind: 'ReplicaSet', namespace: trial.name, name: set!.metadata!.name! };
    await trial.client.patch(ref, 'merge', { metadata: { finalizers: ['example.com/held'] } });
    const deleting = trial.start('delete deployment web --cascade=foreground');
    const { metadata } = await trial.becomes<Deployment>(
      'Deployment',
      'web',
      'is going',
      (object) => object.metadata!.deletionTimestamp,
    );
    assert.deepEqual(metadata!.finalizers, ['foregroundDeletion']);
    await trial.becomes<ReplicaSet>(
      'ReplicaSet',
      ref.name,
      'is going',
      (object) => object.metadata!.deletionTimestamp,
    );
    assert.equal(await trial.isGone('Deployment', 'web'), false);
    await trial.client.patch(ref, 'json', [{ op: 'replace', path: '/metadata/finalizers', value: [] }]);
    assert.equal(await deleting.ended, 0, deleting.text);
    assert.ok((await trial.isGone('Deployment', 'web')) && (await trial.isGone('ReplicaSet', ref.name)));
  }),
  row('delete', '--cascade=orphan', async (trial) => {
    await trial.create(web(1, parked));
    const [left] = await until('its pod is there', async () => {
      const pods = await trial.list('Pod');
      return pods.length === 1 && pods;
    });
    await trial.kubectl('delete deployment web --cascade=orphan');
    assert.ok(await trial.isGone('Deployment', 'web'));
    const [set] = await trial.list<ReplicaSet>('ReplicaSet');
    assert.deepEqual(set!.metadata!.ownerReferences ?? [], []);
    assert.deepEqual(namesOf(await trial.list('Pod')), [left!.metadata!.name]);
  }),
  row('delete', '--force, --grace-period=0', async (trial) => {
    await stuckPod(trial);
    await trial.kubectl('delete pod stuck --wait=false');
    assert.equal(await trial.isGone('Pod', 'stuck'), false, 'its host has to end it first');
    const { code, err } = await trial.run('delete pod stuck --force --grace-period=0');
    assert.equal(code, 0, err);
    assert.match(err, /Immediate deletion does not wait for confirmation/);
    assert.ok(await trial.isGone('Pod', 'stuck'));
  }),
  row('delete', '--now', async (trial) => {
    await stuckPod(trial);
    await trial.kubectl('delete pod stuck --now --wait=false');
    const { metadata } = await trial.get<Pod>('Pod', 'stuck');
    assert.equal(metadata!.deletionGracePeriodSeconds, 1);
  }),
  row('delete', '--dry-run, --ignore-not-found', async (trial) => {
    await trial.create(settings('one'));
    assert.match(await trial.kubectl('delete configmap one --dry-run=server'), /deleted \(server dry run\)/);
    await trial.get('ConfigMap', 'one');
    await trial.kubectl('delete configmap nobody --ignore-not-found');
    assert.match(await trial.fails('delete configmap nobody'), /\(NotFound\)/);
  }),
  row('delete', '-i', async (trial) => {
    await trial.create(settings('one'));
    await trial.kubectl('delete configmap one -i', { input: 'n\n' });
    await trial.get('ConfigMap', 'one');
    await trial.kubectl('delete configmap one -i', { input: 'y\n' });
    assert.ok(await trial.isGone('ConfigMap', 'one'));
  }),
  row('delete', '--raw', async (trial) => {
    await trial.create(settings('one'));
    await trial.kubectl(`delete --raw /api/v1/namespaces/${trial.name}/configmaps/one`);
    assert.ok(await trial.isGone('ConfigMap', 'one'));
  }),
];
