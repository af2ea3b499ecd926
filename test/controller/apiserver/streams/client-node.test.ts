import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Attach, Exec, KubeConfig, PortForward, type V1Status } from '@kubernetes/client-node';
import { execSandbox } from '../../../support/exec-sandbox.ts';
import { until } from '../../../support/wait.ts';
import { StreamCluster } from './cluster.ts';

/** The library that programs use, against plain children of this test. */
describe('streams through @kubernetes/client-node', function () {
  this.timeout(30_000);
  let cluster: StreamCluster;
  let config: KubeConfig;
  const sandbox = execSandbox();
  before(async () => {
    cluster = await StreamCluster.create(() => sandbox);
    sandbox.ports.set(8080, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => socket.write(`heard ${chunk.toString()}`));
    });
    await cluster.run('web');
    config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
  });
  after(() => cluster.close());

  const run = async (command: string[], input?: Readable) => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const ended = Promise.withResolvers<V1Status>();
    await new Exec(config).exec(
      'default',
      'web',
      'app',
      command,
      out,
      err,
      input ?? null,
      false,
      ended.resolve,
    );
    const [status, printed, complained] = await Promise.all([ended.promise, text(out), text(err)]);
    return { status, printed, complained };
  };

  it('runs a command, with its output, its errors and its exit code', async () => {
    const { status, printed, complained } = await run(['sh', '-c', 'echo out; echo err >&2; exit 37']);
    assert.deepEqual([printed, complained], ['out\n', 'err\n']);
    assert.equal(status.status, 'Failure');
    assert.equal(status.reason, 'NonZeroExitCode');
    assert.deepEqual(status.details?.causes, [{ reason: 'ExitCode', message: '37' }]);
    assert.deepEqual((await run(['true'])).status, { metadata: {}, status: 'Success' });
  });

  it('half-closes the input', async () => {
    const { printed } = await run(['sh', '-c', 'wc -c; echo after'], Readable.from([Buffer.alloc(200_000)]));
    assert.deepEqual(printed.trim().split(/\s+/), ['200000', 'after']);
  });

  it('forwards a port', async () => {
    const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const socket = await new PortForward(config).portForward('default', 'web', [8080], out, err, input);
    let heard = '';
    out.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    input.write('hello');
    await until('the app answers', () => heard === 'heard hello');
    (socket as { close(): void }).close();
  });

  it('is refused to attach where the sandbox has no streams to attach to', async () => {
    const attaching = new Attach(config).attach(
      'default',
      'web',
      'app',
      new PassThrough(),
      null,
      null,
      false,
    );
    await assert.rejects(attaching, (error: { message?: string }) => /501/.test(error.message ?? ''));
  });
});
