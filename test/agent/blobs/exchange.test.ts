import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobExchange } from '../../../agent/blobs/exchange.ts';
import type { BlobPeer } from '../../../agent/blobs/peer.ts';
import { serveBlobs } from '../../../agent/blobs/serve.ts';
import { BlobStore } from '../../../agent/blobs/store.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { digestOf, removeTemporaryFolders, someBytes, temporaryFolder } from './fixtures.ts';
import { startPeer } from './peers.ts';

const bytes = someBytes(1_000_000);
const digest = digestOf(bytes);

type Peer = Awaited<ReturnType<typeof startPeer>>;

describe('blob exchange', () => {
  let peers: Peer[] = [];
  let store: BlobStore;
  let lies: string[];

  beforeEach(async () => {
    store = await BlobStore.open({ folder: await temporaryFolder(), clock: systemClock });
    lies = [];
  });
  afterEach(async () => {
    for (const peer of peers.splice(0)) await peer.close();
    await removeTemporaryFolders();
  });

  async function honest(name = 'honest'): Promise<Peer> {
    const theirs = await BlobStore.open({ folder: await temporaryFolder(), clock: systemClock });
    await theirs.write([bytes], digest, bytes.length);
    return started(name, (stream, headers) => void serveBlobs(theirs, stream, headers));
  }

  async function started(name: string, handler: Parameters<typeof startPeer>[1]): Promise<Peer> {
    const peer = await startPeer(name, handler);
    peers.push(peer);
    return peer;
  }

  /** Sends these bytes to whoever asks, with Range as it is asked. */
  const sending = (name: string, content: Buffer) =>
    started(name, (stream, headers) => {
      const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      stream.respond(
        start > 0
          ? { ':status': 206, 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }
          : { ':status': 200 },
      );
      stream.end(content.subarray(start));
    });

  /** Sends the first `length` bytes as they should be, then breaks off. */
  const breakingOff = (name: string, content: Buffer, length: number) =>
    started(name, (stream) => {
      stream.respond({ ':status': 200 });
      stream.write(content.subarray(0, length), () => setImmediate(() => stream.close(2)));
    });

  const missing = (name: string) =>
    started(name, (stream) => stream.respond({ ':status': 404 }, { endStream: true }));

  const exchange = (of: BlobPeer[], clock = systemClock) =>
    new BlobExchange({
      store,
      peers: async () => of,
      clock,
      log: silentLog,
      onLie: (peer) => lies.push(peer),
    });

  it('fetches a blob from a peer, byte for byte', async () => {
    const progress: number[] = [];
    await exchange([await honest()]).pull(digest, bytes.length, {
      onProgress: (now) => progress.push(now.bytes),
    });
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
    assert.equal(progress.at(-1), bytes.length);
    assert.deepEqual(lies, []);
  });

  it('catches a peer that changes one bit, names it, takes the blob from the next and asks the liar no more', async () => {
    const wrong = Buffer.from(bytes);
    wrong[999_999]! ^= 1;
    const liar = await sending('liar', wrong);
    const good = await honest();
    const one = exchange([liar, good]);
    await one.pull(digest, bytes.length);
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
    assert.deepEqual(lies, ['liar']);
    const asked = liar.asked.length;
    await store.remove(digest);
    await one.pull(digest, bytes.length);
    assert.equal(liar.asked.length, asked);
    // The control: the same peer with the right bytes is believed, so it was the bit that gave it away.
    await store.remove(digest);
    await exchange([await sending('control', bytes)]).pull(digest, bytes.length);
    assert.deepEqual(lies, ['liar']);
  });

  it('stops a peer that goes on after the declared size, and names it', async () => {
    let sent = 0;
    const endless = await started('endless', (stream) => {
      stream.respond({ ':status': 200 });
      const more = () => {
        if (stream.destroyed) return;
        sent += bytes.length;
        stream.write(bytes, () => setImmediate(more));
      };
      more();
    });
    await assert.rejects(exchange([endless]).pull(digest, bytes.length), { code: 'unavailable' });
    assert.deepEqual(lies, ['endless']);
    assert.ok(sent < 20 * bytes.length, `${sent} bytes were sent`);
    assert.equal(await store.sizeBytes(), 0);
  });

  it('goes on at the next peer where the first broke off', async () => {
    const first = await breakingOff('first', bytes, 300_000);
    const second = await honest('second');
    const from = new Set<string>();
    await exchange([first, second]).pull(digest, bytes.length, {
      onProgress: (progress) => progress.from.forEach((name) => from.add(name)),
    });
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
    assert.deepEqual([...from], ['first', 'second']);
    assert.match(second.asked[0]!, /bytes=[1-9]\d*-$/);
    assert.deepEqual(lies, []);
  });

  it('starts over with one peer alone if bytes of two do not fit, and blames nobody without proof', async () => {
    const poisoned = Buffer.from(bytes);
    poisoned[5]! ^= 1;
    const liar = await breakingOff('breaks off a lie', poisoned, 300_000);
    const good = await honest('good');
    await exchange([liar, good]).pull(digest, bytes.length);
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
    assert.deepEqual(lies, []);
  });

  it('leaves a silent peer for the next', async () => {
    const clock = new VirtualClock();
    const silent = await started('silent', (stream) => {
      stream.respond({ ':status': 200 });
      stream.write(bytes.subarray(0, 1_000));
    });
    const done = exchange([silent, await honest()], clock).pull(digest, bytes.length);
    const progress = { over: false };
    void done.finally(() => (progress.over = true));
    while (!progress.over) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await done;
    assert.deepEqual(lies, []);
  });

  it('leaves a peer that drips bytes for the next, and asks it after all others from then on', async () => {
    const clock = new VirtualClock();
    /** Sends so many bytes in each virtual second. */
    const slow = (name: string, perSecond: number) =>
      started(name, (stream, headers) => {
        const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
        stream.respond({
          ':status': 206,
          'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
        });
        let at = start;
        const timer = clock.every(1_000, () => {
          if (stream.destroyed || at >= bytes.length) return timer.cancel();
          stream.write(bytes.subarray(at, (at += perSecond)));
          if (at >= bytes.length) stream.end();
        });
      });
    const run = async (pull: Promise<void>) => {
      const from = clock.now();
      const progress = { over: false };
      void pull.finally(() => (progress.over = true));
      while (!progress.over) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await pull;
      return clock.now() - from;
    };
    /** Virtual time passes until the good one is asked: then bytes come by the clock of the machine. */
    const untilAsked = async (good: Peer, pull: Promise<void>) => {
      const from = clock.now();
      while (good.asked.length === 0 && clock.now() - from < 120_000) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const waitedMs = clock.now() - from;
      await pull;
      return waitedMs;
    };
    const drip = await slow('drip', 100);
    const good = await honest();
    const one = exchange([drip, good], clock);
    assert.ok((await untilAsked(good, one.pull(digest, bytes.length))) <= 21_000);
    assert.deepEqual(lies, [], 'slow is no lie');
    const asked = drip.asked.length;
    await store.remove(digest);
    await one.pull(digest, bytes.length);
    assert.equal(drip.asked.length, asked);
    // A manifest, whose size nobody has said, is no way around it.
    await store.remove(digest);
    const better = await honest();
    const other = exchange([await slow('drip', 100), better], clock);
    assert.ok((await untilAsked(better, other.pullSmall(digest, bytes.length))) <= 21_000);
    // The control: a line of 20 KiB/s is slow and honest, and gets the time it needs.
    await store.remove(digest);
    assert.ok(
      (await run(exchange([await slow('modem', 20_480)], clock).pull(digest, bytes.length))) > 45_000,
    );
  });

  it('says that no machine has it', async () => {
    await assert.rejects(exchange([await missing('a')]).pull(digest, bytes.length), { code: 'not-found' });
    await assert.rejects(exchange([]).pull(digest, bytes.length), { code: 'not-found' });
  });

  it('shares one download among all who ask at once, and lets one of them go', async () => {
    const good = await honest();
    const one = exchange([good]);
    const gone = new AbortController();
    const first = one.pull(digest, bytes.length, { signal: gone.signal });
    const others = Array.from({ length: 8 }, () => one.pull(digest, bytes.length));
    gone.abort(new Error('left'));
    await assert.rejects(first, /left/);
    await Promise.all(others);
    assert.equal(good.asked.length, 1);
  });

  it('ends the download when the last who waits has left, and can begin again', async () => {
    const held: (() => void)[] = [];
    const slow = await started('slow', (stream) => {
      stream.respond({ ':status': 200 });
      stream.write(bytes.subarray(0, 10_000));
      stream.once('close', () => held.push(() => {}));
    });
    const gone = new AbortController();
    let waiting: PromiseWithResolvers<void> = Promise.withResolvers();
    const one = exchange([slow, await honest()]);
    const pull = one.pull(digest, bytes.length, { signal: gone.signal, onProgress: () => waiting.resolve() });
    await waiting.promise;
    waiting = Promise.withResolvers();
    gone.abort(new Error('left'));
    await assert.rejects(pull, /left/);
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await exchange([await honest('again')]).pull(digest, bytes.length);
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
  });

  it('goes on after kill -9 in the middle of a download', async function () {
    const half = 600_000;
    let sentAll = false;
    const peer = await started('peer', (stream, headers) => {
      const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      stream.respond(start > 0 ? { ':status': 206, 'content-range': `bytes ${start}-` } : { ':status': 200 });
      // The first who asks gets a part and then nothing; whoever comes back gets the rest.
      if (start === 0 && !sentAll) stream.write(bytes.subarray(0, half));
      else stream.end(bytes.subarray(start));
    });
    const part = join(store.folder, 'partial', digest.slice(7));
    const child = fork(join(import.meta.dirname, 'pull-child.ts'), {
      env: {
        ...process.env,
        FOLDER: store.folder,
        DIGEST: digest,
        SIZE: String(bytes.length),
        PORT: String(peer.port),
      },
    });
    const ended = once(child, 'exit');
    while (((await stat(part).catch(() => undefined))?.size ?? 0) < half) {
      assert.equal(child.exitCode, null, 'the child ended by itself');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGKILL');
    await ended;
    assert.equal(await store.has(digest), false);
    sentAll = true;
    await exchange([peer]).pull(digest, bytes.length);
    assert.deepEqual(await readFile(store.pathOf(digest)), bytes);
    assert.equal(peer.asked.at(-1), `/blobs/${digest} bytes=${half}-`);
  });

  describe('of small blobs without a declared size', () => {
    const small = Buffer.from('{"schemaVersion":2}');
    const smallDigest = digestOf(small);

    it('believes only what hashes to the digest', async () => {
      const liar = await sending('liar', Buffer.from('{"schemaVersion":3}'));
      await exchange([liar, await sending('good', small)]).pullSmall(smallDigest, 1_000);
      assert.deepEqual(await readFile(store.pathOf(smallDigest)), small);
      assert.deepEqual(lies, ['liar']);
    });

    it('stops at the limit', async () => {
      await assert.rejects(
        exchange([await sending('big', bytes)]).pullSmall(digest, 1_000),
        /more than 1000 bytes/,
      );
      // The control: with a larger limit the same peer delivers.
      await exchange([await sending('big', bytes)]).pullSmall(digest, 2_000_000);
    });
  });
});
