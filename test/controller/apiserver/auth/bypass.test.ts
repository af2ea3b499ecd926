import assert from 'node:assert/strict';
import type { CustomResourceDefinition } from '../../../../api/types.ts';
import { systemClock } from '../../../../process/clock.ts';
import { until } from '../../../support/wait.ts';
import { configMap, testCluster, type TestCluster } from '../cluster.ts';
import { base, binding, clusterBinding, clusterRole, person, role, rule } from './rights.ts';

const group = 'rbac.authorization.k8s.io';
const configMaps = '/api/v1/namespaces/default/configmaps';

describe('who has some rights gets no others', () => {
  const eve = person('eve');
  let cluster: TestCluster;
  beforeEach(async () => void (cluster = await testCluster(systemClock)));
  afterEach(() => cluster.close());

  const ask = (method: string, path: string, body?: unknown, type = 'application/json') =>
    cluster.ask(method, path, { user: eve, type, ...(body !== undefined && { body }) });
  async function untilAllowed(path: string) {
    await until(`eve may read ${path}`, async () => (await ask('GET', path)).status === 200);
  }
  async function mayInDefault(...rules: ReturnType<typeof rule>[]) {
    await cluster.client.create(role('some', ...rules));
    await cluster.client.create(binding('some', 'Role', 'some', 'eve'));
  }

  it('by a kind of their own that calls itself a ClusterRoleBinding', async () => {
    const { client } = cluster;
    await client.create(
      clusterRole(
        'definer',
        rule('*', 'customresourcedefinitions', 'apiextensions.k8s.io'),
        rule('*', 'likenesses', group),
      ),
    );
    await client.create(clusterBinding('definer', 'definer', 'eve'));
    await untilAllowed('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    const definition: CustomResourceDefinition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `likenesses.${group}`,
        annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
      },
      spec: {
        group,
        scope: 'Cluster',
        names: {
          plural: 'likenesses',
          singular: 'likeness',
          kind: 'ClusterRoleBinding',
          listKind: 'LikenessList',
        },
        versions: [
          {
            name: 'v7',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        ],
      },
    };
    const made = await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    assert.equal(made.status, 201, made.text);
    await untilAllowed(`/apis/${group}/v7/likenesses`);
    const likeness = clusterBinding('likeness', 'cluster-admin', 'eve');
    const said = await ask('POST', `/apis/${group}/v7/likenesses`, {
      ...likeness,
      apiVersion: `${group}/v7`,
    });
    assert.equal(said.status, 201, said.text);
    // The control is a true binding that is made later, and counts: the index had heard of the other by then.
    await client.create(clusterRole('lister', rule('list', 'configmaps')));
    await client.create(clusterBinding('lister', 'lister', 'eve'));
    await untilAllowed('/api/v1/configmaps');
    assert.equal((await ask('GET', '/api/v1/secrets')).status, 403);
    assert.equal((await ask('DELETE', `/apis/${group}/v7/likenesses/likeness`)).status, 200);
    await untilAllowed('/api/v1/configmaps');
  });

  it('by a field selector on what makes or deletes, which a rule of names is for reading', async () => {
    await mayInDefault(rule('*', 'configmaps', '', ['mine']));
    const selected = `${configMaps}?fieldSelector=metadata.name%3Dmine`;
    // The control: who reads one by selecting it asks for that one.
    await untilAllowed(selected);
    assert.equal((await ask('POST', selected, configMap('other'))).status, 403);
    assert.equal((await ask('DELETE', selected)).status, 403);
    assert.equal((await ask('GET', configMaps)).status, 403);
  });

  it('by an apply of what is not there, where they may but patch', async () => {
    await mayInDefault(rule('get,list,patch', 'configmaps'));
    await untilAllowed(configMaps);
    await cluster.client.create(configMap('there'));
    const apply = (name: string) =>
      ask(
        'PATCH',
        `${configMaps}/${name}?fieldManager=eve&force=true`,
        configMap(name, { a: 'b' }),
        'application/apply-patch+yaml',
      );
    assert.equal((await apply('there')).status, 200);
    const refused = await apply('missing');
    assert.equal(refused.status, 403, refused.text);
    assert.match(
      refused.json.message!,
      /^configmaps "missing" is forbidden: User "eve" cannot create resource/,
    );
    await cluster.client.create(clusterRole('maker', rule('create', 'configmaps')));
    await cluster.client.create(binding('maker', 'ClusterRole', 'maker', 'eve'));
    await until('eve may make it', async () => (await apply('missing')).status === 201);
    assert.equal((await ask('GET', `${base}/clusterroles`)).status, 403);
  });
});
