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
      const pieces = notices.map((notice) => events.notice(notice));
      yield pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    }
  } catch (error) {
    const { status } = error instanceof ApiError ? error : apiErrorOf(error);
    yield events.error(status);
  } finally {
    stream.end();
  }
}
