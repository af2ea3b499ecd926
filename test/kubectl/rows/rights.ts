import assert from 'node:assert/strict';
import type { CertificateSigningRequest, Role, RoleBinding } from '../../../api/types.ts';
import { someRequest } from '../../api/validation/cluster/certificates.ts';
import { until } from '../../support/wait.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { manifest, settings } from './things.ts';

/** kubectl's `auth reconcile` wants the namespace in the file. */
const readers = (namespace: string, verbs: string[]): object[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader', namespace },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'readers', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }],
  },
];

/** Bob may `get` and `list` ConfigMaps here, and it is known. */
async function bobReads(trial: Trial): Promise<void> {
  for (const object of readers(trial.name, ['get', 'list'])) await trial.create(object);
  await until('the right is known', async () => (await trial.run('get configmaps --as=bob')).code === 0);
}

async function request(trial: Trial, signerName: string): Promise<string> {
  const { name } = trial;
  const ref = { kind: 'CertificateSigningRequest', name };
  trial.afterwards(() => trial.client.delete(ref));
  await trial.client.create<CertificateSigningRequest>({
    apiVersion: 'certificates.k8s.io/v1',
    kind: ref.kind,
    metadata: { name },
    spec: { request: someRequest, signerName, usages: ['client auth'] },
  });
  return name;
}

const conditionsOf = async (trial: Trial) =>
  (
    await trial.get<CertificateSigningRequest>('CertificateSigningRequest', trial.name, { namespaced: false })
  ).status!.conditions?.map(({ type }) => type);

export const rightsRows: readonly Row[] = [
  row('auth can-i', '', async (trial) => {
    assert.equal(await trial.kubectl('auth can-i delete nodes'), 'yes\n');
    assert.equal(await trial.kubectl('auth can-i get /version'), 'yes\n');
    assert.match(await trial.kubectl('auth can-i create deployments.apps --subresource=scale -A'), /^yes\n$/);
  }),
  row('auth can-i', '--as, --quiet', async (trial) => {
    await bobReads(trial);
    const asked = (words: string) => trial.run(`auth can-i ${words} --as=bob`);
    assert.equal((await asked('list configmaps')).out, 'yes\n');
    const refused = await asked('delete configmaps');
    assert.deepEqual([refused.code, refused.out], [1, 'no\n']);
    assert.equal((await asked('list configmaps -n default')).out, 'no\n');
    assert.deepEqual(
      [(await asked('list pods --quiet')).code, (await asked('list pods --quiet')).out],
      [1, ''],
    );
    // What is said is what is done.
    await trial.create(settings('one'));
    assert.equal(await trial.kubectl('get configmap one -o name --as=bob'), 'configmap/one\n');
    assert.match(
      await trial.fails('delete configmap one --as=bob'),
      /\(Forbidden\).*User "bob" cannot delete resource "configmaps" in API group "" in the namespace/,
    );
    assert.match(
      await trial.fails('get configmaps -A --as=bob'),
      /User "bob" cannot list resource "configmaps" in API group "" at the cluster scope/,
    );
  }),
  row('auth can-i', '--list', async (trial) => {
    await bobReads(trial);
    const list = await trial.kubectl('auth can-i --list --as=bob');
    assert.match(list, /^configmaps +\[\] +\[\] +\[get list\]$/m);
    assert.match(list, /^selfsubjectreviews\.authentication\.k8s\.io +\[\] +\[\] +\[create\]$/m);
    assert.match(await trial.kubectl('auth can-i --list'), /^\*\.\* +\[\] +\[\] +\[\*\]$/m);
  }),
  row('auth reconcile', '', async (trial) => {
    await trial.file('list.yaml', manifest(...readers(trial.name, ['get', 'list'])));
    assert.match(
      await trial.kubectl('auth reconcile -f list.yaml'),
      /role\S*\/reader reconciled[^]*rolebinding\S*\/readers reconciled/,
    );
    await trial.file('watch.yaml', manifest(...readers(trial.name, ['watch'])));
    await trial.kubectl('auth reconcile -f watch.yaml');
    const verbs = async () =>
      (await trial.get<Role>('Role', 'reader')).rules!.flatMap((each) => each.verbs).toSorted();
    assert.deepEqual(await verbs(), ['get', 'list', 'watch'], 'what is there stays');
    await trial.kubectl('auth reconcile -f watch.yaml --remove-extra-permissions --remove-extra-subjects');
    assert.deepEqual(await verbs(), ['watch']);
    assert.equal((await trial.get<RoleBinding>('RoleBinding', 'readers')).subjects!.length, 1);
  }),
  row('auth whoami', '', async (trial) => {
    const me = JSON.parse(await trial.kubectl('auth whoami -o json')) as object;
    assert.partialDeepStrictEqual(me, {
      status: { userInfo: { groups: ['system:masters', 'system:authenticated'] } },
    });
  }),
  row('auth whoami', '--as, --as-group, --as-uid', async (trial) => {
    assert.match(
      await trial.kubectl('auth whoami --as=bob --as-group=writers --as-uid=7'),
      /Username +bob\nUID +7\nGroups +\[writers system:authenticated\]/,
    );
  }),
  row('certificate approve', '', async (trial) => {
    const name = await request(trial, 'kubernetes.io/kube-apiserver-client');
    assert.match(await trial.kubectl(`get csr ${name}`), /Pending/);
    await trial.kubectl(`certificate approve ${name}`);
    assert.deepEqual(await conditionsOf(trial), ['Approved']);
    const { status } = await trial.becomes<CertificateSigningRequest>(
      'CertificateSigningRequest',
      name,
      'is signed',
      (each) => each.status?.certificate,
      { namespaced: false },
    );
    assert.match(Buffer.from(status!.certificate!, 'base64').toString(), /^-----BEGIN CERTIFICATE-----/);
    assert.match(await trial.kubectl(`get csr ${name}`), /Approved,Issued/);
  }),
  row('certificate deny', '', async (trial) => {
    const name = await request(trial, 'example.com/people');
    await trial.kubectl(`certificate deny ${name}`);
    assert.deepEqual(await conditionsOf(trial), ['Denied']);
    assert.match(await trial.fails(`certificate approve ${name}`), /is already denied|Invalid|both/i);
  }),
];
