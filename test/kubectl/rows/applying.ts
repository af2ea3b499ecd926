import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigMap, Deployment } from '../../../api/types.ts';
import { widget, widgetDefinition } from '../../controller/apiserver/custom/widgets.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { manifest, namesOf, settings, web, webService } from './things.ts';

const hello = (more: object = {}, replicas: number | undefined = 0): object => {
  const { spec, ...rest } = web();
  const [container] = spec!.template.spec!.containers;
  const template = {
    ...spec!.template,
    spec: { ...spec!.template.spec, containers: [{ ...container, ...more }] },
  };
  return { ...rest, spec: { ...spec, template, replicas } };
};
const theDeployment = (trial: Trial) => trial.get<Deployment>('Deployment', 'web');
const apply = (trial: Trial, object: object, how = '') =>
  trial.kubectl(`apply -f - ${how}`, { input: manifest(object) });

/** `manager operation subresource` of each owner; the annotation of a client-side apply has one of its own. */
async function owners(trial: Trial): Promise<string[]> {
  const { metadata } = await theDeployment(trial);
  return metadata!
    .managedFields!.filter(
      ({ manager }) => manager !== 'kubectl-last-applied' && manager !== 'kith-controller-manager',
    )
    .map(({ manager, operation, subresource }) => [manager, operation, subresource].filter(Boolean).join(' '))
    .toSorted();
}

/** A folder `base` with a kustomization of one ConfigMap, and `over`, which builds on it. */
async function kustomization(trial: Trial): Promise<void> {
  for (const folder of ['base', 'over']) await mkdir(join(trial.folder, folder));
  await trial.file('base/one.yaml', manifest(settings('one', { a: 'b' })));
  await trial.file('base/kustomization.yaml', 'resources: [one.yaml]\n');
  await trial.file(
    'over/kustomization.yaml',
    'resources: [../base]\nnamePrefix: my-\ncommonAnnotations: {by: kustomize}\nsecretGenerator: [{name: key, literals: [k=v]}]\n',
  );
}

export const applyingRows: readonly Row[] = [
  row('apply', '-f: created, unchanged, configured', async (trial) => {
    await trial.file('both.yaml', manifest(hello(), webService()));
    const said = (how: string) => `deployment.apps/web ${how}\nservice/web ${how}\n`;
    assert.equal(await trial.kubectl('apply -f both.yaml'), said('created'));
    const { metadata } = await theDeployment(trial);
    assert.equal(await trial.kubectl('apply -f both.yaml'), said('unchanged'));
    assert.equal((await theDeployment(trial)).metadata!.generation, metadata!.generation);
    assert.match(await apply(trial, hello({ image: 'hello:v2' })), /configured/);
    assert.equal((await theDeployment(trial)).spec!.template.spec!.containers[0]!.image, 'hello:v2');
  }),
  row('apply', 'three-way merge: theirs stays, mine that is left out goes', async (trial) => {
    await apply(trial, hello({ env: [{ name: 'A', value: 'b' }] }));
    const theirs = { metadata: { labels: { theirs: 'yes' } } };
    await trial.client.patch({ kind: 'Deployment', namespace: trial.name, name: 'web' }, 'merge', theirs);
    await apply(trial, hello({ image: 'hello:v2' }));
    const { metadata, spec } = await theDeployment(trial);
    const [container] = spec!.template.spec!.containers;
    assert.equal(metadata!.labels!['theirs'], 'yes');
    assert.equal(container!.image, 'hello:v2');
    assert.equal(container!.env, undefined);
  }),
  row('apply', 'what is refused, by its field', async (trial) => {
    const broken = hello({ imge: 'hello:v1' });
    assert.match(
      await trial.fails('apply -f -', { input: manifest(broken) }),
      /unknown field "spec\.template\.spec\.containers\[0\]\.imge"/,
    );
    assert.ok(await trial.isGone('Deployment', 'web'));
    assert.match(
      await trial.fails('apply -f -', { input: manifest(hello({ imagePullPolicy: 'Sometimes' })) }),
      /spec\.template\.spec\.containers\[0\]\.imagePullPolicy: Unsupported value: "Sometimes"/,
    );
  }),
  row('apply', '-R, of a folder', async (trial) => {
    await mkdir(join(trial.folder, 'all/below'), { recursive: true });
    await trial.file('all/one.yaml', manifest(settings('one')));
    await trial.file('all/below/two.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n');
    await trial.kubectl('apply -R -f all');
    await trial.get('ConfigMap', 'one');
    await trial.get('ConfigMap', 'two');
  }),
  row('apply', '--dry-run=server', async (trial) => {
    await apply(trial, hello());
    assert.match(
      await apply(trial, hello({ image: 'hello:v2' }), '--dry-run=server'),
      /configured \(server dry run\)/,
    );
    assert.equal((await theDeployment(trial)).spec!.template.spec!.containers[0]!.image, 'hello:v1');
  }),
  row('apply', '--force: what may not be changed is made anew', async (trial) => {
    const chosen = (label: string) => {
      const object = web();
      object.spec!.selector.matchLabels = { app: label };
      object.spec!.template.metadata!.labels = { app: label };
      return object;
    };
    await apply(trial, chosen('one'));
    const { metadata } = await theDeployment(trial);
    assert.match(await trial.fails('apply -f -', { input: manifest(chosen('two')) }), /field is immutable/);
    await apply(trial, chosen('two'), '--force');
    const now = await theDeployment(trial);
    assert.notEqual(now.metadata!.uid, metadata!.uid);
    assert.deepEqual(now.spec!.selector.matchLabels, { app: 'two' });
  }),
  row('apply', '--server-side', async (trial) => {
    assert.match(await apply(trial, hello(), '--server-side'), /serverside-applied/);
    assert.deepEqual(await owners(trial), ['kubectl Apply']);
    const { metadata } = await theDeployment(trial);
    await apply(trial, hello(), '--server-side');
    assert.equal((await theDeployment(trial)).metadata!.generation, metadata!.generation);
    assert.equal(metadata!.annotations?.['kubectl.kubernetes.io/last-applied-configuration'], undefined);
  }),
  row('apply', '--server-side after the client: takes over', async (trial) => {
    await apply(trial, hello());
    assert.deepEqual(await owners(trial), ['kubectl-client-side-apply Update']);
    await apply(trial, hello({ image: 'hello:v2' }), '--server-side');
    assert.deepEqual(await owners(trial), ['kubectl Apply']);
    assert.equal((await theDeployment(trial)).spec!.template.spec!.containers[0]!.image, 'hello:v2');
  }),
  row('apply', '--server-side: conflicts, --force-conflicts', async (trial) => {
    await apply(trial, hello({}, 1), '--server-side');
    await trial.kubectl('scale deployment web --replicas=0');
    const refused = await trial.fails('apply --server-side -f -', { input: manifest(hello({}, 2)) });
    assert.match(refused, /Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale"/);
    assert.match(refused, /\.spec\.replicas/);
    assert.equal((await theDeployment(trial)).spec!.replicas, 0);
    await apply(trial, hello({}, 2), '--server-side --force-conflicts');
    assert.equal((await theDeployment(trial)).spec!.replicas, 2);
    assert.deepEqual(await owners(trial), ['kubectl Apply']);
  }),
  row('apply', '--server-side, --field-manager: what one lets go another keeps', async (trial) => {
    await apply(trial, hello({}, 1), '--server-side');
    await apply(trial, hello({}, 3), '--server-side --field-manager=autoscaler --force-conflicts');
    const { spec, ...rest } = hello() as Deployment;
    const { replicas: _, ...without } = spec!;
    await apply(trial, { ...rest, spec: without }, '--server-side');
    assert.equal((await theDeployment(trial)).spec!.replicas, 3);
    assert.deepEqual(await owners(trial), ['autoscaler Apply', 'kubectl Apply']);
  }),
  row('apply', '--server-side: a field that is none', async (trial) => {
    const odd = { ...settings('odd'), colour: 'blue' };
    assert.match(
      await trial.fails('apply --server-side -f -', { input: manifest(odd) }),
      /\.colour: field not declared in schema/,
    );
  }),
  row('apply', '--prune, --prune-allowlist', async (trial) => {
    const prune = '--prune -l set=x --prune-allowlist=core/v1/ConfigMap';
    const [one, two] = ['one', 'two'].map((name) => settings(name, {}, { set: 'x' })) as [
      ConfigMap,
      ConfigMap,
    ];
    await trial.create(settings('theirs', {}, { set: 'x' }));
    await trial.kubectl(`apply -f - ${prune}`, { input: manifest(one, two) });
    assert.match(
      await trial.kubectl(`apply -f - ${prune}`, { input: manifest(one) }),
      /configmap\/two pruned/,
    );
    assert.deepEqual(namesOf(await trial.list('ConfigMap', 'set=x')), ['one', 'theirs']);
  }),
  row('apply', '--prune, --applyset', async (trial) => {
    const environment = { KUBECTL_APPLYSET: 'true' };
    const words = ['apply', '-f', '-', '--prune', '--applyset=mine', '-n', trial.name];
    await trial.kubectl(words, { environment, input: manifest(settings('one'), settings('two')) });
    await trial.kubectl(words, { environment, input: manifest(settings('one')) });
    await trial.get('ConfigMap', 'one');
    assert.ok(await trial.isGone('ConfigMap', 'two'));
    const { metadata } = await trial.get('Secret', 'mine');
    assert.ok(metadata!.labels!['applyset.kubernetes.io/id']);
  }),
  row('apply', '-k', async (trial) => {
    await kustomization(trial);
    await trial.kubectl('apply -k over');
    const made = await trial.get<ConfigMap>('ConfigMap', 'my-one');
    assert.equal(made.metadata!.annotations!['by'], 'kustomize');
    assert.match(namesOf(await trial.list('Secret')).join(), /^my-key-\w{10}$/);
  }),
  row('kustomize', '', async (trial) => {
    await kustomization(trial);
    const built = await trial.kubectl('kustomize over');
    await trial.kubectl('apply -f -', { input: built });
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'my-one')).data, { a: 'b' });
  }),
  row('apply view-last-applied', '', async (trial) => {
    await apply(trial, settings('one', { a: 'b' }));
    await trial.client.patch({ kind: 'ConfigMap', namespace: trial.name, name: 'one' }, 'merge', {
      data: { a: 'theirs' },
    });
    assert.match(await trial.kubectl('apply view-last-applied configmap one'), /^data:\n {2}a: b$/m);
  }),
  row('apply set-last-applied', '', async (trial) => {
    await trial.create(settings('one', { a: 'b', c: 'd' }));
    await trial.file('one.yaml', manifest(settings('one', { a: 'b', c: 'd' })));
    assert.match(
      await trial.fails('apply set-last-applied -f one.yaml'),
      /no last-applied-configuration|--create-annotation/,
    );
    await trial.kubectl('apply set-last-applied -f one.yaml --create-annotation');
    // Now it counts as applied: what is left out goes.
    await apply(trial, settings('one', { a: 'b' }));
    assert.deepEqual((await trial.get<ConfigMap>('ConfigMap', 'one')).data, { a: 'b' });
  }),
  row('apply edit-last-applied', '', async (trial) => {
    await apply(trial, settings('one', { a: 'before', c: 'd' }));
    const environment = { KUBE_EDITOR: 'sed -i s/before/after/' };
    await trial.kubectl('apply edit-last-applied configmap one', { environment });
    const { data, metadata } = await trial.get<ConfigMap>('ConfigMap', 'one');
    assert.deepEqual(data, { a: 'before', c: 'd' }, 'only the annotation is changed');
    assert.match(metadata!.annotations!['kubectl.kubernetes.io/last-applied-configuration']!, /"a":"after"/);
  }),
  row('diff', '', async (trial) => {
    await trial.file('web.yaml', manifest(hello()));
    const fresh = await trial.run('diff -f web.yaml');
    assert.equal(fresh.code, 1);
    assert.match(fresh.out, /^\+kind: Deployment$/m);
    assert.ok(await trial.isGone('Deployment', 'web'), 'nothing is written');
    await trial.kubectl('apply -f web.yaml');
    assert.equal(await trial.kubectl('diff -f web.yaml'), '');
    await trial.file('web.yaml', manifest(hello({ image: 'hello:v2' })));
    const { code, out } = await trial.run('diff -f web.yaml');
    assert.equal(code, 1);
    assert.match(out, /^-\s+- image: hello:v1\n\+\s+- image: hello:v2$/m);
  }),
  row('diff', '--server-side', async (trial) => {
    await apply(trial, hello(), '--server-side');
    const { code, out } = await trial.run('diff --server-side -f -', {
      input: manifest(hello({ image: 'hello:v2' })),
    });
    assert.equal(code, 1);
    assert.match(out, /^\+\s+- image: hello:v2$/m);
    assert.equal(await trial.kubectl('diff --server-side -f -', { input: manifest(hello()) }), '');
  }),
  row('diff', '--prune', async (trial) => {
    const [one, two] = ['one', 'two'].map((name) => settings(name, {}, { set: 'x' })) as [
      ConfigMap,
      ConfigMap,
    ];
    await trial.kubectl('apply -f -', { input: manifest(one, two) });
    const words = 'diff -f - --prune -l set=x --prune-allowlist=core/v1/ConfigMap';
    const { code, out } = await trial.run(words, { input: manifest(one) });
    assert.equal(code, 1);
    assert.match(out, /^-kind: ConfigMap$/m);
    assert.match(out, /^- {2}name: two$/m);
    await trial.get('ConfigMap', 'two');
  }),
  row('apply', 'a CustomResourceDefinition and its objects', async (trial) => {
    const group = `${trial.name}.example.com`;
    const named = `widgets.${group}`;
    trial.afterwards(() => trial.client.delete({ kind: 'CustomResourceDefinition', name: named }));
    await apply(trial, definition(named, group));
    await trial.kubectl(`wait --for=condition=established --timeout=20s crd/${named}`);
    const one = (spec: object) => ({ ...widget(spec), apiVersion: `${group}/v1` });
    assert.match(await apply(trial, one({ size: 3 })), /created/);
    assert.match(await apply(trial, one({ size: 4 })), /configured/);
    await apply(trial, one({ size: 5 }), '--server-side --force-conflicts');
    await trial.kubectl(['patch', named, 'one', '--type=merge', '-p', '{"spec":{"size":6}}']);
    await trial.kubectl(`scale ${named}/one --replicas=2`);
    assert.equal(await trial.kubectl(`get ${named} one -o jsonpath={.spec}`), '{"replicas":2,"size":6}');
    assert.match(await trial.kubectl(`get ${named}`), /^NAME +SIZE\none +6\n$/);
    assert.match(
      await trial.kubectl(`api-resources --api-group=${group}`),
      /^widgets +wd +\S+ +true +Widget$/m,
    );
    assert.match(
      await trial.kubectl(`explain widgets.spec.size --api-version=${group}/v1`),
      /How large it is\./,
    );
    assert.match(await trial.kubectl(`describe ${named} one`), /Size: +6/);
    assert.match(
      await trial.fails('apply -f -', { input: manifest(one({ size: 10 })) }),
      /spec\.size: Invalid value: 10: spec\.size in body should be less than or equal to 9/,
    );
    assert.match(
      await trial.fails('apply -f -', { input: manifest(one({ colour: 'red' })) }),
      /strict decoding error: unknown field "spec\.colour"/,
    );
    await trial.kubectl(`delete crd ${named} --timeout=20s`);
    assert.match(
      await trial.fails(`get ${named}`),
      /doesn't have a resource type|could not find the requested resource/,
    );
  }),
];

/** Widgets of a group that no other trial has. */
function definition(name: string, group: string): object {
  const { spec, ...rest } = widgetDefinition({
    schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: {
            size: { type: 'integer', description: 'How large it is.', maximum: 9 },
            replicas: { type: 'integer' },
          },
        },
        status: { type: 'object', properties: { replicas: { type: 'integer' } } },
      },
    },
    version: {
      additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
      },
    },
  });
  return { ...rest, metadata: { name }, spec: { ...spec, group } };
}
