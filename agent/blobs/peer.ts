import type { Readable } from 'node:stream';
import type { Clock } from '../../process/clock.ts';

/** Another machine that may hold blobs, reached over a data link. */
export interface BlobPeer {
  /** The node's name: in log lines, Events and progress. */
  name: string;
  /** One GET. Rejects if the link fails; a status other than 200 or 206 is an answer, not a failure. */
  fetch(
    path: string,
    headers: Record<string, string>,
    options?: { signal?: AbortSignal },
  ): Promise<{
    status: number;
    headers: Record<string, string | string[] | number | undefined>;
    body: Readable;
  }>;
}

/** Peers in the order in which they should be asked. */
export type Peers = () => Promise<BlobPeer[]>;

type Answer = Awaited<ReturnType<BlobPeer['fetch']>>;

/** A peer's answer, or an Error if none began within `stallMsMax`, even of a peer that does not heed the signal. */
export async function fetchPatiently(
  peer: BlobPeer,
  path: string,
  headers: Record<string, string>,
  {
    clock,
    stallMsMax,
    signal,
  }: { clock: Pick<Clock, 'after'>; stallMsMax: number; signal?: AbortSignal | undefined },
): Promise<Answer> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const abort = () => stop.abort(signal!.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = clock.after(stallMsMax, () =>
    stop.abort(new Error(`no answer within ${stallMsMax / 1000} s`)),
  );
  try {
    const answer = peer.fetch(path, headers, { signal: stop.signal });
    return await new Promise<Answer>((resolve, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
      answer.then((value) => {
        // Too late to be of use: nobody would read it.
        if (stop.signal.aborted) value.body.destroy();
        resolve(value);
      }, reject);
    });
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
  }
}
