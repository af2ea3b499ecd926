import type { Readable } from 'node:stream';
import type { Clock, Timer } from '../../process/clock.ts';

/**
 * Reads a peer's answer to its end; whatever goes wrong, the stream is destroyed.
 *
 * @returns all bytes, unless `onChunk` takes them
 * @throws Error on silence of `stallMsMax`, on less than `pace` asks for, on more than `bytesMax` bytes, on a cut; the signal's reason
 */
export async function readBody(
  body: Readable,
  options: {
    clock: Pick<Clock, 'after'>;
    stallMsMax: number;
    /** So many bytes must come in each so many milliseconds: who drips a byte now and then is as good as silent. */
    pace?: { bytes: number; ms: number };
    bytesMax?: number;
    signal?: AbortSignal | undefined;
    onChunk?: (bytes: Uint8Array) => Promise<void>;
  },
): Promise<Buffer> {
  const { clock, stallMsMax, pace, bytesMax = Infinity, signal, onChunk } = options;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let timer: Timer | undefined;
  const wait = () => {
    timer?.cancel();
    timer = clock.after(stallMsMax, () => body.destroy(new Error(`nothing came for ${stallMsMax / 1000} s`)));
  };
  let judged = 0;
  let pacer: Timer | undefined;
  const keepPace = ({ bytes: least, ms }: { bytes: number; ms: number }) => {
    pacer = clock.after(ms, () => {
      if (bytes - judged < least)
        return body.destroy(new Error(`only ${bytes - judged} bytes came in ${ms / 1000} s`));
      judged = bytes;
      keepPace({ bytes: least, ms });
    });
  };
  const abort = () => body.destroy(signal!.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    wait();
    if (pace) keepPace(pace);
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      timer?.cancel();
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw new Error(`it sent more than ${bytesMax} bytes`);
      if (onChunk) await onChunk(chunk);
      else chunks.push(chunk);
      wait();
    }
    signal?.throwIfAborted();
    return Buffer.concat(chunks);
  } finally {
    timer?.cancel();
    pacer?.cancel();
    signal?.removeEventListener('abort', abort);
    body.destroy();
  }
}
