import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDiskFull, withFile } from '../../process/folder.ts';
import { BlobError } from './errors.ts';
import type { Digest } from './digest.ts';

/** How much of an earlier part is read at once to take up its hash again. */
const rehashBytes = 1024 * 1024;

/**
 * A blob that is still coming: bytes are hashed as they are written, nothing beyond the declared size is taken, and only
 * what verifies gets its name.
 */
export class PartialBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #released: () => void;
  #hash: Hash = createHash('sha256');
  #receivedBytes = 0;
  #open = true;

  private constructor(file: FileHandle, options: PartialOptions) {
    this.#file = file;
    this.#path = options.path;
    this.#released = options.released;
    this.digest = options.digest;
    this.sizeBytes = options.sizeBytes;
  }

  /** Opens what an earlier run left at `path`, or begins anew. */
  static async open(options: PartialOptions): Promise<PartialBlob> {
    let file: FileHandle | undefined;
    try {
      file = await open(options.path, 'a+', 0o600);
      const part = new PartialBlob(file, options);
      const there = (await file.stat()).size;
      if (there > options.sizeBytes) await part.restart();
      else if (there > 0) await part.#takeUp(there);
      return part;
    } catch (error) {
      await file?.close();
      options.released();
      throw error;
    }
  }

  /** How far it is; the next byte to ask for. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get whole(): boolean {
    return this.#receivedBytes === this.sizeBytes;
  }

  /** Whole, and what its digest says. */
  get verified(): boolean {
    return this.whole && this.#actual() === this.digest;
  }

  /** @throws BlobError `too-large` if the source goes on after the declared size; `disk-full` */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#receivedBytes + bytes.byteLength > this.sizeBytes)
      throw new BlobError(
        'too-large',
        this.digest,
        `${this.digest}: more came than the declared ${this.sizeBytes} bytes.`,
      );
    try {
      await this.#file.appendFile(bytes);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw new BlobError(
        'disk-full',
        this.digest,
        `The disk is full: ${this.#path} could not be written. Free some space.`,
        { cause: withFile(error, this.#path) },
      );
    }
    this.#hash.update(bytes);
    this.#receivedBytes += bytes.byteLength;
  }

  /** Verifies, brings to disk, and names the blob. @throws BlobError `mismatch` */
  async finish(destination: string): Promise<void> {
    if (!this.whole)
      throw new BlobError(
        'mismatch',
        this.digest,
        `${this.digest}: ${this.#receivedBytes} of ${this.sizeBytes} bytes came.`,
      );
    const actual = this.#actual();
    if (actual !== this.digest)
      throw new BlobError('mismatch', this.digest, `${this.digest}: what came is ${actual}.`);
    await this.#file.sync();
    await rename(this.#path, destination);
    const folder = await open(dirname(destination), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    await this.pause();
  }

  /** Forgets all bytes: they belong to no whole. */
  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#receivedBytes = 0;
  }

  /** Stops here; what has come stays for the next time. */
  async pause(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#released();
    await this.#file.close();
  }

  /** Stops, and removes what has come. */
  async discard(): Promise<void> {
    if (!this.#open) return;
    await this.pause();
    await rm(this.#path, { force: true });
  }

  #actual(): string {
    return `sha256:${this.#hash.copy().digest('hex')}`;
  }

  async #takeUp(bytes: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.min(rehashBytes, bytes));
    while (this.#receivedBytes < bytes) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#receivedBytes);
      if (bytesRead === 0) break;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#receivedBytes += bytesRead;
    }
  }
}

interface PartialOptions {
  path: string;
  digest: Digest;
  sizeBytes: number;
  /** Gives back the room that was promised. */
  released: () => void;
}
