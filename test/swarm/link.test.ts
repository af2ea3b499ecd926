import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../process/clock.ts';
import { seededRandom } from '../../process/random.ts';
import type { SwarmMember } from '../../swarm/member.ts';
import type { Link, StreamHandler } from '../../swarm/swarm.ts';
import { openTunnel, resetStream, TunnelRefused } from '../../swarm/tunnel.ts';
import { testnet, type Testnet } from '../support/testnet.ts';
import { rawPeer } from './raw.ts';

const MiB = 1024 * 1024;

describe('a link', () => {
  let net: Testnet;
  let server: SwarmMember;
  let accepted: Link[] = [];
  let serve: StreamHandler;
  const open = new Set<ServerHttp2Stream>();

  before(async () => {
    net = await testnet();
    server = await net.makeMember({ role: 'controller', name: 'controller' });
    const handler: StreamHandler = (stream, headers, link) => {
      open.add(stream);
      stream.once('close', () => open.delete(stream));
      serve(stream, headers, link);
    };
    await server.listen({
      admit: () => {},
      handlers: { control: handler, data: handler },
      onLink: (link) => accepted.push(link),
    });
  });
  beforeEach(() => {
    accepted = [];
    serve = (stream) => stream.end('hello');
  });
  after(() => net.close());
  const client = () => net.makeMember({ role: 'node', name: 'attic' });

  it('knows who is at the other end, when it was last heard and how far away it is, on both sides', async () => {
    const node = await client();
    const link = await node.dial(server.key, 'control');
    const other = await eventually(() => accepted[0]);
    assert.deepEqual([link.peer.key, link.dialled, link.purpose], [server.key, true, 'control']);
    assert.deepEqual(
      [other.peer.key, other.dialled, other.peer.certificate.name],
      [node.key, false, 'attic'],
    );
    for (const side of [link, other]) {
      assert.ok((await eventually(() => side.roundTripMs())) < 1_000);
      assert.ok(systemClock.now() - side.lastHeardAt() < 1_500);
    }
    assert.deepEqual(node.links(), [link]);
  });

  it('serves on the dialling side where its purpose is streams', async () => {
    const node = await client();
    const link = await node.dial(server.key, 'streams', {
      handler: (stream, headers) => stream.end(`log of ${headers[':path']}`),
    });
    assert.equal(link.session, undefined);
    const other = await eventually(() => accepted[0]);
    assert.equal(await text(other.session!.request({ ':path': '/pods/hello' })), 'log of /pods/hello');
  });

  it('ends with a goodbye where the peer says so', async () => {
    const node = await client();
    const link = await node.dial(server.key, 'control');
    const other = await eventually(() => accepted[0]);
    await link.close();
    assert.equal((await other.closed).reason, 'goodbye');
    assert.equal((await link.closed).reason, 'goodbye');

    const again = await node.dial(server.key, 'control');
    await (await eventually(() => accepted[1])).close();
    assert.equal((await again.closed).reason, 'goodbye');
    assert.deepEqual(node.links(), []);
  });

  it('ends with an error where the connection is cut without a word', async () => {
    const node = await client();
    const link = await node.dial(server.key, 'control');
    const other = await eventually(() => accepted[0]);
    // Not through `close`: as a crash would.
    (link.session as { destroy(): void }).destroy();
    assert.equal((await other.closed).reason, 'error');
    assert.equal((await link.closed).reason, 'error');
  });

  it('is one per purpose and direction: dialling again gives the live one, all at once give the same', async () => {
    const node = await client();
    const links = await Promise.all([1, 2, 3].map(() => node.dial(server.key, 'data')));
    assert.equal(new Set(links).size, 1);
    assert.equal(await node.dial(server.key, 'data'), links[0]);
    const control = await node.dial(server.key, 'control');
    assert.notEqual(control, links[0]);
    assert.equal(node.links().length, 2);
  });

  it('gives way to a newer one of the same process, and stands beside one of another', async () => {
    const [first, other] = [await rawPeer(net), await rawPeer(net)];
    await first.hello(server.key, 'control');
    const old = await eventually(() => accepted[0]);
    await other.hello(server.key, 'control');
    await first.hello(server.key, 'data');
    await first.hello(server.key, 'control');
    assert.equal((await old.closed).detail, 'closed on this side');
    const living = server.links().filter((link) => accepted.includes(link));
    assert.deepEqual(living, accepted.slice(1));
  });

  it('carries 50 MB both ways, byte for byte', async () => {
    const block = randomBytes(MiB);
    const blocks = 50;
    const content = function* () {
      for (let index = 0; index < blocks; index++) {
        block.writeUInt32BE(index);
        yield Buffer.from(block);
      }
    };
    const expected = createHash('sha256');
    for (const part of content()) expected.update(part);
    serve = (stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    };
    const link = await (await client()).dial(server.key, 'data');
    const request = link.session!.request({ ':method': 'POST', ':path': '/echo' });
    const got = createHash('sha256');
    let bytes = 0;
    await Promise.all([
      pipeline(Readable.from(content()), request),
      (async () => {
        for await (const part of request as AsyncIterable<Buffer>) {
          got.update(part);
          bytes += part.length;
        }
      })(),
    ]);
    assert.equal(bytes, blocks * MiB);
    assert.equal(got.digest('hex'), expected.digest('hex'));
  });

  it('lets a sender go no further than the windows when nobody reads', async () => {
    serve = (stream) => stream.respond({ ':status': 200 });
    const link = await (await client()).dial(server.key, 'data');
    const request = link.session!.request({ ':method': 'POST', ':path': '/' });
    let sent = 0;
    const chunk = Buffer.alloc(MiB / 4);
    // Each write that is done has left Node's own buffers.
    let enough = false;
    const pump = () => {
      if (enough) return;
      request.write(chunk, (error) => {
        if (error) return;
        sent += chunk.length;
        pump();
      });
    };
    pump();
    const before = await settledNumber(() => sent);
    assert.ok(before < 24 * MiB, `${before} bytes were taken`);
    assert.ok(before > 0);
    const [stream] = open;
    stream!.resume();
    await eventually(() => sent > before + 32 * MiB);
    enough = true;
    request.close(constants.NGHTTP2_CANCEL);
  });

  it('leaks nothing when streams are aborted at random', async () => {
    const random = seededRandom(7);
    serve = (stream) => {
      stream.respond({ ':status': 200 });
      Readable.from(slowly()).pipe(stream);
    };
    const link = await (await client()).dial(server.key, 'data');
    const finished = Array.from({ length: 300 }, async () => {
      const stream = link.session!.request({ ':path': '/' });
      stream.on('error', () => {});
      const closed = once(stream, 'close').catch(() => {});
      stream.resume();
      const fate = random.next();
      if (fate < 0.3) stream.close(constants.NGHTTP2_CANCEL);
      else if (fate < 0.6) stream.once('data', () => stream.destroy());
      else if (fate < 0.8) stream.once('response', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
      await closed;
      return stream.rstCode;
    });
    const codes = await Promise.all(finished);
    assert.ok(codes.some((code) => code === 0));
    await eventually(() => open.size === 0);
    serve = (stream) => stream.end('still here');
    assert.equal(await text(link.session!.request({ ':path': '/' })), 'still here');
  });

  it('lets go of a stream whose answer was under way when its peer reset it with code 0', async () => {
    serve = (stream) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(8 * MiB));
    };
    const link = await (await client()).dial(server.key, 'data');
    const stream = link.session!.request({ ':path': '/' });
    stream.on('error', () => {});
    await once(stream, 'response');
    stream.close(constants.NGHTTP2_NO_ERROR);
    await eventually(() => open.size === 0);
  });

  describe('as a tunnel', () => {
    const authority = { ':authority': '10.244.1.2:8080' };

    it('carries bytes both ways, with half-close', async () => {
      serve = (stream, headers) => {
        assert.equal(headers[':method'], 'CONNECT');
        stream.respond({ ':status': 200 });
        stream.setEncoding('utf8');
        let all = '';
        stream.on('data', (part: string) => (all += part));
        stream.on('end', () => stream.end(`you said ${all}`));
      };
      const link = await (await client()).dial(server.key, 'data');
      const tunnel = await openTunnel(link.session!, authority);
      tunnel.end('ping');
      assert.equal(await text(tunnel), 'you said ping');
      await eventually(() => open.size === 0);
    });

    it('says with which status it was refused', async () => {
      serve = (stream) => stream.respond({ ':status': 404 }, { endStream: true });
      const link = await (await client()).dial(server.key, 'data');
      await assert.rejects(
        openTunnel(link.session!, authority),
        (error) => error instanceof TunnelRefused && error.status === 404,
      );
      await eventually(() => open.size === 0);
    });

    for (const [what, cut] of [
      ['reset', (stream: ServerHttp2Stream) => resetStream(stream, new Error('the pod died'))],
      ['cut with its link', (stream: ServerHttp2Stream) => stream.session!.destroy()],
      ['ended', (stream: ServerHttp2Stream) => stream.end()],
    ] as const) {
      const whole = what === 'ended';
      it(`${whole ? 'is whole' : 'is not taken for whole'} when it is ${what}`, async () => {
        serve = (stream) => {
          stream.respond({ ':status': 200 });
          stream.write('half');
          stream.once('data', () => cut(stream));
        };
        const link = await (await client()).dial(server.key, 'data');
        const tunnel = await openTunnel(link.session!, authority);
        let got = '';
        const read = (async () => {
          for await (const part of tunnel) {
            got += String(part);
            tunnel.write('go on');
          }
        })();
        if (whole) await read;
        else await assert.rejects(read);
        assert.equal(got, 'half');
        tunnel.destroy();
        await eventually(() => open.size === 0);
      });
    }
  });
});

async function* slowly(): AsyncGenerator<Buffer> {
  for (let part = 0; part < 5; part++) {
    await systemClock.sleep(1);
    yield Buffer.alloc(10_000, part);
  }
}

/** Waits until `look` gives something. The test's own timeout is its end. */
async function eventually<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    await systemClock.sleep(5);
  }
}

/** The number once it has stopped growing. */
async function settledNumber(look: () => number): Promise<number> {
  for (let last = -1; ;) {
    await systemClock.sleep(200);
    const now = look();
    if (now === last && now > 0) return now;
    last = now;
  }
}
