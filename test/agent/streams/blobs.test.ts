import assert from 'node:assert/strict';
import type { ClientHttp2Stream } from 'node:http2';
import type { Link } from '../../../swarm/swarm.ts';
import type { Testnet } from '../../support/testnet.ts';
import { until } from '../../support/wait.ts';
import { LinkedHost, request, testnet } from './support.ts';

describe('blobs that a host hands out', () => {
  let net: Testnet;
  let host: LinkedHost;
  let open = 0;
  before(async () => (net = await testnet()));
  after(() => net.close());
  beforeEach(async () => {
    open = 0;
    host = await LinkedHost.create(net, {
      blobLimits: { perPeer: 2, total: 3 },
      // As a blob whose reader never reads: its file stays open.
      blobs(stream, headers) {
        open++;
        stream.once('close', () => open--);
        stream.respond({ ':status': 200 });
        if (headers[':path'] === '/blobs/small') stream.end('small');
        else stream.write('and then nothing');
      },
    });
  });
  afterEach(() => host.close());

  /** A request that is never read to its end. */
  const hold = async (link: Link): Promise<{ status: number; stream: ClientHttp2Stream }> => {
    const stream = link.session!.request({ ':path': '/blobs/large' });
    stream.on('error', () => {});
    const status = await new Promise<number>((resolve) =>
      stream.once('response', (headers) => resolve(Number(headers[':status']))),
    );
    return { status, stream };
  };

  it('are a few at a time for each peer, and in all: a peer that never reads takes only its share', async () => {
    const [greedy, other, third] = [
      await host.linkFrom('node', 'greedy'),
      await host.linkFrom('node', 'other'),
      await host.linkFrom('node', 'third'),
    ];
    assert.deepEqual([(await hold(greedy)).status, (await hold(greedy)).status], [200, 200]);
    assert.equal((await hold(greedy)).status, 429);
    const held = await hold(other);
    assert.equal(held.status, 200, 'the control: another peer has a share of its own');
    assert.equal((await hold(third)).status, 429, 'all are taken');
    held.stream.close();
    await until('one has been given back', () => open === 2);
    assert.deepEqual(await request(third, 'GET', '/blobs/small'), { status: 200, text: 'small' });
    // What ended is given back.
    await until('one has been given back', () => open === 2);
    assert.deepEqual(await request(third, 'GET', '/blobs/small'), { status: 200, text: 'small' });
  });
});
