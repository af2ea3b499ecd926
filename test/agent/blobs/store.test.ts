import assert from 'node:assert/strict';
import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobStore } from '../../../agent/blobs/store.ts';
import { systemClock } from '../../../process/clock.ts';
import { digestOf, removeTemporaryFolders, someBytes, temporaryFolder } from './fixtures.ts';

const bytes = someBytes(100_000);
const digest = digestOf(bytes);

async function openStore(quotaBytes?: number): Promise<BlobStore> {
  return BlobStore.open({ folder: await temporaryFolder(), clock: systemClock, quotaBytes });
}

function* pieces(of: Buffer, size = 7_000): Generator<Buffer> {
  for (let at = 0; at < of.length; at += size) yield of.subarray(at, at + size);
}

async function leftovers(store: BlobStore): Promise<string[]> {
  return readdir(join(store.folder, 'partial'));
}

describe('blob store', () => {
  afterEach(removeTemporaryFolders);

  it('keeps a blob under its digest and reads it back, whole or in part', async () => {
    const store = await openStore();
    await store.write(pieces(bytes), digest, bytes.length);
    assert.equal(await store.size(digest), bytes.length);
    const all = await (await store.open(digest))!.stream.toArray();
    assert.deepEqual(Buffer.concat(all as Buffer[]), bytes);
    const part = await (await store.open(digest, { start: 10, end: 19 }))!.stream.toArray();
    assert.deepEqual(Buffer.concat(part as Buffer[]), bytes.subarray(10, 20));
    assert.deepEqual(await store.list().then((blobs) => blobs.map((blob) => blob.digest)), [digest]);
  });

  for (const [what, source, code] of [
    ['one flipped bit', () => pieces(flipped(bytes, 50_000)), 'mismatch'],
    ['an early end', () => pieces(bytes.subarray(0, 99_999)), 'mismatch'],
    ['one byte too many', () => pieces(Buffer.concat([bytes, Buffer.from('x')])), 'too-large'],
  ] as const)
    it(`refuses ${what} and leaves nothing behind`, async () => {
      const store = await openStore();
      await assert.rejects(store.write(source(), digest, bytes.length), { name: 'BlobError', code });
      assert.equal(await store.has(digest), false);
      assert.deepEqual(await leftovers(store), []);
    });

  it('lets many writers store the same blob at once', async () => {
    const store = await openStore();
    const other = await BlobStore.open({ folder: store.folder, clock: systemClock });
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        (at % 2 ? store : other).write(pieces(bytes, 1_000 + at), digest, bytes.length),
      ),
    );
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
    assert.deepEqual(await leftovers(store), []);
  });

  it('names the quota when a blob does not fit, and takes it when it does', async () => {
    const store = await openStore(150_000);
    await store.write(pieces(bytes), digest, bytes.length);
    const more = someBytes(60_000, 2);
    await assert.rejects(
      store.write([more], digestOf(more), more.length),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'quota');
        assert.match(error.message, /images use 0\.1 MB of this host's quota of 0\.\d MB/);
        assert.match(error.message, /kith image rm/);
        return true;
      },
    );
    await store.remove(digest);
    await store.write([more], digestOf(more), more.length);
  });

  it('counts writes under way against the quota', async () => {
    const store = await openStore(150_000);
    const other = someBytes(100_000, 3);
    const results = await Promise.allSettled([
      store.write(slowly(bytes), digest, bytes.length),
      store.write(slowly(other), digestOf(other), other.length),
    ]);
    assert.deepEqual(results.map((result) => result.status).toSorted(), ['fulfilled', 'rejected']);
  });

  it('refuses a size that no image has before it takes a byte', async () => {
    const store = await openStore();
    await assert.rejects(store.write([], digest, 2 ** 50), { code: 'too-large' });
    await assert.rejects(store.write([], digest, -1), { code: 'too-large' });
  });

  it('never makes a path of what is not a digest', async () => {
    const store = await openStore();
    assert.throws(() => store.pathOf('sha256:../../etc/passwd'), TypeError);
    assert.throws(() => store.pathOf(`sha256:${'A'.repeat(64)}`), TypeError);
  });

  it('takes up a part where it ended, and notices if the part was damaged', async () => {
    const store = await openStore();
    const first = await store.resume(digest, bytes.length);
    await first.append(bytes.subarray(0, 40_000));
    await first.pause();
    const second = await store.resume(digest, bytes.length);
    assert.equal(second.receivedBytes, 40_000);
    await second.append(bytes.subarray(40_000));
    assert.equal(second.verified, true);
    await second.pause();
    await appendFile(join(store.folder, 'partial', digest.slice(7)), 'more');
    const third = await store.resume(digest, bytes.length);
    assert.equal(third.receivedBytes, 0);
    await third.discard();
  });

  it('removes what killed processes left long ago, and leaves what is fresh', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'partial'), { recursive: true });
    for (const name of ['old.tmp', 'fresh.tmp', 'old', 'fresh'])
      await writeFile(join(folder, 'partial', name), 'x');
    const longAgo = new Date(Date.now() - 30 * 24 * 3_600_000);
    for (const name of ['old.tmp', 'old']) await utimes(join(folder, 'partial', name), longAgo, longAgo);
    const store = await BlobStore.open({ folder, clock: systemClock });
    assert.deepEqual((await leftovers(store)).toSorted(), ['fresh', 'fresh.tmp']);
  });
});

function flipped(of: Buffer, at: number): Buffer {
  const copy = Buffer.from(of);
  copy[at]! ^= 1;
  return copy;
}

async function* slowly(of: Buffer): AsyncGenerator<Buffer> {
  for (const piece of pieces(of)) {
    await new Promise((resolve) => setImmediate(resolve));
    yield piece;
  }
}
