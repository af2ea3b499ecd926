import type { Readable } from 'node:stream';

export const frameTypes = {
  synStream: 1,
  synReply: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const finFlag = 1;
export const spdyVersion = 3;
const headBytes = 8;
/** Clients write at most 32 KiB at a time, and no block of headers is near that. */
export const spdyFrameBytesMax = 1024 * 1024;

export type SpdyFrame =
  | { control: number; flags: number; body: Buffer }
  /** Bytes of a stream. */
  | { control: undefined; stream: number; flags: number; body: Buffer };

/** The frames of a connection as they come. @throws Error where it speaks another protocol or a frame is too long */
export async function* spdyFrames(from: Readable): AsyncGenerator<SpdyFrame> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of from as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= headBytes) {
      const first = held.readUInt32BE(at);
      const flags = held[at + 4]!;
      const length = held.readUIntBE(at + 5, 3);
      if (length > spdyFrameBytesMax)
        throw new Error(`a SPDY frame of ${length} bytes: at most ${spdyFrameBytesMax} are taken`);
      if (held.length - at - headBytes < length) break;
      const body = held.subarray(at + headBytes, at + headBytes + length);
      at += headBytes + length;
      if (first < controlBit) yield { control: undefined, stream: first, flags, body };
      else if ((first & versionMask) >>> 16 === spdyVersion) yield { control: first & 0xffff, flags, body };
      else throw new Error('this is not SPDY/3.1');
    }
    held = held.subarray(at);
  }
}

const controlBit = 0x8000_0000;
const versionMask = 0x7fff_0000;

export function controlFrame(type: number, flags: number, ...body: Buffer[]): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(0x8000 | spdyVersion, 0);
  head.writeUInt16BE(type, 2);
  return withLength(head, flags, body);
}

export function dataFrame(stream: number, flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(stream, 0);
  return withLength(head, flags, [body]);
}

export function id(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function withLength(head: Buffer, flags: number, body: Buffer[]): Buffer {
  head[4] = flags;
  head.writeUIntBE(
    body.reduce((sum, part) => sum + part.length, 0),
    5,
    3,
  );
  return Buffer.concat([head, ...body]);
}
