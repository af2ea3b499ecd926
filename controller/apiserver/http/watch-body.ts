import { ApiError } from '../../../api/errors.ts';
import { apiErrorOf } from '../resources/writer.ts';
import type { WatchStream } from '../storage/watch-stream.ts';
import type { WatchEvents } from './watch-events.ts';

/**
 * A watch as the bytes of its body: all that waits in one piece. A watch that is cut says why in its last event.
 *
 * @param stillAllowed throws once the watcher may see no more: what it might see when it began may since have been taken from it
 */
export async function* watchBody(
  stream: WatchStream,
  events: WatchEvents,
  stillAllowed: () => void,
): AsyncGenerator<Buffer> {
  try {
    for (let notices = await stream.take(); notices; notices = await stream.take()) {
      stillAllowed();
      yield* inPieces(notices, (notice) => events.notice(notice));
    }
  } catch (error) {
    const { status } = error instanceof ApiError ? error : apiErrorOf(error);
    yield events.error(status);
  } finally {
    stream.end();
  }
}

/** What waits may be all there is of a kind: it is written so much at a time, and others get their turn in between. */
const pieceBytesMax = 512 * 1024;

function* inPieces<T>(all: readonly T[], bytesOf: (one: T) => Buffer): Generator<Buffer> {
  let piece: Buffer[] = [];
  let size = 0;
  for (const one of all) {
    const bytes = bytesOf(one);
    piece.push(bytes);
    size += bytes.length;
    if (size < pieceBytesMax) continue;
    yield joined(piece, size);
    piece = [];
    size = 0;
  }
  if (size > 0) yield joined(piece, size);
}

function joined(pieces: readonly Buffer[], size: number): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size);
}
