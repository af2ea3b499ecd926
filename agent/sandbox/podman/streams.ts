import { Readable } from 'node:stream';
import type { Socket } from 'node:net';

const headBytes = 8;

/**
 * What a container without a terminal writes: pieces with a head of the stream's number, three zeros and four bytes of length. Each
 * output waits for its reader, and so holds back the other: they come on one connection.
 */
export function demultiplexed(socket: Socket): { stdout: Readable; stderr: Readable } {
  const room = { go: () => {} };
  const output = () => new Readable({ read: () => room.go() }).on('error', () => {});
  const stdout = output();
  const stderr = output();
  const end = () => {
    stdout.push(null);
    stderr.push(null);
  };
  const pump = async () => {
    let held: Buffer = Buffer.alloc(0);
    let left = 0;
    let to = stdout;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (;;) {
        if (left === 0) {
          if (held.length < headBytes) break;
          to = held[0] === 2 ? stderr : stdout;
          left = held.readUInt32BE(4);
          held = held.subarray(headBytes);
          continue;
        }
        if (held.length === 0) break;
        const piece = held.subarray(0, left);
        held = held.subarray(piece.length);
        left -= piece.length;
        // One that nobody reads any more is dropped, and must not hold back the other.
        if (!to.destroyed && !to.push(piece)) await new Promise<void>((resolve) => (room.go = resolve));
      }
    }
  };
  pump().then(end, end);
  return { stdout, stderr };
}
