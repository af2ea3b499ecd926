import { jsonOf } from '../../store/entry.ts';
import type { Notice } from './watch-stream.ts';

/** Enough for the largest batch that the store hands out at once, small enough to keep. */
const bytesMax = 4 * 1024 * 1024;

/** Each watch event is written as JSON once, whoever watches it: the last few megabytes are kept. */
export class SharedBytes {
  readonly #lines = new Map<object, { type: Notice['type']; line: Buffer }>();
  #bytes = 0;

  /** The event's line in a watch's body. */
  line({ type, object }: Notice): Buffer {
    const known = this.#lines.get(object);
    if (known?.type === type) return known.line;
    const line = Buffer.from(`{"type":"${type}","object":${jsonOf(object)}}\n`);
    if (type !== 'BOOKMARK') this.#keep(object, type, line);
    return line;
  }

  #keep(object: object, type: Notice['type'], line: Buffer): void {
    const replaced = this.#lines.get(object);
    if (replaced) this.#bytes -= replaced.line.length;
    this.#lines.delete(object);
    this.#lines.set(object, { type, line });
    this.#bytes += line.length;
    for (const [oldest, { line: old }] of this.#lines) {
      if (this.#bytes <= bytesMax) break;
      this.#lines.delete(oldest);
      this.#bytes -= old.length;
    }
  }
}
