import { ApiError } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { apiErrorOf } from '../resources/writer.ts';
import type { SharedBytes } from '../storage/shared-bytes.ts';
import type { WatchStream } from '../storage/watch-stream.ts';
import { showNotice, type Shown } from './represent.ts';

/**
 * A watch as the bytes of its body: all that waits in one piece, an event's bytes shared with every other watch that shows it
 * the same way. A watch that is cut says why in its last event.
 *
 * @param stillAllowed throws once the watcher may see no more: what it might see when it began may since have been taken from it
 */
export async function* watchBody(
  kind: Kind,
  stream: WatchStream,
  shown: () => Shown,
  shared: SharedBytes,
  stillAllowed: () => void,
): AsyncGenerator<Buffer> {
  let isFirst = true;
  try {
    for (let notices = await stream.take(); notices; notices = await stream.take()) {
      stillAllowed();
      const lines: Buffer[] = [];
      for (const notice of notices) {
        const how = shown();
        if (how.representation.as === 'object') lines.push(shared.line(notice));
        else {
          lines.push(Buffer.from(`${JSON.stringify(showNotice(kind, notice, how, isFirst))}\n`));
          if (notice.type !== 'BOOKMARK') isFirst = false;
        }
      }
      yield lines.length === 1 ? lines[0]! : Buffer.concat(lines);
    }
  } catch (error) {
    const { status } = error instanceof ApiError ? error : apiErrorOf(error);
    yield Buffer.from(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  } finally {
    stream.end();
  }
}
