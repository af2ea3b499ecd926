import { Duplex } from 'node:stream';
import type NoiseSecretStream from '@hyperswarm/secret-stream';

/** Large enough that Noise's 20 bytes a message do not matter, small enough that two links share a thread fairly. */
const MESSAGE_BYTES_MAX = 64 * 1024;

type Done = (error?: Error | null) => void;

/**
 * A Noise stream as a node:stream Duplex, which Node's HTTP needs (a raw streamx stream crashes it): backpressure both
 * ways, half-close, errors, and destroy in either direction.
 */
export class NoiseDuplex extends Duplex {
  readonly noise: NoiseSecretStream;
  /** Called for each message of the peer, before anyone reads it. */
  onHeard: (() => void) | undefined;
  /** The write that waits for the peer to take more. */
  #waiting: Done | undefined;
  #ended = false;

  constructor(noise: NoiseSecretStream) {
    super({ allowHalfOpen: true });
    this.noise = noise;
    noise.on('data', (message: Buffer) => {
      this.onHeard?.();
      if (!this.push(message)) noise.pause();
    });
    noise.on('end', () => {
      this.#ended = true;
      this.push(null);
    });
    noise.on('drain', () => this.#release());
    noise.on('error', (error: Error) => this.destroy(error));
    noise.on('close', () => {
      // Without an end of the peer's this is a cut, and must not look like a body that came to its end.
      this.destroy(this.#ended ? undefined : new Error('the connection was cut'));
    });
    noise.pause();
  }

  override _read(): void {
    if (!this.noise.destroying) this.noise.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    // HTTP/2 writes its frame heads apart from their bodies: one message for both halves the work.
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  #send(bytes: Buffer, done: Done): void {
    let room = true;
    for (let start = 0; start < bytes.length; start += MESSAGE_BYTES_MAX) {
      if (this.noise.destroying) return done(new Error('the connection is closed'));
      room = this.noise.write(bytes.subarray(start, start + MESSAGE_BYTES_MAX));
    }
    if (room) done();
    else this.#waiting = done;
  }

  #release(error?: Error): void {
    const done = this.#waiting;
    this.#waiting = undefined;
    done?.(error);
  }

  override _final(done: Done): void {
    this.noise.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#release(error ?? new Error('the connection is closed'));
    // streamx throws an error nobody listens for; ours stays on from the constructor.
    this.noise.destroy();
    done(error);
  }
}
