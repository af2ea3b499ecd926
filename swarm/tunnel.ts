import { constants, type ClientHttp2Session, type ClientHttp2Stream, type Http2Stream } from 'node:http2';
import { Duplex } from 'node:stream';

/** The other side's no to a CONNECT: 403, 404, 503 … (docs/architecture.md). */
export class TunnelRefused extends Error {
  readonly status: number;

  constructor(status: number, authority: string) {
    super(`the tunnel to ${authority} was refused with ${status}`);
    this.name = 'TunnelRefused';
    this.status = status;
  }
}

/**
 * Opens a tunnel on a link: a stream whose two ways are bytes of the caller's own, and each ends by itself. Throws `TunnelRefused`
 * on any answer but 200.
 *
 * @param headers with another `:method` than CONNECT the stream is a request like any other, but has no body of one piece
 *
 * @example
 *     const stream = await openTunnel(link.session!, { ':authority': '10.244.1.7:8080', 'kith-pod-uid': uid });
 */
export async function openTunnel(
  session: ClientHttp2Session,
  headers: { ':authority': string } & Record<string, string>,
  options: { signal?: AbortSignal } = {},
): Promise<Duplex> {
  const { signal } = options;
  signal?.throwIfAborted();
  const stream = session.request({ ':method': 'CONNECT', ...headers }, { endStream: false });
  try {
    const { status, tunnel } = await new Promise<{ status: number; tunnel: Tunnel }>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      // Listened to at once: of a stream that ends unheard nothing is left to read.
      stream.once('response', (response) =>
        resolve({ status: Number(response[':status']), tunnel: new Tunnel(stream).on('error', () => {}) }),
      );
      stream.once('error', reject);
      stream.once('close', () =>
        reject(new Error(`the connection ended before ${headers[':authority']} answered`)),
      );
    });
    if (status !== 200) throw new TunnelRefused(status, headers[':authority']);
    return tunnel;
  } catch (error) {
    stream.on('error', () => {});
    stream.close(constants.NGHTTP2_CANCEL);
    throw error;
  }
}

/**
 * A stream that was reset, or whose session died, emits 'end' like one that came to its end. Whoever pipes a body through
 * must not take the first for the second.
 */
export class Tunnel extends Duplex {
  readonly #stream: ClientHttp2Stream;
  /** The peer sent all it had: what happens to the stream after that takes nothing away from the reader. */
  #ended = false;

  constructor(stream: ClientHttp2Stream) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      if (wasCut(stream)) this.destroy(cutOff(stream));
      else {
        this.#ended = true;
        this.push(null);
      }
    });
    stream.on('error', (error) => this.destroy(error));
    stream.on('close', () => {
      if (!this.#ended) this.destroy(cutOff(stream));
    });
    stream.pause();
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#stream.destroyed) return done(cutOff(this.#stream));
    this.#stream.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    resetStream(this.#stream, error ?? new Error('the tunnel was given up'));
    done(error);
  }
}

/**
 * Cuts an HTTP/2 stream so that the peer cannot take it for whole. Node's own `stream.close(code)` first sends what looks like
 * a regular end (END_STREAM), and only then the reset; a tunnel's server must use this one when the pod's side breaks.
 */
export function resetStream(stream: Http2Stream, why: Error): void {
  if (stream.destroyed) return;
  stream.on('error', () => {});
  stream.destroy(why);
}

function wasCut(stream: ClientHttp2Stream): boolean {
  return Boolean(stream.rstCode) || stream.aborted || stream.session?.destroyed === true;
}

function cutOff(stream: ClientHttp2Stream): Error {
  return new Error(`the tunnel was cut off (code ${stream.rstCode ?? 0})`);
}
