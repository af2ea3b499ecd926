import assert from 'node:assert/strict';
import type { Deployment, ManagedFieldsEntry, Pod, Scale } from '../../../api/types.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { configMap, deployment, pod, testCluster, type Answer, type TestCluster } from './cluster.ts';

const applyType = 'application/apply-patch+yaml';
const maps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

describe('server-side apply over HTTP', () => {
  let clock: VirtualClock;
  let cluster: TestCluster;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await testCluster(clock);
  });
  afterEach(() => cluster.close());

  const apply = (path: string, body: unknown, type = applyType): Promise<Answer> =>
    cluster.ask('PATCH', path, { body, type });
  const ownersIn = ({ json }: Answer) =>
    ((json['metadata'] as { managedFields?: ManagedFieldsEntry[] }).managedFields ?? []).map(
      ({ manager, operation, subresource }) =>
        [manager, operation, ...(subresource ? [subresource] : [])].join(' '),
    );
  const warnings = ({ headers }: Answer) => [headers['warning'] ?? []].flat();

  it('makes what is not there, and says so by 201', async () => {
    const first = await apply(`${maps}/a?fieldManager=me`, configMap('a', { k: '1' }));
    assert.equal(first.status, 201);
    assert.deepEqual(ownersIn(first), ['me Apply']);
    assert.equal((await apply(`${maps}/a?fieldManager=me`, configMap('a', { k: '2' }))).status, 200);
  });

  it('writes nothing where nothing changes, however much later', async () => {
    const first = await apply(`${maps}/a?fieldManager=me`, configMap('a', { k: '1' }));
    await clock.advance(10_000);
    const second = await apply(`${maps}/a?fieldManager=me`, configMap('a', { k: '1' }));
    assert.deepEqual(second.json, first.json);
  });

  it('answers a conflict with 409 and a cause for each field, and changes nothing', async () => {
    await apply(`${maps}/a?fieldManager=me`, configMap('a', { k: '1' }));
    const refused = await apply(`${maps}/a?fieldManager=you`, configMap('a', { k: '2' }));
    assert.equal(refused.status, 409);
    assert.equal(refused.json.message, 'Apply failed with 1 conflict: conflict with "me": .data.k');
    assert.deepEqual(refused.json.details?.causes, [
      { reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.data.k' },
    ]);
    const forced = await apply(`${maps}/a?fieldManager=you&force=true`, configMap('a', { k: '2' }));
    assert.deepEqual(forced.json['data'], { k: '2' });
    assert.deepEqual(ownersIn(forced), ['you Apply']);
  });

  it('stores nothing on a dry run, and says what it would be', async () => {
    const would = await apply(`${maps}/a?fieldManager=me&dryRun=All`, configMap('a', { k: '1' }));
    assert.equal(would.status, 201);
    assert.equal((await cluster.ask('GET', `${maps}/a`)).status, 404);
  });

  it('needs a field manager, and force is for it alone', async () => {
    const nobody = await apply(`${maps}/a`, configMap('a'));
    assert.equal(nobody.status, 422);
    assert.equal(
      nobody.json.message,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    await cluster.client.create(configMap('a'));
    const forced = await apply(`${maps}/a?force=true`, {}, 'application/merge-patch+json');
    assert.equal(
      forced.json.message,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
    const long = await apply(`${maps}/a?fieldManager=${'m'.repeat(129)}`, configMap('a'));
    assert.match(String(long.json.message), /fieldManager: Too long: may not be more than 128 bytes/);
    const strange = await apply(`${maps}/a?fieldManager=%07`, configMap('a'));
    assert.match(
      String(strange.json.message),
      /fieldManager: Invalid value: .*invalid character U\+0007 \(at position 0\)/,
    );
  });

  it('draws no names: who applies says which object it means', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-' } };
    const refused = await apply(`${maps}/a?fieldManager=me`, body);
    assert.equal(refused.status, 400);
    assert.equal(
      refused.json.message,
      'the name of the object (a based on URL) was undeterminable: name must be provided',
    );
  });

  it('reads YAML, but no aliases without end, and no key twice where that is not wanted', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: "1"\n  k: "2"\n';
    const strict = await apply(`${maps}/a?fieldManager=me&fieldValidation=Strict`, yaml);
    assert.equal(
      strict.json.message,
      'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "k" already set in map',
    );
    const warned = await apply(`${maps}/a?fieldManager=me`, yaml);
    assert.deepEqual(warned.json['data'], { k: '2' });
    assert.deepEqual(warnings(warned), ['299 - "line 7: key \\"k\\" already set in map"']);
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 9; level++) {
      const [before, own] = [String.fromCharCode(96 + level), String.fromCharCode(97 + level)];
      bomb.push(`${own}: &${own} [${Array(9).fill(`*${before}`).join(',')}]`);
    }
    const refused = await apply(`${maps}/b?fieldManager=me`, bomb.join('\n'));
    assert.equal(refused.status, 400);
    assert.match(String(refused.json.message), /error decoding YAML/);
  });

  it('judges what comes of it as any other write', async () => {
    const refused = await apply(`${deployments}/a?fieldManager=me`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { replicas: -1 },
    });
    assert.equal(refused.status, 422);
    assert.ok(refused.json.details?.causes?.some(({ field }) => field === 'spec.selector'));
  });

  it('means one state of an object where it names a version', async () => {
    const first = await apply(`${maps}/a?fieldManager=me`, configMap('a', { k: '1' }));
    const { resourceVersion } = first.json['metadata'] as { resourceVersion: string };
    const body = (version: string) => ({
      ...configMap('a', { k: '2' }),
      metadata: { name: 'a', resourceVersion: version },
    });
    assert.equal((await apply(`${maps}/a?fieldManager=me`, body('1'))).status, 409);
    assert.equal((await apply(`${maps}/a?fieldManager=me`, body(resourceVersion))).status, 200);
  });

  it('makes one of two who make the same at the same moment, and both own it', async () => {
    const [one, two] = await Promise.all([
      apply(`${maps}/a?fieldManager=one`, configMap('a', { k: '1' })),
      apply(`${maps}/a?fieldManager=two`, configMap('a', { k: '1' })),
    ]);
    assert.deepEqual([one.status, two.status].toSorted(), [200, 201]);
    assert.deepEqual(ownersIn(await cluster.ask('GET', `${maps}/a`)).toSorted(), ['one Apply', 'two Apply']);
  });

  it('of a Scale owns the replicas, which the object shows', async () => {
    await cluster.client.create(deployment('web', 1), { fieldManager: 'maker' });
    const scale = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web' },
      spec: { replicas: 4 },
    };
    const refused = await apply(`${deployments}/web/scale?fieldManager=me`, scale);
    assert.equal(
      refused.json.message,
      'Apply failed with 1 conflict: conflict with "maker" using autoscaling/v1: .spec.replicas',
    );
    const taken = await apply(`${deployments}/web/scale?fieldManager=me&force=true`, scale);
    assert.equal((taken.json as Scale).spec?.replicas, 4);
    const { metadata, spec } = await cluster.client.get<Deployment>({ kind: 'Deployment', name: 'web' });
    assert.equal(spec!.replicas, 4);
    assert.deepEqual(
      metadata!.managedFields!.map(({ manager, subresource }) => [manager, subresource]),
      [
        ['me', 'scale'],
        ['maker', undefined],
      ],
    );
  });
});

describe('who owns what', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const owners = async () => {
    const { metadata } = await cluster.client.get<Pod>({ kind: 'Pod', name: 'a' });
    return metadata!.managedFields!.map(({ manager, subresource }) =>
      subresource ? `${manager} ${subresource}` : manager,
    );
  };

  it('is told by every write: by the name given, else by the first part of the user agent', async () => {
    await cluster.ask('POST', '/api/v1/namespaces/default/pods', {
      body: pod('a'),
      headers: { 'user-agent': 'maker/1.0 (linux)' },
    });
    await cluster.ask('PATCH', '/api/v1/namespaces/default/pods/a/status?fieldManager=named', {
      body: { status: { podIP: '10.0.0.1' } },
      type: 'application/merge-patch+json',
      headers: { 'user-agent': 'other/1.0' },
    });
    await cluster.client.patch({ kind: 'Pod', name: 'a' }, 'merge', { metadata: { labels: { x: '1' } } });
    assert.deepEqual((await owners()).toSorted(), ['kith-controller-manager', 'maker', 'named status']);
  });

  it('is not changed by a subresource, whatever it says', async () => {
    await cluster.client.create(pod('a'), { fieldManager: 'maker' });
    await cluster.client.patch(
      { kind: 'Pod', name: 'a' },
      'merge',
      { metadata: { managedFields: [] }, status: { podIP: '10.0.0.1' } },
      { subresource: 'status', fieldManager: 'agent' },
    );
    assert.deepEqual((await owners()).toSorted(), ['agent status', 'maker']);
  });

  it('is in memory once for pods that are alike', async () => {
    await cluster.client.create(pod('a'));
    await cluster.client.create(pod('b'));
    const [a, b] = (await cluster.client.list<Pod>('Pod')).items.map(
      ({ metadata }) => metadata!.managedFields![0]!.fieldsV1,
    );
    assert.equal(a, b);
  });
});

describe('a body that says too much', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const body =
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","colour":1},"data":{"k":"1","k":"2"},"extra":1}';
  const post = (query: string) => cluster.ask('POST', `${maps}${query}`, { body });

  it('is refused where that is wanted, in the words of Kubernetes and in the order of the text', async () => {
    const { status, json } = await post('?fieldValidation=Strict');
    assert.equal(status, 400);
    assert.equal(
      json.message,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ' +
        'unknown field "metadata.colour", duplicate field "data.k", unknown field "extra"',
    );
  });

  it('is warned of where nothing is said, and taken', async () => {
    const { status, json, headers } = await post('');
    assert.equal(status, 201);
    assert.deepEqual(json['data'], { k: '2' });
    assert.deepEqual(headers['warning'], [
      '299 - "unknown field \\"metadata.colour\\""',
      '299 - "duplicate field \\"data.k\\""',
      '299 - "unknown field \\"extra\\""',
    ]);
  });

  it('is taken without a word where that is wanted', async () => {
    const { status, headers } = await post('?fieldValidation=Ignore');
    assert.deepEqual([status, headers['warning']], [201, undefined]);
  });

  it('in a patch is refused with 422, and shows the patch', async () => {
    await cluster.client.create(configMap('a'));
    const { status, json } = await cluster.ask('PATCH', `${maps}/a?fieldValidation=Strict`, {
      body: { spec: { x: [1, { y: null }] } },
      type: 'application/strategic-merge-patch+json',
    });
    assert.equal(status, 422);
    assert.match(
      String(json.message),
      /^ "" is invalid: patch: Invalid value: "map\[spec:map\[x:\[1 .*\]\]\]": strict decoding error: unknown field "spec"$/,
    );
  });

  it('or options that are none are told together', async () => {
    const { status, json } = await post('?dryRun=Some&fieldValidation=Maybe');
    assert.equal(status, 422);
    assert.equal(
      json.message,
      'CreateOptions.meta.k8s.io "" is invalid: [dryRun: Unsupported value: []string{"Some"}: supported values: "All", ' +
        'fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"]',
    );
  });
});
