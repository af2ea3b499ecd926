import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import type { Pod, Service } from '../../../api/types.ts';
import { openTunnel, TunnelRefused } from '../../../swarm/tunnel.ts';
import type { Testnet } from '../../support/testnet.ts';
import { createKeyPair } from '../../../swarm/keys.ts';
import { tcpPort } from '../../support/fake-sandbox.ts';
import { until } from '../../support/wait.ts';
import { pod } from '../pods/support.ts';
import { LinkedHost, request, testnet } from './support.ts';

describe('tunnels into pods', () => {
  let net: Testnet;
  let host: LinkedHost;
  let uid: string;
  let authority: string;
  let echo: Awaited<ReturnType<typeof tcpPort>>;
  before(async () => {
    net = await testnet();
    echo = await tcpPort(createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)));
  });
  beforeEach(async () => {
    host = await LinkedHost.create(net, { tunnelLimits: { perPeer: 2, total: 3 } });
    host.sandbox.ports.set(8080, echo.serve);
    host.api.put(pod('web', { spec: { terminationGracePeriodSeconds: 1 } }));
    await host.untilReady('web');
    uid = host.api.find<Pod>('Pod', 'web', 'default')!.metadata!.uid!;
    authority = `${host.statusOf('web')!.podIP}:8080`;
  });
  afterEach(() => host.close());
  after(async () => {
    await net.close();
    await echo.close();
  });

  const open = (link: Awaited<ReturnType<LinkedHost['linkFrom']>>, to = authority, podUid = uid) =>
    openTunnel(link.session!, { ':authority': to, 'kith-pod-uid': podUid });
  const refusedWith = (status: number) => (error: unknown) =>
    error instanceof TunnelRefused && error.status === status;

  it('carry bytes both ways, and each direction ends by itself', async () => {
    const tunnel = await open(await host.linkFrom('gateway'));
    tunnel.end('hello');
    assert.equal(await text(tunnel), 'hello');
  });

  it('are refused into a pod that is ending, so that the request can go to another', async () => {
    const link = await host.linkFrom('gateway');
    (await open(link)).destroy();
    host.sandbox.ignoreStop = true;
    await host.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' });
    await until('it is refused', () => open(link).then(() => false, refusedWith(503)));
    host.sandbox.container('web').exit(0);
  });

  it('are refused to owners whom no Service of the pod is open to', async () => {
    await host.close();
    const other = await LinkedHost.create(net);
    other.sandbox.ports.set(8080, echo.serve);
    const closed = pod('closed');
    closed.metadata!.labels = { app: 'closed' };
    other.api.put(closed);
    const service = (openTo: string) =>
      other.api.put({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'closed', namespace: 'default', annotations: { 'kith.home.arpa/open-to': openTo } },
        spec: { selector: { app: 'closed' }, ports: [{ port: 80 }] },
      } as Service);
    service('bob, carol');
    await other.untilReady('closed');
    const to = `${other.statusOf('closed')!.podIP}:8080`;
    // No tunnel was opened yet, and no controller answers: the host has followed the rule since the pod came.
    other.api.away = true;
    const byName = async (owner: string) => {
      const keyPair = createKeyPair();
      const role = { role: 'gateway', name: `gateway-of-${owner}` } as const;
      const member = await net.makeMember(
        { ...role, keyPair },
        { certificate: net.certify(keyPair, role, { owner }) },
      );
      return open(await member.dial(other.node.key, 'data'), to, closed.metadata!.uid!);
    };
    await assert.rejects(byName('ann'), refusedWith(403));
    const bobs = await byName('bob');
    const carols = await byName('carol');
    // Who may no longer is cut; who still may goes on.
    bobs.on('error', () => {});
    other.api.away = false;
    await until('bob is cut', () => {
      // The API of the test does not tell a watch what it missed.
      service('carol');
      return bobs.destroyed;
    });
    carols.end('still here');
    assert.equal(await text(carols), 'still here');
    await other.close();
  });

  it('carry much, with a slow reader, unchanged', async () => {
    const tunnel = await open(await host.linkFrom('gateway'));
    const sent = randomBytes(4 * 1024 * 1024);
    const hash = createHash('sha256');
    let pauses = 0;
    const slow = new Writable({
      highWaterMark: 64 * 1024,
      write(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        if (++pauses % 20 === 0) setTimeout(done, 1);
        else done();
      },
    });
    await Promise.all([pipeline(Readable.from([sent]), tunnel, { end: true }), pipeline(tunnel, slow)]).catch(
      (error: NodeJS.ErrnoException) => {
        // Both pipelines watch one duplex: the first to end may see the other half still going.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      },
    );
    assert.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'));
  });

  it('are refused to a person, and to none of those who serve', async () => {
    await assert.rejects(open(await host.linkFrom('person')), refusedWith(403));
    for (const role of ['controller', 'gateway', 'node'] as const)
      (await open(await host.linkFrom(role, `other-${role}`))).destroy();
  });

  it('lead to the very pod that was named, or nowhere', async () => {
    const link = await host.linkFrom('gateway');
    await assert.rejects(open(link, authority, 'another-uid'), refusedWith(404));
    await assert.rejects(open(link, '10.244.3.99:8080'), refusedWith(404));
    await assert.rejects(open(link, authority.replace('8080', '99999')), refusedWith(404));
    await assert.rejects(open(link, authority.replace('8080', '81')), refusedWith(503));
    (await open(link)).destroy();
  });

  it('are limited for each peer and in all, and free again when they end', async () => {
    const [one, two] = [await host.linkFrom('gateway'), await host.linkFrom('gateway', 'second')];
    const held = [await open(one), await open(one)];
    await assert.rejects(open(one), refusedWith(429));
    held.push(await open(two));
    await assert.rejects(open(two), refusedWith(429));
    for (const tunnel of held) tunnel.destroy();
    await until('room again', async () => {
      const tunnel = await open(one).catch(() => undefined);
      tunnel?.destroy();
      return tunnel;
    });
  });

  it('end with the pod, and the reader can tell that it was cut', async () => {
    const tunnel = await open(await host.linkFrom('gateway'));
    const reading = buffer(tunnel);
    tunnel.write('x');
    await host.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' });
    await assert.rejects(reading);
    await until('it is gone', () => !host.api.find('Pod', 'web', 'default'));
    await assert.rejects(open(await host.linkFrom('gateway', 'later')), refusedWith(404));
  });

  it('stand beside blobs and images, which go to their own handler', async () => {
    const link = await host.linkFrom('node', 'peer');
    assert.equal((await request(link, 'GET', '/elsewhere')).status, 404);
    await host.close();
    const other = await LinkedHost.create(net, {
      blobs: (stream, headers) => {
        stream.respond({ ':status': 200 });
        stream.end(`bytes of ${headers[':path']}`);
      },
    });
    const answer = await request(await other.linkFrom('node', 'peer2'), 'GET', '/blobs/sha256:1');
    assert.deepEqual(answer, { status: 200, text: 'bytes of /blobs/sha256:1' });
    await other.close();
  });
});
