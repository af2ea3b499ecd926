import type { ServerHttp2Session } from 'node:http2';
import type { Clock } from '../process/clock.ts';

/** A stream that was reset costs some kilobytes until then. */
const sweepEveryMs = 1_000;

/**
 * Lets go of streams that a peer has reset with code 0. Node keeps such a one, uncounted, until its request has been read and its
 * answer written to their ends, which will never be: a peer could make any number of them.
 */
export function releaseResetStreams(session: ServerHttp2Session, clock: Clock): void {
  const open = new Set<{ closed: boolean; writableFinished: boolean; destroy(): unknown }>();
  session.on('stream', (stream) => {
    open.add(stream);
    stream.once('close', () => open.delete(stream));
  });
  const sweep = clock.every(sweepEveryMs, () => {
    for (const stream of open) if (stream.closed && !stream.writableFinished) stream.destroy();
  });
  session.once('close', () => sweep.cancel());
}
