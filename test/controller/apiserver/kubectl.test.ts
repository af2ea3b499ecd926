import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment, Pod } from '../../../api/types.ts';
import { writeContext } from '../../../client/kubeconfig.ts';
import { Tokens } from '../../../controller/apiserver/auth/tokens.ts';
import { tlsListener, type TlsListener } from '../../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../controller/apiserver/users.ts';
import { systemClock } from '../../../process/clock.ts';
import { until } from '../../support/wait.ts';
import { node, pod, testCluster, type TestCluster } from './cluster.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;

const manifest = (replicas: number, image: string, more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: hello}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: hello}}
  template:
    metadata: {labels: {app: hello}}
    spec:
      containers:
      - name: web
        image: ${image}
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /, port: 8080}}
${more}---
apiVersion: v1
kind: Service
metadata: {name: hello}
spec:
  selector: {app: hello}
  ports: [{port: 80, targetPort: 8080}]
`;

/** The stock kubectl against the TLS listener; no controllers run, so nothing but the API answers. */
describe('kubectl', function () {
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
    folder = await mkdtemp(join(tmpdir(), 'kith-kubectl-'));
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
    await writeContext(kubeconfig, {
      name: 'kith',
      server: listener.server,
      ca: certificate.ca,
      token: 'token',
    });
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
  const hello = () =>
    cluster.client.get<Deployment>({ kind: 'Deployment', namespace: 'default', name: 'hello' });

  it('finds the server, its version and its resources', async () => {
    assert.match(await kubectl('version'), /Server Version: v1\.33\.0\+kith/);
    const resources = await kubectl('api-resources');
    assert.match(resources, /deployments +deploy +apps\/v1 +true +Deployment/);
    assert.match(await kubectl('get --raw /readyz'), /ok/);
    assert.match(await kubectl('explain deployment.spec.replicas'), /FIELD: replicas <integer>/);
  });

  it('applies a manifest: creates, leaves alone what has not changed, and patches three ways', async () => {
    assert.match(
      await kubectl('apply -f -', manifest(3, 'hello:1')),
      /deployment.apps\/hello created\nservice\/hello created/,
    );
    assert.match(
      await kubectl('apply -f -', manifest(3, 'hello:1')),
      /deployment.apps\/hello unchanged\nservice\/hello unchanged/,
    );
    // Someone else's field stays, an own field that is left out goes.
    await cluster.client.patch({ kind: 'Deployment', namespace: 'default', name: 'hello' }, 'merge', {
      metadata: { labels: { theirs: 'yes' } },
    });
    await kubectl('apply -f -', manifest(3, 'hello:2', '        env: [{name: A, value: b}]\n'));
    assert.deepEqual((await hello()).spec!.template.spec!.containers[0]!.env, [{ name: 'A', value: 'b' }]);
    await kubectl('apply -f -', manifest(3, 'hello:3'));
    const { metadata, spec } = await hello();
    assert.equal(metadata!.labels!['theirs'], 'yes');
    const [container] = spec!.template.spec!.containers;
    assert.equal(container!.image, 'hello:3');
    assert.equal(container!.env, undefined);
    assert.match((await run(['diff', '-f', '-'], manifest(4, 'hello:3'))).out, /\+ {2}replicas: 4/);
  });

  it('is refused an unknown field by its name, and nothing is written', async () => {
    const broken = manifest(1, 'hello:1').replace('name: hello}', 'name: broken}').replace('image:', 'imge:');
    const { code, err } = await run(['apply', '-f', '-'], broken);
    assert.equal(code, 1);
    assert.match(err, /unknown field "spec\.template\.spec\.containers\[0\]\.imge"/);
    assert.match((await run(['get', 'deployment', 'broken'])).err, /not found/);
  });

  it('scales, labels, annotates, sets an image, restarts a rollout', async () => {
    await kubectl('scale deployment/hello --replicas=5');
    await kubectl('label deployment/hello tier=web');
    await kubectl('annotate deployment/hello note=x');
    await kubectl('set image deployment/hello web=hello:4');
    await kubectl('rollout restart deployment/hello');
    const { metadata, spec } = await hello();
    assert.equal(spec!.replicas, 5);
    assert.equal(metadata!.labels!['tier'], 'web');
    assert.equal(metadata!.annotations!['note'], 'x');
    assert.equal(spec!.template.spec!.containers[0]!.image, 'hello:4');
    assert.ok(spec!.template.metadata!.annotations!['kubectl.kubernetes.io/restartedAt']);
  });

  it('sees a rollout come to its end', async () => {
    const { metadata, spec } = await hello();
    const status = (ready: number) => ({
      observedGeneration: metadata!.generation!,
      replicas: 5,
      updatedReplicas: 5,
      readyReplicas: ready,
      availableReplicas: ready,
    });
    const write = (ready: number) =>
      cluster.client.patch(
        { kind: 'Deployment', namespace: 'default', name: 'hello' },
        'merge',
        { status: status(ready) },
        { subresource: 'status' },
      );
    await write(4);
    const waiting = kubectl('rollout status deployment/hello --timeout=20s');
    await until('the watch', () => cluster.apiServer.registry.reader.watchCount > 0);
    await write(spec!.replicas!);
    assert.match(await waiting, /4 of 5 updated replicas are available[^]*successfully rolled out/);
  });

  it('shows tables, wide ones, and objects as YAML and JSON paths', async () => {
    await cluster.client.create(node('attic'));
    await cluster.client.create(pod('placed', { nodeName: 'attic' }));
    assert.match(
      await kubectl('get pods -o wide'),
      /NAME +READY +STATUS +RESTARTS +AGE +IP +NODE[^]*placed +0\/1 +Pending +0 +\S+ +<none> +attic/,
    );
    assert.match(await kubectl('get deployments'), /hello +5\/5 +5 +5/);
    assert.match(await kubectl('get svc hello -o jsonpath={.spec.clusterIP}'), /^10\.\d+\.\d+\.\d+$/);
    assert.match(await kubectl('get pods -l app=none'), /^$/);
    assert.match(await kubectl('get all -A'), /deployment.apps\/hello/);
    assert.match(await kubectl('get nodes -o yaml'), /name: attic/);
    assert.match(
      await kubectl('get pods --chunk-size=1 --field-selector spec.nodeName=attic -o name'),
      /pod\/placed/,
    );
  });

  it('describes what there is', async () => {
    assert.match(await kubectl('describe deployment hello'), /Replicas: +5 desired[^]*Image: +hello:4/);
    assert.match(await kubectl('describe service hello'), /TargetPort: +8080\/TCP/);
    assert.match(await kubectl('describe pod placed'), /Node: +attic/);
    assert.match(await kubectl('describe node attic'), /Name: +attic/);
  });

  it('watches: a row for each change, as it comes', async () => {
    const watching = spawn('kubectl', ['get', 'pods', '-w'], { env: environment });
    let out = '';
    watching.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    try {
      await until('the list', () => out.includes('placed'));
      await cluster.client.create<Pod>(pod('seen'));
      await until('the new pod', () => /seen +0\/1 +Pending/.test(out));
      await cluster.client.patch(
        { kind: 'Pod', namespace: 'default', name: 'seen' },
        'merge',
        { status: { phase: 'Running' } },
        { subresource: 'status' },
      );
      await until('its new phase', () => /seen +0\/1 +Running/.test(out));
      assert.equal(out.match(/NAME/g)!.length, 1);
    } finally {
      watching.kill();
    }
  });

  it('edits by replace, with the version it has seen', async () => {
    await kubectl('create -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n');
    const seen = await kubectl('get configmap c -o yaml');
    await kubectl('replace -f -', seen.replace('a: b', 'a: c'));
    const { code, err } = await run(['replace', '-f', '-'], seen.replace('a: b', 'a: d'));
    assert.equal(code, 1);
    assert.match(err, /the object has been modified/);
  });

  it('says by name what is not served yet', async () => {
    const executed = await run(['exec', 'placed', '--', 'true']);
    assert.notEqual(executed.code, 0);
    const logs = await run(['logs', 'placed']);
    assert.match(logs.err, /node attic.*is not connected/);
  });

  it('deletes by file, and waits until it is so', async () => {
    const file = join(folder, 'hello.yaml');
    await writeFile(file, manifest(1, 'hello:1'));
    assert.match(await kubectl(`delete -f ${file}`), /deployment.apps "hello" deleted/);
    assert.match((await run(['get', 'deployment', 'hello'])).err, /NotFound/);
    await kubectl('delete pod placed --grace-period=0 --force');
    await kubectl('delete configmaps --all');
    assert.deepEqual((await cluster.client.list('ConfigMap')).items, []);
  });
});
