import type { Readable, Writable } from 'node:stream';

/**
 * What travels on the HTTP/2 stream of one exec or attach, between controller and agent: frames of one byte that says what it is,
 * four bytes of length, and the content. HTTP/2 itself holds back whoever sends faster than the other reads.
 */
export const frameKinds = {
  stdin: 0,
  stdout: 1,
  stderr: 2,
  /** JSON of an `Exit`: the last frame; a stream that ends without it was cut off. */
  exit: 3,
  /** JSON `{"width": columns, "height": rows}`. */
  resize: 4,
  /** No more stdin comes, while output goes on. */
  stdinEnd: 5,
} as const;

export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

export interface Frame {
  kind: FrameKind;
  content: Buffer;
}

/** How a command ended. */
export interface SessionExit {
  code: number;
  reason: string;
  message?: string;
}

/** Columns and rows of a terminal. */
export interface TerminalSize {
  width: number;
  height: number;
}

/** Longer contents are cut in pieces: small enough that a resize does not wait for long behind them. */
export const frameBytesMax = 64 * 1024;
const headBytes = 5;
const kinds = new Set<number>(Object.values(frameKinds));

/** Writes a frame, or several where the content is long. Resolves when there is room for the next. */
export async function writeFrame(to: Writable, kind: FrameKind, content: Buffer): Promise<void> {
  let at = 0;
  do {
    const piece = content.subarray(at, at + frameBytesMax);
    at += frameBytesMax;
    const head = Buffer.alloc(headBytes);
    head[0] = kind;
    head.writeUInt32BE(piece.length, 1);
    to.cork();
    to.write(head);
    const hasRoom = to.write(piece);
    to.uncork();
    if (!hasRoom) await roomIn(to);
  } while (at < content.length);
}

/** Resolves when a stream takes more, or has gone: who writes then finds out. */
export function roomIn(to: Writable): Promise<void> {
  if (to.destroyed || !to.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      to.off('drain', settle);
      to.off('close', settle);
      resolve();
    };
    to.on('drain', settle);
    to.on('close', settle);
  });
}

/**
 * The frames of a stream, as they come; reads no faster than they are taken.
 *
 * @throws Error where a frame is longer than any that `writeFrame` sends, or of no known kind
 */
export async function* framesOf(from: Readable): AsyncGenerator<Frame> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of from as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= headBytes) {
      const kind = held[at]!;
      const length = held.readUInt32BE(at + 1);
      if (!kinds.has(kind) || length > frameBytesMax)
        throw new Error(
          `a frame of kind ${kind} and ${length} bytes is none of ours (at most ${frameBytesMax} bytes)`,
        );
      if (held.length - at - headBytes < length) break;
      yield {
        kind: kind as FrameKind,
        content: held.subarray(at + headBytes, at + headBytes + length),
      };
      at += headBytes + length;
    }
    held = held.subarray(at);
  }
}

/** `{"width": 80, "height": 24}`, or undefined where it says no such thing. */
export function terminalSize(content: Buffer): TerminalSize | undefined {
  try {
    const read = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
    // Kubernetes writes `Width`, and Go reads either.
    const width = read['Width'] ?? read['width'];
    const height = read['Height'] ?? read['height'];
    return isCells(width) && isCells(height) ? { width, height } : undefined;
  } catch {
    // Not JSON: there is no size in it.
    return undefined;
  }
}

const cellsMax = 65_535;
const isCells = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= cellsMax;
