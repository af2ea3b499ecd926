import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  Attach,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  Watch,
  type V1ConfigMap,
  type V1Status,
} from '@kubernetes/client-node';
import { execSandbox } from '../../../support/exec-sandbox.ts';
import { until } from '../../../support/wait.ts';
import { clusterBinding } from '../auth/rights.ts';
import { configMap } from '../cluster.ts';
import { StreamCluster } from './cluster.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

/** The library that programs use, against plain children of this test: at the controller, and from a machine that joined. */
describe('@kubernetes/client-node', function () {
  this.timeout(30_000);
  let cluster: StreamCluster;
  const sandbox = execSandbox();
  before(async () => {
    cluster = await StreamCluster.create(() => sandbox);
    sandbox.ports.set(8080, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => socket.write(`heard ${chunk.toString()}`));
    });
    await cluster.run('web');
    await cluster.api.client.create(clusterBinding('ann', 'admin', 'ann'));
    // What a role allows is known a moment after it was made.
    await until('the role is known', () => ownerMayExec(cluster));
  });
  after(() => cluster.close());

  for (const way of ['the controller', 'a joined machine'] as const)
    describe(`by way of ${way}`, () => {
      let config: KubeConfig;
      before(() => {
        config = new KubeConfig();
        config.loadFromFile(way === 'the controller' ? cluster.kubeconfig : cluster.joinedKubeconfig);
      });

      const run = async (command: string[], input?: Readable) => {
        const [out, err] = [new PassThrough(), new PassThrough()];
        const ended = Promise.withResolvers<V1Status>();
        const exec = new Exec(config);
        await exec.exec('default', 'web', 'app', command, out, err, input ?? null, false, ended.resolve);
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
        const input = Readable.from([Buffer.alloc(200_000)]);
        const { printed } = await run(['sh', '-c', 'wc -c; echo after'], input);
        assert.deepEqual(printed.trim().split(/\s+/), ['200000', 'after']);
      });

      it('attaches to what an app prints from then on', async () => {
        const out = new PassThrough();
        let heard = '';
        out.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        const attached = await new Attach(config).attach('default', 'web', 'app', out, null, null, false);
        await until('it is heard', () => {
          sandbox.container('web').print('tick\n');
          return heard.startsWith('tick\n');
        });
        attached.close();
      });

      it('forwards a port', async () => {
        const [out, err, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
        const forwarding = new PortForward(config).portForward('default', 'web', [8080], out, err, input);
        const socket = (await forwarding) as { close(): void };
        let heard = '';
        out.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        input.write('hello');
        await until('the app answers', () => heard === 'heard hello');
        socket.close();
      });

      it('follows a log to its end', async () => {
        const name = way === 'the controller' ? 'speaker' : 'talker';
        await cluster.run(name, { restartPolicy: 'Never' });
        const out = new PassThrough();
        let heard = '';
        out.on('data', (chunk: Buffer) => (heard += chunk.toString()));
        const ended = new Promise((resolve) => out.once('end', resolve));
        // Its way to give up beforehand, abort(), is an error that nobody can catch.
        await new Log(config).log('default', name, 'app', out, { follow: true });
        await until('it is heard', () => {
          sandbox.container(name).print('a line\n');
          return heard.includes('a line\n');
        });
        sandbox.container(name).exit(0);
        await ended;
      });

      it('keeps an informer’s cache as the cluster is', async () => {
        const api = config.makeApiClient(CoreV1Api);
        const list = () => api.listNamespacedConfigMap({ namespace: 'default' });
        await cluster.api.client.create(configMap('there'));
        const informer = makeInformer<V1ConfigMap>(config, configMaps, list);
        const seen: string[] = [];
        for (const event of ['add', 'update', 'delete'] as const)
          informer.on(event, ({ metadata }) => void seen.push(`${event} ${metadata!.name!}`));
        const failures: unknown[] = [];
        informer.on('error', (error) => void failures.push(error));
        await informer.start();
        await until('it has what was there', () => seen.includes('add there'));
        await cluster.api.client.create(configMap('new', { key: 'value' }));
        await until('it has what came', () => seen.includes('add new'));
        await cluster.api.client.patch({ kind: 'ConfigMap', namespace: 'default', name: 'new' }, 'merge', {
          data: { key: 'other' },
        });
        await until('it has what changed', () => informer.get('new', 'default')?.data?.['key'] === 'other');
        for (const name of ['there', 'new'])
          await cluster.api.client.delete({ kind: 'ConfigMap', namespace: 'default', name });
        await until('it has dropped what went', () => informer.list().length === 0);
        assert.deepEqual(seen, ['add there', 'add new', 'update new', 'delete there', 'delete new']);
        await informer.stop();
        assert.deepEqual(failures, []);
      });

      it('watches, from a version on', async () => {
        const { metadata } = await cluster.api.client.list('ConfigMap', { namespace: 'default' });
        await cluster.api.client.create(configMap('seen'));
        const seen: string[] = [];
        const watching = await new Watch(config).watch(
          configMaps,
          { resourceVersion: metadata?.resourceVersion },
          (phase, object: V1ConfigMap) => void seen.push(`${phase} ${object.metadata!.name!}`),
          () => {},
        );
        await cluster.api.client.delete({ kind: 'ConfigMap', namespace: 'default', name: 'seen' });
        await until('both events', () => seen.length === 2);
        assert.deepEqual(seen, ['ADDED seen', 'DELETED seen']);
        watching.abort();
      });

      it('applies an object of any kind as a named manager, and meets another’s', async () => {
        const objects = KubernetesObjectApi.makeApiClient(config);
        const apply = (key: string, manager: string, force = false) =>
          objects.patch<V1ConfigMap>(
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: { name: 'applied', namespace: 'default' },
              data: { key },
            },
            undefined,
            undefined,
            manager,
            force,
            PatchStrategy.ServerSideApply,
          );
        assert.equal((await apply('one', 'mine')).data?.['key'], 'one');
        await assert.rejects(apply('two', 'other'), (error: { code?: number; body?: unknown }) => {
          assert.equal(error.code, 409);
          assert.match(JSON.stringify(error.body), /conflict with \\*"mine\\*": \.data\.key/);
          return true;
        });
        const forced = await apply('two', 'other', true);
        assert.equal(forced.data?.['key'], 'two');
        assert.equal(forced.metadata?.managedFields?.at(-1)?.manager, 'other');
        await objects.delete(forced);
      });
    });
});

async function ownerMayExec(cluster: StreamCluster): Promise<boolean> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.joinedKubeconfig);
  const pods = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' });
  return pods.items.length > 0;
}
