import assert from 'node:assert/strict';
import type { ConfigMap, Pod } from '../../../api/types.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { until } from '../../support/wait.ts';
import { manifest, namesOf, parked, pod, settings, web, webService } from './things.ts';

/** Two configmaps by name: `one` (size 2, set x) and `two` (size 1, set y). */
async function twoSettings(trial: Trial): Promise<void> {
  await trial.create(settings('one', { size: '2', k: 'one' }, { set: 'x' }));
  await trial.create(settings('two', { size: '1', k: 'two' }, { set: 'y' }));
}

/** A row of `get` of the two, without the one that each namespace has. */
const ofTwo = (what: string, words: string, expected: string | RegExp): Row =>
  row('get', what, async (trial) => {
    await twoSettings(trial);
    await trial.file('path', '{.items[*].data.k}');
    await trial.file('template', '{{range .items}}{{.data.k}};{{end}}');
    await trial.file('columns', 'WHO SET\nmetadata.name metadata.labels.set\n');
    const out = await trial.kubectl(`get configmaps -l set ${words}`);
    if (typeof expected === 'string') assert.equal(out, expected);
    else assert.match(out, expected);
  });

export const readingRows: readonly Row[] = [
  ofTwo('', '', /^NAME +DATA +AGE\none +2 +\S+\ntwo +2 +\S+\n$/),
  ofTwo('-o name', '-o name', 'configmap/one\nconfigmap/two\n'),
  ofTwo('-o jsonpath', '-o jsonpath={.items[*].data.size}', '2 1'),
  ofTwo('-o jsonpath-as-json', '-o jsonpath-as-json={.items[*].data.k}', '[\n    "one",\n    "two"\n]\n'),
  ofTwo('-o jsonpath-file', '-o jsonpath-file=path', 'one two'),
  ofTwo('-o go-template', '-o go-template={{len\u00a0.items}}'.replace('\u00a0', '\t'), '2'),
  ofTwo('-o go-template-file', '-o go-template-file=template', 'one;two;'),
  ofTwo('-o template', '-o template --template={{(index\t.items\t1).data.k}}', 'two'),
  ofTwo(
    '-o custom-columns',
    '-o custom-columns=WHO:.metadata.name,SET:.metadata.labels.set',
    'WHO   SET\none   x\ntwo   y\n',
  ),
  ofTwo('-o custom-columns-file', '-o custom-columns-file=columns', 'WHO   SET\none   x\ntwo   y\n'),
  ofTwo('--no-headers', '--no-headers', /^one +2 +\S+\ntwo +2 +\S+\n$/),
  ofTwo('--show-labels', '--show-labels', /^NAME.*LABELS\none .*set=x\ntwo .*set=y\n$/),
  ofTwo('-L, --label-columns', '-L set', /^NAME +DATA +AGE +SET\none +2 +\S+ +x\n/),
  ofTwo('--show-kind', '--show-kind', /^NAME.*\nconfigmap\/one .*\nconfigmap\/two /),
  ofTwo('--sort-by', '--sort-by={.data.size} -o name', 'configmap/two\nconfigmap/one\n'),
  ofTwo('--sort-by of a table', '--sort-by={.data.size} --no-headers', /^two .*\none /),
  ofTwo('--chunk-size', '--chunk-size=1 -o name', 'configmap/one\nconfigmap/two\n'),
  ofTwo('--server-print=false', '--server-print=false', /^NAME +AGE\none +\S+\ntwo +\S+\n$/),
  row('get', '-o json', async (trial) => {
    await twoSettings(trial);
    const got = JSON.parse(await trial.kubectl('get configmap one -o json')) as ConfigMap;
    const stored = await trial.get<ConfigMap>('ConfigMap', 'one');
    delete stored.metadata!.managedFields;
    assert.deepEqual(got, stored);
  }),
  row('get', '-o yaml', async (trial) => {
    await twoSettings(trial);
    const got = await trial.kubectl('get configmap one -o yaml');
    const { metadata } = await trial.get<ConfigMap>('ConfigMap', 'one');
    assert.match(got, /^apiVersion: v1\ndata:\n {2}k: one\n {2}size: "2"\nkind: ConfigMap\n/);
    assert.match(got, new RegExp(`^ {2}uid: ${metadata!.uid}$`, 'm'));
    assert.ok(!got.includes('managedFields'));
  }),
  row('get', '--show-managed-fields', async (trial) => {
    await trial.create(settings('one'));
    assert.match(
      await trial.kubectl('get configmap one -o yaml --show-managed-fields'),
      /manager: kith-test/,
    );
  }),
  row('get', '-o wide', async (trial) => {
    await trial.create(web(1, parked));
    assert.match(
      await trial.kubectl('get deployments -o wide'),
      /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR\nweb +0\/1 .* web +hello:v1 +app=web\n$/,
    );
    await until('the pod is there', async () => (await trial.list('Pod')).length === 1);
    assert.match(
      await trial.kubectl('get pods -o wide'),
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nweb-\S+ +0\/1 +Pending +0 +\S+ +<none> +<none> /,
    );
  }),
  row('get', '-w', async (trial) => {
    await trial.create(settings('there'));
    const watch = trial.start('get configmaps -w');
    await watch.line(/^there +1 /);
    await trial.create(settings('seen', { a: 'b' }));
    await watch.line(/^seen +1 /);
    await trial.client.patch({ kind: 'ConfigMap', namespace: trial.name, name: 'seen' }, 'merge', {
      data: { c: 'd' },
    });
    await watch.line(/^seen +2 /);
    assert.equal(watch.lines.filter((line) => line.startsWith('NAME')).length, 1);
  }),
  row('get', '--watch-only, --output-watch-events', async (trial) => {
    await trial.create(settings('before'));
    const watch = trial.start('get configmaps --watch-only --output-watch-events -l seen');
    const ref = { kind: 'ConfigMap', namespace: trial.name, name: 'seen' };
    // What is made before the watch has begun is not shown: made again until it is.
    for (let tries = 0; !watch.lines.some((line) => line.startsWith('ADDED')); tries += 1) {
      await trial.create(settings(`seen-${tries}`, {}, { seen: 'yes' }));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await trial.create(settings('seen', {}, { seen: 'yes' }));
    await watch.line(/^ADDED +seen /);
    await trial.client.patch(ref, 'merge', { data: { c: 'd' } });
    await watch.line(/^MODIFIED +seen /);
    await trial.client.delete(ref);
    await watch.line(/^DELETED +seen /);
    assert.ok(!watch.text.includes('before'));
  }),
  row('get', '-l, with sets', async (trial) => {
    await twoSettings(trial);
    await trial.create(settings('three'));
    const names = (selector: string) => trial.kubectl(`get configmaps -o name -l ${selector}`);
    assert.equal(await names('set=x'), 'configmap/one\n');
    assert.equal(await names('set'), 'configmap/one\nconfigmap/two\n');
    assert.equal(await trial.kubectl(['get', 'cm', '-o', 'name', '-l', 'set in (y,z)']), 'configmap/two\n');
    assert.match(await names('set!=x'), /configmap\/three\nconfigmap\/two/);
    assert.equal(await trial.kubectl('get configmaps -l set=none'), '');
  }),
  row('get', '--field-selector', async (trial) => {
    await twoSettings(trial);
    await trial.create(pod('lonely'));
    assert.equal(
      await trial.kubectl('get configmaps -o name --field-selector metadata.name=two'),
      'configmap/two\n',
    );
    assert.equal(
      await trial.kubectl('get pods -o name --field-selector status.phase=Pending,spec.nodeName='),
      'pod/lonely\n',
    );
    assert.match(
      await trial.fails('get pods --field-selector spec.colour=red'),
      /field label not supported: spec\.colour/,
    );
  }),
  row('get', '-A', async (trial) => {
    await trial.create(settings('one'));
    assert.match(await trial.kubectl('get configmaps -A'), new RegExp(`^${trial.name} +one +1 `, 'm'));
  }),
  row('get', 'of several kinds, and all', async (trial) => {
    await trial.create(web(1, parked));
    await trial.create(webService());
    assert.match(
      await trial.kubectl('get deploy,svc'),
      /^deployment\.apps\/web +0\/1 [^]*^service\/web +ClusterIP +10\./m,
    );
    await until('the pod is there', async () => (await trial.list('Pod')).length === 1);
    const all = await trial.kubectl('get all');
    for (const name of ['pod/web-', 'service/web ', 'deployment.apps/web ', 'replicaset.apps/web-'])
      assert.match(all, new RegExp(`^${name}`, 'm'));
  }),
  row('get', '-f', async (trial) => {
    await trial.create(settings('one'));
    await trial.file('one.yaml', manifest(settings('one')));
    assert.equal(await trial.kubectl('get -f one.yaml -o name'), 'configmap/one\n');
  }),
  row('get', '--ignore-not-found', async (trial) => {
    assert.equal(await trial.kubectl('get configmap nobody --ignore-not-found'), '');
    assert.match(
      await trial.fails('get configmap nobody'),
      /^Error from server \(NotFound\): configmaps "nobody" not found/,
    );
    assert.match(await trial.fails('get unicorns'), /the server doesn't have a resource type "unicorns"/);
  }),
  row('get', '--subresource', async (trial) => {
    await trial.create(web(0));
    const scale = JSON.parse(await trial.kubectl('get deployment web --subresource=scale -o json')) as object;
    assert.partialDeepStrictEqual(scale, { kind: 'Scale', spec: { replicas: 0 } });
  }),
  row('get', '--raw', async (trial) => {
    await trial.create(settings('one'));
    const raw = await trial.kubectl(`get --raw /api/v1/namespaces/${trial.name}/configmaps/one`);
    assert.partialDeepStrictEqual(JSON.parse(raw) as object, { kind: 'ConfigMap', data: { a: 'b' } });
    assert.equal(await trial.kubectl('get --raw /readyz'), 'ok');
  }),
  row('describe', 'a pod that runs, with its events', async (trial) => {
    await trial.create(pod('web', {}));
    await trial.becomes<Pod>('Pod', 'web', 'runs', ({ status }) => status?.phase === 'Running');
    const { spec, status } = await trial.get<Pod>('Pod', 'web');
    const story = await trial.kubectl('describe pod web');
    assert.match(story, new RegExp(`^Node: +${spec!.nodeName}/10\\.244\\.`, 'm'));
    assert.match(story, new RegExp(`^IP: +${status!.podIP}$`, 'm'));
    assert.match(story, /^ {4}Image ID: +sha256:[0-9a-f]{64}$/m);
    const told = async () => {
      const text = await trial.kubectl('describe pod web');
      return ['Scheduled', 'Pulled', 'Created', 'Started'].every((reason) =>
        new RegExp(`^ {2}Normal +${reason} `, 'm').test(text),
      );
    };
    // Events wait for their turn behind those of all the other rows.
    await until('its events are told', told, 60_000);
  }),
  row('describe', 'a node', async (trial) => {
    const [node] = (
      await trial.client.list<{ metadata: { name: string }; spec: { providerID: string } }>('Node')
    ).items;
    const { name } = node!.metadata;
    const story = await trial.kubectl(`describe node ${name}`);
    assert.match(story, new RegExp(`^Name: +${name}$`, 'm'));
    assert.match(story, new RegExp(`^ProviderID: +${node!.spec.providerID}$`, 'm'));
    assert.match(story, /^ {2}Ready +True .* KubeletReady /m);
    assert.match(story, /^Non-terminated Pods: +\(\d+ in total\)/m);
  }),
  row('describe', '-l, --show-events=false', async (trial) => {
    await twoSettings(trial);
    const story = await trial.kubectl('describe configmaps -l set=x --show-events=false');
    assert.match(story, /^Name: +one$/m);
    assert.ok(!/^Name: +two$/m.test(story) && !story.includes('Events'));
  }),
  row('describe', '-f', async (trial) => {
    await trial.create(web(0));
    await trial.create(webService());
    await trial.file('both.yaml', manifest(web(), webService()));
    const story = await trial.kubectl('describe -f both.yaml');
    assert.match(story, /^Replicas: +0 desired/m);
    assert.match(story, /^TargetPort: +8080\/TCP$/m);
  }),
  row('events', '', async (trial) => {
    await trial.create(pod('lonely'));
    await until('the scheduler has said why', async () => (await trial.list('Event')).length > 0);
    assert.match(await trial.kubectl('events'), /Warning +FailedScheduling +Pod\/lonely +0\/\d+ nodes/);
    // Of both groups, the same ones.
    for (const kind of ['events', 'events.events.k8s.io'])
      assert.match(
        await trial.kubectl(`get ${kind}`),
        /Warning +FailedScheduling +pod\/lonely +0\/\d+ nodes/,
      );
  }),
  row('events', '--for, --types', async (trial) => {
    await trial.create(pod('lonely'));
    await trial.create(pod('other'));
    await until('both are told of', async () => (await trial.list('Event')).length > 1);
    const told = await trial.kubectl('events --for=pod/lonely --types=Warning --no-headers');
    assert.match(told, /Pod\/lonely/);
    assert.ok(!told.includes('Pod/other'));
    assert.match(await trial.kubectl('events --for=pod/lonely --types=Normal'), /^$/);
  }),
  row('events', '--watch', async (trial) => {
    const watch = trial.start('events --watch');
    await trial.create(pod('lonely'));
    await watch.line(/Warning +FailedScheduling +Pod\/lonely/);
  }),
  row('explain', '', async (trial) => {
    const said = await trial.kubectl('explain deployment.spec.replicas');
    assert.match(said, /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n[^]*FIELD: replicas <integer>/);
  }),
  row('explain', '--output=plaintext-openapiv2', async (trial) => {
    const said = await trial.kubectl('explain pod.spec.containers --output=plaintext-openapiv2');
    assert.match(
      said,
      /^DESCRIPTION:\n +List of containers belonging to the pod[^]*^ +imagePullPolicy\t<string>/m,
    );
  }),
  row('explain', '--recursive, --api-version', async (trial) => {
    const said = await trial.kubectl('explain hpa.spec --recursive --api-version=autoscaling/v1');
    assert.match(said, /^VERSION: +v1$/m);
    assert.match(
      said,
      /^ {2}scaleTargetRef\t<CrossVersionObjectReference> -required-\n {4}apiVersion\t<string>/m,
    );
  }),
  row('api-resources', '', async (trial) => {
    assert.match(await trial.kubectl('api-resources'), /^deployments +deploy +apps\/v1 +true +Deployment$/m);
  }),
  row('api-resources', '-o wide, --api-group, --namespaced', async (trial) => {
    const asked = await trial.kubectl(
      'api-resources -o wide --api-group=authorization.k8s.io --namespaced=false',
    );
    assert.match(
      asked,
      /^selfsubjectaccessreviews +authorization\.k8s\.io\/v1 +false +SelfSubjectAccessReview +create *$/m,
    );
    assert.ok(!asked.includes('localsubjectaccessreviews'));
  }),
  row('api-resources', '--verbs, --categories, --sort-by, -o name', async (trial) => {
    const names = (
      await trial.kubectl('api-resources --categories=all --verbs=list,get --sort-by=name -o name')
    )
      .trim()
      .split('\n');
    assert.ok(names.includes('pods') && names.includes('deployments.apps') && !names.includes('secrets'));
    const kinds = (await trial.kubectl('api-resources --sort-by=kind --no-headers'))
      .trim()
      .split('\n')
      .map((line) => /(?:true|false) +(\S+)/.exec(line)![1]!);
    assert.deepEqual(kinds, kinds.toSorted());
  }),
  row('api-versions', '', async (trial) => {
    const versions = (await trial.kubectl('api-versions')).trim().split('\n');
    for (const version of ['apps/v1', 'v1', 'rbac.authorization.k8s.io/v1'])
      assert.ok(versions.includes(version), version);
  }),
  row('cluster-info', '', async (trial) => {
    const said = await trial.kubectl('cluster-info');
    assert.match(said, /Kubernetes control plane.* is running at .*https:\/\/127\.0\.0\.1:\d+/);
  }),
  row('cluster-info dump', '', async (trial) => {
    await trial.create(web(0));
    const dump = await trial.kubectl(`cluster-info dump --namespaces=${trial.name}`);
    assert.match(dump, /"kind": "NodeList"/);
    assert.match(dump, /"kind": "DeploymentList"[^]*"name": "web"/);
  }),
  row('cluster-info dump', '--output-directory', async (trial) => {
    await trial.create(pod('web', {}));
    await trial.becomes<Pod>('Pod', 'web', 'runs', ({ status }) => status?.phase === 'Running');
    await trial.kubectl(`cluster-info dump --namespaces=${trial.name} --output-directory=dump`);
    const pods = JSON.parse(await trial.read(`dump/${trial.name}/pods.json`)) as { items: Pod[] };
    assert.deepEqual(namesOf(pods.items), ['web']);
    await trial.read(`dump/${trial.name}/web/logs.txt`);
    assert.match(await trial.read('dump/nodes.json'), /"kind": "NodeList"/);
  }),
];
