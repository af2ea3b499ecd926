import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRange, refuse, serveBlobs } from '../../../agent/blobs/serve.ts';
import { BlobStore } from '../../../agent/blobs/store.ts';
import { systemClock } from '../../../process/clock.ts';
import { digestOf, removeTemporaryFolders, someBytes, temporaryFolder } from './fixtures.ts';
import { startPeer } from './peers.ts';

const bytes = someBytes(300_000);
const digest = digestOf(bytes);

describe('serving blobs', () => {
  let peer: Awaited<ReturnType<typeof startPeer>>;

  before(async () => {
    const store = await BlobStore.open({ folder: await temporaryFolder(), clock: systemClock });
    await store.write([bytes], digest, bytes.length);
    peer = await startPeer('host', (stream, headers) => {
      if (!serveBlobs(store, stream, headers)) refuse(stream, 404, 'not a blob');
    });
  });
  after(async () => {
    await peer.close();
    await removeTemporaryFolders();
  });

  async function get(path: string, headers: Record<string, string> = {}) {
    const answer = await peer.fetch(path, headers);
    return { ...answer, bytes: Buffer.concat((await answer.body.toArray()) as Buffer[]) };
  }

  it('sends the whole blob with its length', async () => {
    const answer = await get(`/blobs/${digest}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-length'], '300000');
    assert.deepEqual(answer.bytes, bytes);
  });

  it('sends a range, says which, and refuses one beyond the end', async () => {
    const answer = await get(`/blobs/${digest}`, { range: 'bytes=299990-' });
    assert.equal(answer.status, 206);
    assert.equal(answer.headers['content-range'], 'bytes 299990-299999/300000');
    assert.deepEqual(answer.bytes, bytes.subarray(299_990));
    assert.equal((await get(`/blobs/${digest}`, { range: 'bytes=300000-' })).status, 416);
  });

  it('answers HEAD without a body', async () => {
    const answer = await get(`/blobs/${digest}`, { ':method': 'HEAD' });
    assert.deepEqual(
      [answer.status, answer.headers['content-length'], answer.bytes.length],
      [200, '300000', 0],
    );
  });

  it('refuses what is not there, not a digest, or not a read', async () => {
    assert.equal((await get(`/blobs/${digestOf(Buffer.from('other'))}`)).status, 404);
    assert.equal((await get('/blobs/sha256:../../../etc/passwd')).status, 400);
    assert.equal((await get(`/blobs/${digest}`, { ':method': 'DELETE' })).status, 405);
    assert.equal((await get('/elsewhere')).bytes.toString(), 'not a blob\n');
  });

  it('never reads outside the blob, whatever the range', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.option(fc.nat(50)), fc.option(fc.nat(50))).map(([a, b]) => `bytes=${a ?? ''}-${b ?? ''}`),
    );
    fc.assert(
      fc.property(header, fc.nat(40), (text, size) => {
        const range = parseRange(text, size);
        if (range === undefined || range === 'unsatisfiable') return;
        assert.ok(0 <= range.start && range.start <= range.end && range.end < size, JSON.stringify(range));
      }),
    );
  });
});
