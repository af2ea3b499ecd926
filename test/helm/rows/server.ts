import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ConfigMap, Secret } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import type { Helm } from '../support/release.ts';
import { row } from './row.ts';

/** Gzip makes nothing smaller of it, and a release holds it twice. A Secret's bound is 1 MiB. */
const randomLetters = (count: number) => randomBytes(count).toString('hex').slice(0, count);
const largeLetters = 400_000;
const tooLargeLetters = 1_000_000;

const validating = ({ version }: Helm) =>
  version.major === 3 ? ['template', 'one', '--validate'] : ['template', 'one', '--dry-run=server'];

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { value: ${value} }\n`;

/** A definition and an object of it, of a group of this trial's own: definitions belong to the whole cluster. */
function ofItsOwn({ namespace }: Helm) {
  const group = `${namespace}.example.com`;
  const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: plants.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { plural: plants, singular: plant, kind: Plant }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { height: { type: integer, default: 3 } } } }
`;
  const object = (height: string) =>
    `apiVersion: ${group}/v1\nkind: Plant\nmetadata: { name: fern }\nspec: { height: ${height} }\n`;
  return { group, crd, object, name: `plants.${group}` };
}

export const server = [
  row('a chart’s definitions are there before its objects, and stay when it goes', async (helm, ground) => {
    const { crd, object, name, group } = ofItsOwn(helm);
    const chart = await helm.chart(
      'plants',
      { 'fern.yaml': object('{{ .Values.height | default 5 }}') },
      { 'plants.yaml': crd },
    );
    const definition = { kind: 'CustomResourceDefinition', name };
    const height = async () => {
      const text = await ground.kith(['get', `plants.${group}`, 'fern', '-n', helm.namespace, '-o', 'json']);
      return (JSON.parse(text) as { spec: { height: number } }).spec.height;
    };
    try {
      await helm.must('install', 'one', chart, '--wait', '--timeout', '30s');
      assert.equal(await height(), 5);
      await helm.must('upgrade', 'one', chart, '--set', 'height=8', '--wait', '--timeout', '30s');
      assert.equal(await height(), 8);
      const refused = await helm.fails('upgrade', 'one', chart, '--set', 'height=tall');
      assert.match(refused, /spec\.height: /);
      await helm.must('uninstall', 'one', '--wait');
      await assert.rejects(height());
      assert.ok(await helm.client.get<KubeObject>(definition));
    } finally {
      await helm.client.delete(definition);
    }
  }),
  row('--skip-crds leaves them out, and then their objects are refused', async (helm) => {
    const { crd, object } = ofItsOwn(helm);
    const chart = await helm.chart('plants', { 'fern.yaml': object('1') }, { 'plants.yaml': crd });
    const said = await helm.fails('install', 'one', chart, '--skip-crds');
    assert.match(said, /no matches for kind "Plant"/);
  }),
  row('template against the server validates, and writes nothing', async (helm) => {
    const good = await helm.chart('good', { 'a.yaml': configMap('right', 'b') });
    assert.match(await helm.must(...validating(helm), good), /name: right/);
    assert.equal(await helm.has('ConfigMap', 'right'), false);
    const unknown = await helm.chart('bad', {
      'a.yaml': 'apiVersion: v1\nkind: Nothing\nmetadata: { name: a }\n',
    });
    assert.match(await helm.fails(...validating(helm), unknown), /no matches for kind "Nothing"/);
  }),
  row('--dry-run=server renders with lookup, and changes nothing', async (helm) => {
    const chart = await helm.chart('looking', {
      'a.yaml': configMap(
        'seen',
        '{{ (lookup "v1" "ConfigMap" .Release.Namespace "there").data.value | default "nothing" | quote }}',
      ),
    });
    await helm.client.create<ConfigMap>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'there', namespace: helm.namespace },
      data: { value: 'from the cluster' },
    });
    const shown = await helm.must('install', 'one', chart, '--dry-run=server');
    assert.match(shown, /value: "from the cluster"/);
    assert.equal(await helm.has('ConfigMap', 'seen'), false);
    assert.deepEqual(await helm.list('Secret', 'owner=helm'), []);
    await helm.must('install', 'one', chart);
    assert.equal((await helm.get<ConfigMap>('ConfigMap', 'seen')).data?.['value'], 'from the cluster');
  }),
  row(
    'a release of 800 kB is kept whole, and one beyond a Secret’s bound is refused as in Kubernetes',
    async (helm) => {
      const chart = await helm.chart('large', {
        'a.yaml': configMap('{{ .Release.Name }}', '{{ .Values.text | quote }}'),
      });
      const text = randomLetters(largeLetters);
      await helm.must('install', 'one', chart, '--set-file', `text=${await helm.file('text', text)}`);
      assert.equal((await helm.get<ConfigMap>('ConfigMap', 'one')).data?.['value'], text);
      const [release] = await helm.list<Secret>('Secret', 'owner=helm');
      const bytes = Buffer.from(release!.data!['release']!, 'base64').length;
      assert.ok(bytes > 500_000, `${bytes} bytes`);
      assert.deepEqual(await helm.json('get', 'values', 'one'), { text });
      assert.equal(release!.type, 'helm.sh/release.v1');

      const more = await helm.file('more', randomLetters(tooLargeLetters));
      const said = await helm.fails('install', 'two', chart, '--set-file', `text=${more}`);
      assert.match(said, /Too long: (may|must) not be more than 1048576 bytes/);
    },
  ),
  row('an upgrade leaves to others what the chart does not name, and mends what it does', async (helm) => {
    const chart = await helm.chart('shared', { 'a.yaml': configMap('shared', '{{ .Values.value }}') });
    await helm.must('install', 'one', chart, '--set', 'value=a');
    const ref = { kind: 'ConfigMap', namespace: helm.namespace, name: 'shared' };
    await helm.client.patch(ref, 'merge', { data: { other: 'kept' } });
    await helm.must('upgrade', 'one', chart, '--set', 'value=b');
    assert.deepEqual((await helm.get<ConfigMap>('ConfigMap', 'shared')).data, { other: 'kept', value: 'b' });
  }),
  row('what belongs to another release, or to nobody, is not taken over unasked', async (helm) => {
    const chart = await helm.chart('owned', { 'a.yaml': configMap('owned', 'a') });
    await helm.client.create<ConfigMap>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'owned', namespace: helm.namespace },
      data: { value: 'mine' },
    });
    assert.match(await helm.fails('install', 'one', chart), /cannot be imported into the current release/);
    assert.equal((await helm.get<ConfigMap>('ConfigMap', 'owned')).data?.['value'], 'mine');
    // Helm 4 applies on the server, where the value has an owner already.
    const force = helm.version.major === 3 ? [] : ['--force-conflicts'];
    if (force.length > 0)
      assert.match(
        await helm.fails('install', 'two', chart, '--take-ownership'),
        /conflict with "kith-test"/,
      );
    await helm.must(
      'install',
      helm.version.major === 3 ? 'two' : 'three',
      chart,
      '--take-ownership',
      ...force,
    );
    assert.equal((await helm.get<ConfigMap>('ConfigMap', 'owned')).data?.['value'], 'a');
  }),
  row('acts with the rights of who asks', async (helm) => {
    const chart = await helm.chart('small', { 'a.yaml': configMap('small', 'a') });
    const asBen = ['--kube-as-user', 'ben'];
    assert.match(await helm.fails('install', 'one', chart, ...asBen), /forbidden: User "ben" cannot/);
    await helm.client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'ben', namespace: helm.namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ben' }],
    } as KubeObject);
    await helm.must('install', 'one', chart, ...asBen);
    assert.ok(await helm.has('ConfigMap', 'small'));
  }),
];
