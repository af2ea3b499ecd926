import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../process/clock.ts';
import { temporaryName } from '../../process/folder.ts';
import { BlobError, megabytes } from './errors.ts';
import { hexOf, type Digest } from './digest.ts';
import { PartialBlob } from './partial.ts';

/** No layer of a sensible image is larger, and a peer must not fill the disk with one that is never whole. */
export const blobBytesMax = 8 * 1024 ** 3;

/** A download that nobody went on with for this long is given up and its part removed. */
const partAgeMaxMs = 7 * 24 * 3_600_000;

/** A temporary file this old belongs to a process that was killed: no write of one blob takes so long. */
const temporaryAgeMaxMs = 3_600_000;

/** Bytes `start` to `end`, both included, as in an HTTP Range. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Blobs on disk by their sha256: `<folder>/blobs/sha256/<hex>`, as an OCI image layout has them.
 *
 * A file under its digest is whole: it was verified and on disk before it got its name. Several processes may use one
 * folder at once. `<folder>/partial/` holds what is on its way.
 */
export class BlobStore {
  readonly folder: string;
  readonly #blobs: string;
  readonly #partial: string;
  readonly #clock: Clock;
  readonly #quotaBytes: number;
  /** Room promised to writes under way in this process. */
  #promisedBytes = 0;

  private constructor(options: { folder: string; clock: Clock; quotaBytes?: number }) {
    this.folder = options.folder;
    this.#blobs = join(options.folder, 'blobs', 'sha256');
    this.#partial = join(options.folder, 'partial');
    this.#clock = options.clock;
    this.#quotaBytes = options.quotaBytes ?? Infinity;
  }

  /** Opens the folder, makes what is missing, and removes what killed processes left behind. */
  static async open(options: { folder: string; clock: Clock; quotaBytes?: number }): Promise<BlobStore> {
    const store = new BlobStore(options);
    await mkdir(store.#blobs, { recursive: true });
    await mkdir(store.#partial, { recursive: true });
    await store.#sweep();
    return store;
  }

  /** Where a blob lies, or would lie. */
  pathOf(digest: Digest): string {
    return join(this.#blobs, hexOf(digest));
  }

  /** Size in bytes, or undefined if it is not here. */
  async size(digest: Digest): Promise<number | undefined> {
    const found = await stat(this.pathOf(digest)).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  }

  async has(digest: Digest): Promise<boolean> {
    return (await this.size(digest)) !== undefined;
  }

  /** Reads a blob, or a part of it. Undefined if it is not here. */
  async open(
    digest: Digest,
    range?: ByteRange,
  ): Promise<{ sizeBytes: number; stream: Readable } | undefined> {
    const sizeBytes = await this.size(digest);
    if (sizeBytes === undefined) return undefined;
    return { sizeBytes, stream: createReadStream(this.pathOf(digest), range) };
  }

  /**
   * Takes a blob in from this machine. A source that ends early, goes on too long or hashes differently leaves nothing.
   * @throws BlobError
   */
  async write(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    digest: Digest,
    sizeBytes: number,
  ): Promise<void> {
    if (await this.has(digest)) return this.#touch(digest);
    // Its own name: another process may write the same blob at this moment.
    const part = await this.#begin(temporaryName(hexOf(digest)), digest, sizeBytes);
    try {
      for await (const bytes of source) await part.append(bytes);
      await part.finish(this.pathOf(digest));
    } finally {
      await part.discard();
    }
  }

  /** Takes small bytes in, and tells their digest. */
  async writeBytes(bytes: Uint8Array): Promise<Digest> {
    const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await this.write([bytes], digest, bytes.byteLength);
    return digest;
  }

  /**
   * The part of a blob that is on its way here, for going on with it. At most one process downloads into a folder (an
   * agent holds its home's lock).
   * @throws BlobError `too-large`, `quota`
   */
  async resume(digest: Digest, sizeBytes: number): Promise<PartialBlob> {
    return this.#begin(hexOf(digest), digest, sizeBytes);
  }

  async list(): Promise<{ digest: Digest; sizeBytes: number; modifiedMs: number }[]> {
    const found = [];
    for (const name of await readdir(this.#blobs)) {
      const digest: Digest = `sha256:${name}`;
      const file = await stat(join(this.#blobs, name)).catch(() => undefined);
      if (file?.isFile()) found.push({ digest, sizeBytes: file.size, modifiedMs: file.mtimeMs });
    }
    return found;
  }

  /** Already gone is success. */
  async remove(digest: Digest): Promise<void> {
    await rm(this.pathOf(digest), { force: true });
  }

  /** Bytes on disk, those on their way included. */
  async sizeBytes(): Promise<number> {
    let sum = 0;
    for (const folder of [this.#blobs, this.#partial])
      for (const name of await readdir(folder))
        sum += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
    return sum;
  }

  async #begin(name: string, digest: Digest, sizeBytes: number): Promise<PartialBlob> {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > blobBytesMax)
      throw new BlobError(
        'too-large',
        digest,
        `${digest} is said to have ${sizeBytes} bytes; at most ${megabytes(blobBytesMax)} are taken.`,
      );
    const path = join(this.#partial, name);
    const there = Math.min((await stat(path).catch(() => undefined))?.size ?? 0, sizeBytes);
    const missing = sizeBytes - there;
    const used = this.#quotaBytes === Infinity ? 0 : await this.sizeBytes();
    if (used + this.#promisedBytes + missing > this.#quotaBytes)
      throw new BlobError(
        'quota',
        digest,
        `No room for ${digest} (${megabytes(missing)}): images use ${megabytes(used + this.#promisedBytes)} of this host's quota of ` +
          `${megabytes(this.#quotaBytes)}. Remove images (kith image rm), or raise the host's disk cap.`,
      );
    this.#promisedBytes += missing;
    return PartialBlob.open({ path, digest, sizeBytes, released: () => (this.#promisedBytes -= missing) });
  }

  /** Says that a blob is wanted now, so that one who removes what is not listed leaves it a while. */
  async #touch(digest: Digest): Promise<void> {
    const now = this.#clock.date();
    await utimes(this.pathOf(digest), now, now);
  }

  async #sweep(): Promise<void> {
    const now = this.#clock.date().getTime();
    for (const name of await readdir(this.#partial)) {
      const path = join(this.#partial, name);
      const file = await stat(path).catch(() => undefined);
      const ageMax = name.endsWith('.tmp') ? temporaryAgeMaxMs : partAgeMaxMs;
      if (file && now - file.mtimeMs > ageMax) await rm(path, { force: true });
    }
  }
}
