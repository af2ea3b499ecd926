import { createHash } from 'node:crypto';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { Digest } from './digest.ts';
import { BlobError } from './errors.ts';
import type { PartialBlob } from './partial.ts';
import { fetchPatiently, type BlobPeer, type Peers } from './peer.ts';
import { readBody } from './read-body.ts';
import { SharedPulls, type PullListener } from './shared-pulls.ts';
import type { BlobStore } from './store.ts';

/** A peer that sends nothing for this long is left for the next; what it sent stays. */
const stallMsMax = 10_000;

/** 16 KiB/s, less than any line that hosts an app: who is slower is left for the next, and what it sent stays. */
const paceBytesMin = 160 * 1024;
const paceMs = 10_000;
const pace = { bytes: paceBytesMin, ms: paceMs };

/** How long a peer that was left for another, or that was slow, is asked after all others. */
const lastMs = 10 * 60_000;

/** How long a peer that sent wrong bytes is not asked again. Long enough to matter, short enough for a repaired disk. */
const avoidMs = 10 * 60_000;

export interface ExchangeOptions {
  store: BlobStore;
  peers: Peers;
  clock: Clock;
  log: Log;
  /** A peer was caught: what it sent is not what the digest says. */
  onLie?: (peer: string, digest: Digest) => void;
}

/**
 * Takes blobs from other machines, one peer after the other until one delivers. Bytes are hashed while they come, and
 * never more are taken than the declared size; what was received survives a cut, a kill and a change of peers.
 */
export class BlobExchange {
  readonly #options: ExchangeOptions;
  readonly #avoidUntil = new Map<string, number>();
  readonly #lastUntil = new Map<string, number>();
  /** Bytes per millisecond of each peer's last whole answer. */
  readonly #speeds = new Map<string, number>();
  readonly #shared: SharedPulls;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#shared = new SharedPulls((digest, sizeBytes, signal, listener) =>
      this.#download(digest, sizeBytes, signal, listener),
    );
  }

  /**
   * Makes a blob local. Pulls of one digest at a time share one download, which goes on while anyone waits for it.
   * @throws BlobError; the signal's reason
   */
  async pull(
    digest: Digest,
    sizeBytes: number,
    options: { signal?: AbortSignal; onProgress?: PullListener } = {},
  ): Promise<void> {
    if (await this.#options.store.has(digest)) return;
    return this.#shared.pull(digest, sizeBytes, options);
  }

  /**
   * Makes a small blob local whose size nobody has declared: a manifest that is named by its digest.
   * @throws BlobError `not-found` or `unavailable`; the signal's reason
   */
  async pullSmall(
    digest: Digest,
    sizeBytesMax: number,
    options: { signal?: AbortSignal } = {},
  ): Promise<void> {
    const { store } = this.#options;
    if (await store.has(digest)) return;
    const failures: string[] = [];
    for (const peer of await this.#peers()) {
      options.signal?.throwIfAborted();
      try {
        const patience = this.#patience(options.signal);
        const { status, body } = await fetchPatiently(peer, `/blobs/${digest}`, {}, patience);
        if (status !== 200) {
          body.destroy();
          continue;
        }
        const bytes = await readBody(body, { ...patience, pace, bytesMax: sizeBytesMax });
        if (digestOf(bytes) === digest) return await store.write([bytes], digest, bytes.byteLength);
        this.#caught(peer, digest);
        failures.push(`${peer.name} sent something else`);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof BlobError) throw error;
        this.#failed(peer, digest, error as Error, failures);
      }
    }
    throw notDelivered(digest, failures);
  }

  async #download(
    digest: Digest,
    sizeBytes: number,
    signal: AbortSignal,
    listener: PullListener,
  ): Promise<void> {
    const { store, log } = this.#options;
    const part = await store.resume(digest, sizeBytes);
    const failures: string[] = [];
    // Of an earlier run's bytes nobody knows who sent them.
    let senders = new Set<string>(part.receivedBytes > 0 ? ['an earlier run'] : []);
    let mayMix = true;
    const from: string[] = [];
    try {
      const peers = await this.#peers();
      // A second round only if the first ended with bytes of several peers that do not fit: then each is asked alone.
      for (let at = 0; at < peers.length && !part.whole; at += 1) {
        const peer = peers[at]!;
        if (this.#isAvoided(peer)) continue;
        signal.throwIfAborted();
        if (!mayMix && part.receivedBytes > 0) {
          await part.restart();
          senders = new Set();
        }
        const before = part.receivedBytes;
        try {
          await this.#fetchFrom(peer, part, signal, () => {
            if (!from.includes(peer.name)) from.push(peer.name);
            listener({ bytes: part.receivedBytes, totalBytes: sizeBytes, from });
          });
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof BlobError && error.code === 'too-large') {
            this.#caught(peer, digest);
            await part.restart();
            senders = new Set();
          } else if (error instanceof BlobError) throw error;
          this.#failed(peer, digest, error as Error, failures);
        }
        if (part.receivedBytes > before) senders.add(peer.name);
        else if (part.receivedBytes === 0) senders = new Set();
        if (!part.whole || part.verified) continue;
        if (senders.size === 1 && senders.has(peer.name)) {
          this.#caught(peer, digest);
          failures.push(`${peer.name} sent something else`);
        } else if (mayMix) {
          log.warn('bytes from several sources do not fit; starting over with one at a time', {
            digest,
            from: [...senders].join(','),
          });
          mayMix = false;
          at = -1;
        }
        await part.restart();
        senders = new Set();
      }
      if (!part.whole) throw notDelivered(digest, failures);
      await part.finish(store.pathOf(digest));
    } finally {
      await part.pause();
    }
  }

  async #fetchFrom(
    peer: BlobPeer,
    part: PartialBlob,
    signal: AbortSignal,
    progress: () => void,
  ): Promise<void> {
    const start = part.receivedBytes;
    const { status, headers, body } = await fetchPatiently(
      peer,
      `/blobs/${part.digest}`,
      start > 0 ? { range: `bytes=${start}-` } : {},
      this.#patience(signal),
    );
    if (status === 404) {
      body.destroy();
      return;
    }
    const goesOn = status === 206 && String(headers['content-range']).startsWith(`bytes ${start}-`);
    if (!goesOn && status !== 200) {
      body.destroy();
      throw new Error(`it answered with status ${status}`);
    }
    if (!goesOn && start > 0) await part.restart();
    const had = part.receivedBytes;
    const startedAt = this.#options.clock.now();
    await readBody(body, {
      ...this.#patience(signal),
      pace,
      onChunk: async (bytes) => {
        await part.append(bytes);
        progress();
      },
    });
    if (!part.whole) throw new Error(`it ended after ${part.receivedBytes} of ${part.sizeBytes} bytes`);
    const ms = Math.max(1, this.#options.clock.now() - startedAt);
    this.#speeds.set(peer.name, (part.receivedBytes - had) / ms);
    this.#lastUntil.delete(peer.name);
  }

  #failed(peer: BlobPeer, digest: Digest, error: Error, failures: string[]): void {
    const { clock, log } = this.#options;
    this.#lastUntil.set(peer.name, clock.now() + lastMs);
    log.debug('a peer did not deliver', { peer: peer.name, digest, error });
    failures.push(`${peer.name}: ${error.message}`);
  }

  #caught(peer: BlobPeer, digest: Digest): void {
    const { clock, log, onLie } = this.#options;
    this.#avoidUntil.set(peer.name, clock.now() + avoidMs);
    log.warn('a peer sent bytes that are not what their digest says', { peer: peer.name, digest });
    onLie?.(peer.name, digest);
  }

  #isAvoided(peer: BlobPeer): boolean {
    const until = this.#avoidUntil.get(peer.name);
    if (until === undefined) return false;
    if (this.#options.clock.now() < until) return true;
    this.#avoidUntil.delete(peer.name);
    return false;
  }

  /** The fastest first; who is not known yet before who failed. Names say nothing: everybody chooses their own. */
  async #peers(): Promise<BlobPeer[]> {
    const now = this.#options.clock.now();
    const rank = ({ name }: BlobPeer) =>
      (this.#lastUntil.get(name) ?? 0) > now ? -1 : (this.#speeds.get(name) ?? 0);
    return (await this.#options.peers())
      .filter((peer) => !this.#isAvoided(peer))
      .toSorted((a, b) => rank(b) - rank(a));
  }

  #patience(signal: AbortSignal | undefined) {
    return { clock: this.#options.clock, stallMsMax, signal };
  }
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function notDelivered(digest: Digest, failures: string[]): BlobError {
  return failures.length === 0
    ? new BlobError('not-found', digest, `No machine in reach has ${digest}.`)
    : new BlobError('unavailable', digest, `${digest} could not be fetched: ${failures.join('; ')}.`);
}
