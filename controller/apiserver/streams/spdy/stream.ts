import { Duplex } from 'node:stream';
import type { SpdyHeaders } from './headers.ts';

/** How a stream reaches the wire. */
export interface StreamWire {
  send(stream: number, content: Buffer, isLast: boolean): Promise<void>;
  reset(stream: number): void;
  forget(stream: number): void;
}

/** Longer writes are cut in pieces, as Go's clients do, so that streams take turns. */
const pieceBytesMax = 32 * 1024;

/** One stream that the client opened: bytes both ways, each way ends by itself. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #wire: StreamWire;
  #isRemoteOver = false;
  #isLocalOver = false;
  #onRoom: (() => void) | undefined;

  constructor(id: number, headers: SpdyHeaders, wire: StreamWire) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.#wire = wire;
    // Whoever uses it hears by `close`.
    this.on('error', () => {});
  }

  /** Takes what came; resolves when there is room for more. Meanwhile nothing of the whole connection is read: SPDY as Go speaks it has no windows. */
  async receive(content: Buffer, isLast: boolean): Promise<void> {
    if (this.#isRemoteOver || this.destroyed) return;
    const hasRoom = content.length === 0 || this.push(content);
    if (isLast) {
      this.#isRemoteOver = true;
      this.push(null);
    } else if (!hasRoom) await new Promise<void>((resolve) => (this.#onRoom = resolve));
  }

  override _read(): void {
    this.#goOn();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#isLocalOver = true;
    this.#wire.send(this.id, Buffer.alloc(0), true).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#goOn();
    if (!(this.#isLocalOver && this.#isRemoteOver)) this.#wire.reset(this.id);
    this.#wire.forget(this.id);
    done(error);
  }

  #goOn(): void {
    this.#onRoom?.();
    this.#onRoom = undefined;
  }

  async #send(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; at += pieceBytesMax)
      await this.#wire.send(this.id, chunk.subarray(at, at + pieceBytesMax), false);
  }
}
