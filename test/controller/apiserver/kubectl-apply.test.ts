import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigMap, Deployment } from '../../../api/types.ts';
import { writeContext } from '../../../client/kubeconfig.ts';
import { Tokens } from '../../../controller/apiserver/auth/tokens.ts';
import { tlsListener, type TlsListener } from '../../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../controller/apiserver/users.ts';
import { systemClock } from '../../../process/clock.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;

const manifest = (replicas: number | undefined, image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: hello}
spec:${replicas === undefined ? '' : `\n  replicas: ${replicas}`}
  selector: {matchLabels: {app: hello}}
  template:
    metadata: {labels: {app: hello}}
    spec: {containers: [{name: web, image: '${image}'}]}
`;
const configMap = (name: string, label: string, data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, labels: {set: ${label}}}
data: ${data}
---
`;

/** The stock kubectl and who owns what; no controllers run, so nothing but the API answers. */
describe('kubectl apply on the server', function () {
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
    folder = await mkdtemp(join(tmpdir(), 'kith-kubectl-apply-'));
    cluster = await testCluster(systemClock);
    const certificate = await servingCertificate(folder, systemClock);
    const tokens = new Tokens().add('token', adminUser);
    listener = await tlsListener({
      apiServer: cluster.apiServer,
      certificate,
      tokens,
      port: 0,
      clock: systemClock,
    });
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

  interface Result {
    code: number;
    out: string;
    error: string;
  }
  const kubectl = (args: string, more: NodeJS.ProcessEnv = {}): Promise<Result> =>
    new Promise((resolve) => {
      const env = { ...environment, ...more };
      execFile('kubectl', args.split(' '), { env, cwd: folder }, (error, out, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, error: stderr }),
      );
    });
  const ok = async (args: string, more?: NodeJS.ProcessEnv): Promise<string> => {
    const { code, out, error } = await kubectl(args, more);
    assert.equal(code, 0, `kubectl ${args}: ${error}${out}`);
    return out;
  };
  const file = async (text: string, name = 'manifest.yaml'): Promise<string> => {
    await writeFile(join(folder, name), text);
    return name;
  };
  const hello = () => cluster.client.get<Deployment>({ kind: 'Deployment', name: 'hello' });
  const owners = async () =>
    // The annotation of the client-side apply has an owner of its own.
    (await hello())
      .metadata!.managedFields!.filter(({ manager }) => manager !== 'kubectl-last-applied')
      .map(
        ({ manager, operation, subresource }) =>
          `${manager} ${operation}${subresource ? ` ${subresource}` : ''}`,
      );

  it('takes over what it had applied from the client, and then owns it alone', async () => {
    await ok(`apply -f ${await file(manifest(1, 'hello:1'))}`);
    assert.deepEqual(await owners(), ['kubectl-client-side-apply Update']);
    assert.match(await ok('apply view-last-applied deployment hello'), /image: hello:1/);
    assert.match(
      await ok(`apply --server-side -f ${await file(manifest(2, 'hello:2'))}`),
      /serverside-applied/,
    );
    assert.deepEqual(await owners(), ['kubectl Apply']);
    assert.equal((await hello()).spec!.replicas, 2);
  });

  it('says who owns what it would change, and takes it where it is told to', async () => {
    await ok('scale deployment hello --replicas=5');
    assert.deepEqual(await owners(), ['kubectl Apply', 'kubectl Update scale']);
    const name = await file(manifest(3, 'hello:2'));
    const refused = await kubectl(`apply --server-side -f ${name}`);
    assert.equal(refused.code, 1);
    assert.match(
      refused.error,
      /Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale"/,
    );
    assert.match(refused.error, /\.spec\.replicas/);
    await ok(`apply --server-side --force-conflicts -f ${name}`);
    assert.equal((await hello()).spec!.replicas, 3);
    assert.deepEqual(await owners(), ['kubectl Apply']);
  });

  it('lets go of what it no longer says, which another then keeps', async () => {
    await ok(
      `apply --server-side --field-manager=autoscaler --force-conflicts -f ${await file(manifest(4, 'hello:2'))}`,
    );
    await ok(`apply --server-side -f ${await file(manifest(undefined, 'hello:2'))}`);
    assert.equal((await hello()).spec!.replicas, 4);
  });

  it('changes nothing by what is applied already, not even its version', async () => {
    const name = await file(manifest(undefined, 'hello:2'));
    const { metadata } = await hello();
    await ok(`apply --server-side -f ${name}`);
    assert.deepEqual((await hello()).metadata, metadata);
  });

  it('shows what an apply would change, and changes nothing', async () => {
    const name = await file(manifest(undefined, 'hello:3'));
    const { code, out } = await kubectl(`diff --server-side -f ${name}`);
    assert.equal(code, 1);
    assert.match(out, /-\s+- image: hello:2\n\+\s+- image: hello:3/);
    await ok(`apply --server-side --dry-run=server -f ${name}`);
    assert.equal((await hello()).spec!.template.spec!.containers[0]!.image, 'hello:2');
  });

  it('shows owners only where they are asked for', async () => {
    assert.ok(!(await ok('get deployment hello -o yaml')).includes('managedFields'));
    assert.match(await ok('get deployment hello -o yaml --show-managed-fields'), /manager: kubectl/);
  });

  it('edits and replaces under names of their own', async () => {
    await ok('edit deployment hello', { KUBE_EDITOR: 'sed -i s/hello:2/hello:4/' });
    assert.ok((await owners()).includes('kubectl-edit Update'));
    assert.equal((await hello()).spec!.template.spec!.containers[0]!.image, 'hello:4');
    await ok(`replace -f ${await file(manifest(1, 'hello:5'))}`);
    assert.ok((await owners()).includes('kubectl-replace Update'));
  });

  it('prunes what is no longer among what is applied', async () => {
    const both = await file(configMap('a', 'x', '{k: "1"}') + configMap('b', 'x', '{k: "1"}'), 'set.yaml');
    await ok(`apply -f ${both} --prune -l set=x --prune-allowlist=core/v1/ConfigMap`);
    const one = await file(configMap('a', 'x', '{k: "1"}'), 'set.yaml');
    assert.match(
      await ok(`apply -f ${one} --prune -l set=x --prune-allowlist=core/v1/ConfigMap`),
      /configmap\/b pruned/,
    );
    const { items } = await cluster.client.list<ConfigMap>('ConfigMap', { labelSelector: 'set=x' });
    assert.deepEqual(
      items.map(({ metadata }) => metadata!.name),
      ['a'],
    );
  });

  it('is refused an unknown field in the words of Kubernetes, or warned of it', async () => {
    const name = await file(
      `${configMap('c', 'odd', '{k: "1"}').replace('---', '')}colour: blue\n`,
      'odd.yaml',
    );
    const refused = await kubectl(`create -f ${name}`);
    assert.match(
      refused.error,
      /Error from server \(BadRequest\).*ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"/,
    );
    const warned = await kubectl(`create --validate=warn -f ${name}`);
    assert.equal(warned.code, 0);
    assert.match(warned.error, /Warning: unknown field "colour"/);
    const applied = await kubectl(`apply --server-side -f ${name}`);
    assert.match(applied.error, /\.colour: field not declared in schema/);
  });
});
