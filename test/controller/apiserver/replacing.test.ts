import assert from 'node:assert/strict';
import type { User } from '../../../controller/apiserver/users.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const rbac = 'rbac.authorization.k8s.io';
const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const ann: User = { name: 'ann', groups: ['system:authenticated'] };

describe('A PUT of what is not there', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const lease = (name: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: { holderIdentity: 'h' },
  });

  async function allow(...verbs: string[]): Promise<void> {
    const roles = `/apis/${rbac}/v1/namespaces/default`;
    const role = {
      metadata: { name: verbs.join('-') },
      rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs }],
    };
    const binding = {
      metadata: { name: verbs.join('-') },
      roleRef: { apiGroup: rbac, kind: 'Role', name: verbs.join('-') },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'ann' }],
    };
    assert.equal((await cluster.ask('POST', `${roles}/roles`, { body: role })).status, 201);
    assert.equal((await cluster.ask('POST', `${roles}/rolebindings`, { body: binding })).status, 201);
  }

  it('makes it where Kubernetes does, and only for who may make it', async () => {
    await allow('update');
    const refused = await cluster.ask('PUT', `${leases}/a`, { user: ann, body: lease('a') });
    assert.equal(refused.status, 403);
    assert.match(refused.json.message!, /cannot create resource "leases"/);
    await allow('create');
    const made = await cluster.ask('PUT', `${leases}/a`, { user: ann, body: lease('a') });
    assert.equal(made.status, 201);
    assert.equal((await cluster.ask('PUT', `${leases}/a`, { user: ann, body: made.json })).status, 200);
  });

  it('replaces a kind that must name the state it is meant for only where it does', async () => {
    assert.equal((await cluster.ask('PUT', `${leases}/a`, { body: lease('a') })).status, 201);
    const answer = await cluster.ask('PUT', `${leases}/a`, { body: lease('a') });
    assert.equal(answer.status, 422);
    assert.match(answer.json.message!, /metadata.resourceVersion: .* must be specified for an update/);
  });

  it('is refused for other kinds', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    const answer = await cluster.ask('PUT', '/api/v1/namespaces/default/configmaps/a', { body });
    assert.equal(answer.status, 404);
  });
});
