import assert from 'node:assert/strict';
import { Duplex, PassThrough } from 'node:stream';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { SpdyConnection } from '../../../../controller/apiserver/streams/spdy/connection.ts';
import { headerDictionary } from '../../../../controller/apiserver/streams/spdy/dictionary.ts';
import {
  controlFrame,
  dataFrame,
  frameTypes,
  id,
  spdyFrames,
} from '../../../../controller/apiserver/streams/spdy/frames.ts';
import { HeaderCodec, type SpdyHeaders } from '../../../../controller/apiserver/streams/spdy/headers.ts';
import type { SpdyStream } from '../../../../controller/apiserver/streams/spdy/stream.ts';
import { systemClock } from '../../../../process/clock.ts';
import { until } from '../../../support/wait.ts';

/** A connection whose client is the test. */
function connection() {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const streams: SpdyStream[] = [];
  const spdy = new SpdyConnection(
    Duplex.from({ readable: toServer, writable: toClient }),
    systemClock,
    (stream) => {
      stream.on('data', () => {});
      streams.push(stream);
    },
  );
  const seen = { closed: false };
  void spdy.closed.then(() => (seen.closed = true));
  return { spdy, toServer, toClient, streams, seen };
}

const open = (streamId: number, block: Buffer) =>
  controlFrame(frameTypes.synStream, 0, id(streamId), id(0), Buffer.from([0, 0]), block);

describe('SPDY as Kubernetes’ clients speak it', () => {
  it('compresses headers over all blocks of a connection, with the dictionary of its draft', async () => {
    assert.equal(headerDictionary().length, 1423);
    const [one, other] = [new HeaderCodec(), new HeaderCodec()];
    const all: SpdyHeaders[] = [
      { streamtype: 'error', port: '80' },
      {},
      { streamtype: 'data', requestid: '0' },
    ];
    for (const headers of all)
      assert.deepEqual({ ...(await other.unpack(await one.pack(headers))) }, headers);
    one.close();
    other.close();
  });

  it('reads frames however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        async (bodies, size) => {
          const bytes = Buffer.concat(
            bodies.map((body, index) => dataFrame(index + 1, index % 2, Buffer.from(body))),
          );
          const from = new PassThrough();
          for (let at = 0; at < bytes.length; at += size) from.write(bytes.subarray(at, at + size));
          from.end();
          const read: number[][] = [];
          for await (const frame of spdyFrames(from)) read.push([...frame.body]);
          assert.deepEqual(
            read,
            bodies.map((body) => [...body]),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('ends a connection that speaks anything else, and nothing more happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 200 }), async (noise) => {
        const { toServer, toClient, seen, spdy } = connection();
        toClient.resume();
        toServer.end(Buffer.from(noise));
        await spdy.closed;
        assert.ok(seen.closed);
      }),
      { numRuns: 100 },
    );
  });

  it('gives up a connection whose headers are a bomb, a lie or out of order', async () => {
    const codec = new HeaderCodec();
    const good = await codec.pack({ streamtype: 'data' });
    const dictionary = headerDictionary();
    const spoilt: Record<string, Buffer[]> = {
      'no zlib': [open(1, Buffer.from('plain text'))],
      'a count without headers': [open(1, deflateSync(Buffer.from([0, 0, 0, 5]), { dictionary }))],
      'more headers than any has': [
        open(1, deflateSync(Buffer.from([0xff, 0xff, 0xff, 0xff]), { dictionary })),
      ],
      'a bomb': [open(1, deflateSync(Buffer.alloc(50_000_000), { dictionary }))],
      'an even number': [open(2, good)],
      'the same number again': [open(1, good), open(1, await codec.pack({}))],
      'another version of SPDY': [Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0])],
      'a frame too long': [Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff])],
    };
    for (const [what, frames] of Object.entries(spoilt)) {
      const { toServer, toClient, seen } = connection();
      toClient.resume();
      for (const frame of frames) toServer.write(frame);
      await until(`it is closed: ${what}`, () => seen.closed);
    }
    codec.close();
  });

  it('answers pings, opens streams, and refuses more than it keeps', async () => {
    const { toServer, toClient, streams, spdy } = connection();
    const codec = new HeaderCodec();
    const answers: Buffer[] = [];
    toClient.on('data', (chunk: Buffer) => answers.push(chunk));
    toServer.write(controlFrame(frameTypes.ping, 0, id(1)));
    for (let each = 0; each < 257; each++)
      toServer.write(open(each * 2 + 1, await codec.pack({ streamtype: 'data' })));
    await until('the last is refused', () =>
      Buffer.concat(answers).includes(controlFrame(frameTypes.reset, 0, id(513), id(3))),
    );
    assert.equal(streams.length, 256);
    assert.ok(Buffer.concat(answers).includes(controlFrame(frameTypes.ping, 0, id(1))));
    spdy.cut();
    codec.close();
  });
});
