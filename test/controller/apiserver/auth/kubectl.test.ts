import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeContext } from '../../../../client/kubeconfig.ts';
import { Tokens } from '../../../../controller/apiserver/auth/tokens.ts';
import { tlsListener, type TlsListener } from '../../../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../../controller/apiserver/users.ts';
import { systemClock } from '../../../../process/clock.ts';
import { until } from '../../../support/wait.ts';
import { testCluster, type TestCluster } from '../cluster.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;

/** The stock kubectl's questions about rights, and its writing of them. */
describe('kubectl auth', function () {
  this.timeout(60_000);
  let folder: string;
  let cluster: TestCluster;
  let listener: TlsListener;
  let environment: NodeJS.ProcessEnv;
  before(async function () {
    if (!isInstalled) {
      if (process.env['CI'] === 'true')
        throw new Error('kubectl is not on the PATH: install it (https://kubernetes.io/docs/tasks/tools)');
      console.log('      skipped: install kubectl (https://kubernetes.io/docs/tasks/tools) to run these');
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'kith-kubectl-auth-'));
    cluster = await testCluster(systemClock);
    const certificate = await servingCertificate(folder, systemClock);
    const tokens = new Tokens().add('token', adminUser);
    const { apiServer } = cluster;
    listener = await tlsListener({ apiServer, certificate, tokens, port: 0, clock: systemClock });
    const kubeconfig = join(folder, 'kubeconfig');
    const { server } = listener;
    await writeContext(kubeconfig, { name: 'kith', server, ca: certificate.ca, token: 'token' });
    environment = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
  });
  after(async () => {
    if (!cluster) return;
    await cluster.close();
    await listener.close(500);
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: string[], input?: string) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const child = execFile('kubectl', args, { env: environment, timeout: 30_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      );
      child.stdin!.end(input ?? '');
    });
  const kubectl = async (args: string, input?: string): Promise<string> => {
    const { code, out, err } = await run(args.split(' '), input);
    assert.equal(code, 0, `kubectl ${args}: ${err}`);
    return out;
  };
  const refused = async (args: string, input?: string): Promise<string> => {
    const { code, err } = await run(args.split(' '), input);
    assert.notEqual(code, 0, `kubectl ${args} was allowed`);
    return err;
  };

  const readers = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}
- {kind: ServiceAccount, name: robot, namespace: default}
`;

  it('reconciles roles and bindings, and adds to what is there', async () => {
    assert.match(
      await kubectl('auth reconcile -f -', readers),
      /role.*\/reader reconciled[^]*rolebinding.*\/readers reconciled/,
    );
    await kubectl('auth reconcile -f -', readers.replace('verbs: [get, list]', 'verbs: [watch]'));
    assert.match(await kubectl('auth can-i watch pods --as bob'), /^yes/);
    assert.match(await kubectl('auth can-i list pods --as bob'), /^yes/);
  });

  it('says what one may do, as oneself and as another', async () => {
    assert.match(await kubectl('auth can-i delete nodes'), /^yes/);
    assert.match(await kubectl('auth can-i get pods/log --as bob'), /^yes/);
    assert.equal((await run('auth can-i create pods --as bob'.split(' '))).out.trim(), 'no');
    assert.equal((await run('auth can-i get pods --as bob -n kube-system'.split(' '))).out.trim(), 'no');
    assert.match(await kubectl('auth can-i get /version --as bob'), /^yes/);
    const list = await kubectl('auth can-i --list --as bob');
    assert.match(list, /^pods +\[\] +\[\] +\[(get list|watch)/m);
    assert.match(list, /^selfsubjectreviews\.authentication\.k8s\.io +\[\] +\[\] +\[create\]/m);
    assert.match(await kubectl('auth can-i --list'), /^\*\.\* +\[\] +\[\] +\[\*\]/m);
  });

  it('says who one is', async () => {
    assert.match(
      await kubectl('auth whoami'),
      /Username +kith-admin\nGroups +\[system:masters system:authenticated\]/,
    );
    const as = 'auth whoami --as bob --as-group writers --as-uid 7';
    assert.match(await kubectl(as), /Username +bob\nUID +7\nGroups +\[writers system:authenticated\]/);
    assert.match(
      await kubectl('auth whoami --as system:serviceaccount:default:robot'),
      /Groups +\[system:serviceaccounts system:serviceaccounts:default system:authenticated\]/,
    );
  });

  it('acts as another within their rights', async () => {
    await kubectl('apply -f -', readers);
    await until('the right is known', async () => (await run('get pods --as bob'.split(' '))).code === 0);
    assert.match(
      await refused('get secrets --as bob'),
      /secrets is forbidden: User "bob" cannot list resource "secrets" in API group "" in the namespace "default"/,
    );
    assert.match(
      await refused('get pods --as bob -A'),
      /pods is forbidden: User "bob" cannot list resource "pods" in API group "" at the cluster scope/,
    );
  });

  it('gets a token for an account, which is that account until the account is gone', async () => {
    await kubectl('apply -f -', 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n');
    const token = (await kubectl('create token robot --duration 10m')).trim();
    await writeFile(join(folder, 'robot'), 'apiVersion: v1\nkind: Config\n');
    const own = ['--kubeconfig', join(folder, 'robot')];
    const server = ['--server', listener.server, '--certificate-authority', join(folder, 'ca.pem')];
    const asRobot = (...args: string[]) => run([...own, ...server, '--token', token, ...args]);
    const whoami = await asRobot('auth', 'whoami');
    assert.match(whoami.out, /Username +system:serviceaccount:default:robot/, whoami.err);
    assert.equal((await asRobot('get', 'pods')).code, 0);
    assert.match(
      (await asRobot('get', 'secrets')).err,
      /serviceaccount:default:robot" cannot list resource "secrets"/,
    );
    await kubectl('delete serviceaccount robot');
    assert.match((await asRobot('get', 'pods')).err, /Unauthorized|must be logged in/);
    assert.match(await refused('create token robot'), /serviceaccounts "robot" not found/);
  });

  it('explains and lists the kinds that are only asked', async () => {
    assert.match(
      await kubectl('explain selfsubjectaccessreview.spec.resourceAttributes.verb'),
      /FIELD: verb <string>/,
    );
    const resources = await kubectl('api-resources -o wide');
    assert.match(
      resources,
      /selfsubjectaccessreviews +authorization\.k8s\.io\/v1 +false +SelfSubjectAccessReview +create/,
    );
    assert.match(resources, /tokenreviews +authentication\.k8s\.io\/v1 +false +TokenReview +create/);
  });
});
