import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeContext } from '../../../../client/kubeconfig.ts';
import { Tokens } from '../../../../controller/apiserver/auth/tokens.ts';
import { tlsListener, type TlsListener } from '../../../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../../controller/apiserver/users.ts';
import { systemClock } from '../../../../process/clock.ts';
import { testCluster, type TestCluster } from '../cluster.ts';
import { widget, widgetDefinition } from './widgets.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;

describe('kubectl with custom resources', function () {
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
  const kubectl = async (args: string, input?: object): Promise<string> => {
    const { code, out, err } = await run(args.split(' '), input && JSON.stringify(input));
    assert.equal(code, 0, `kubectl ${args}: ${err}${out}`);
    return out;
  };

  it('applies a definition, waits for it, and then knows the kind by all its words', async () => {
    const definition = widgetDefinition({
      spec: { names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['toys'] } },
      schema: {
        type: 'object',
        description: 'A thing to play with.',
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
    assert.match(await kubectl('apply -f -', definition), /created/);
    await kubectl('wait --for=condition=established --timeout=20s crd/widgets.example.com');
    assert.match(await kubectl('get crd'), /NAME\s+CREATED AT\nwidgets\.example\.com\s+\d{4}-/);
    assert.match(await kubectl('apply -f -', widget({ size: 3 })), /widget\.example\.com\/one created/);
    assert.match(await kubectl('get wd'), /^NAME\s+SIZE\none\s+3\n$/);
    assert.match(await kubectl('get toys -o name'), /^widget\.example\.com\/one\n$/);
    assert.match(
      await kubectl('api-resources --api-group=example.com'),
      /widgets\s+wd\s+example\.com\/v1\s+true\s+Widget/,
    );
    assert.match(await kubectl('explain widget.spec.size'), /How large it is\./);
    assert.match(await kubectl('describe widget one'), /Size:\s+3/);
  });

  it('applies changes from either side, patches, scales, and shows why something is refused', async () => {
    assert.match(await kubectl('apply -f -', widget({ size: 4 })), /configured/);
    assert.match(
      await kubectl('apply --server-side --force-conflicts -f -', widget({ size: 5 })),
      /serverside-applied/,
    );
    await kubectl('patch widget one --type=merge -p {"spec":{"size":6}}');
    await kubectl('scale widget one --replicas=2');
    assert.equal(await kubectl('get widget one -o jsonpath={.spec}'), '{"replicas":2,"size":6}');
    const large = await run(['apply', '-f', '-'], JSON.stringify(widget({ size: 10 })));
    assert.match(
      large.err,
      /spec\.size: Invalid value: 10: spec\.size in body should be less than or equal to 9/,
    );
    const strange = await run(['apply', '-f', '-'], JSON.stringify(widget({ colour: 'red' }, 'two')));
    assert.match(strange.err, /strict decoding error: unknown field "spec\.colour"/);
    assert.match(await kubectl('label widget one a=b'), /labeled/);
    assert.match(await kubectl('get widgets -l a=b -o name'), /one/);
  });

  it('deletes the definition, and with it the kind', async () => {
    assert.match(await kubectl('delete crd widgets.example.com --timeout=20s'), /deleted/);
    const gone = await run(['get', 'widgets']);
    assert.match(
      gone.err,
      /the server doesn't have a resource type "widgets"|could not find the requested resource/,
    );
  });
});
