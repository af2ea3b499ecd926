import type { Kind } from '../../../../api/kinds.ts';
import { protobufType } from '../accept.ts';
import { showNotice, type Shown } from '../represent.ts';
import type { WatchEvents } from '../watch-events.ts';
import { writeWatchEvent } from './write.ts';

/** Each event a message with its length before it. */
export function protobufEvents(kind: Kind, shown: () => Shown): WatchEvents {
  return {
    contentType: `${protobufType};stream=watch`,
    notice({ type, object }) {
      const how = shown();
      if (how.representation.as === 'object') return writeWatchEvent(type, object);
      const { object: part } = showNotice(kind, { type, object }, how, false) as { object: object };
      return writeWatchEvent(type, part);
    },
    error: (status) => writeWatchEvent('ERROR', status),
  };
}
