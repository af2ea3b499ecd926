import type { Kind } from '../../../api/kinds.ts';
import type { Status } from '../../../api/types.ts';
import type { SharedBytes } from '../storage/shared-bytes.ts';
import type { Notice } from '../storage/watch-stream.ts';
import { showNotice, type Shown } from './represent.ts';

/** How a watch's events are written. */
export interface WatchEvents {
  contentType: string;
  notice(notice: Notice): Buffer;
  error(status: Status): Buffer;
}

/** Each event a line of JSON; of whole objects its bytes are shared with every other watch that shows them so. */
export function jsonEvents(kind: Kind, shown: () => Shown, shared: SharedBytes): WatchEvents {
  const line = (event: object) => Buffer.from(`${JSON.stringify(event)}\n`);
  let isFirst = true;
  return {
    contentType: 'application/json',
    notice(notice) {
      const how = shown();
      if (how.representation.as === 'object') return shared.line(notice);
      const written = line(showNotice(kind, notice, how, isFirst));
      if (notice.type !== 'BOOKMARK') isFirst = false;
      return written;
    },
    error: (status) => line({ type: 'ERROR', object: status }),
  };
}
