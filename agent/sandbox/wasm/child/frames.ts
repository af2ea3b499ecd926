/**
 * What agent and sandbox say to each other on the control socket: a byte for the kind, four for the length, the payload. The
 * agent trusts nothing that comes from there: what does not fit ends the connection.
 */
export const frameKinds = [
  /** agent → sandbox: JSON, once, what to run. */
  'configure',
  /** agent → sandbox: any bytes; the same come back as `pong`. */
  'ping',
  /** sandbox → agent on each connection: JSON `{state}`. */
  'hello',
  'ready',
  /** sandbox → agent: why the component cannot run, in words; the sandbox then ends. */
  'failed',
  'pong',
  'stdout',
  'stderr',
] as const;
export type FrameKind = (typeof frameKinds)[number];

const headBytes = 5;
/** Larger than any environment the kernel would take (128 KiB a variable), small enough that a hostile length costs nothing. */
const payloadBytesMax = 2 * 1024 * 1024;

export function encodeFrame(kind: FrameKind, payload: Uint8Array | string = ''): Buffer {
  const body = Buffer.from(payload);
  if (body.length > payloadBytesMax)
    throw new Error(`A ${kind} frame of ${body.length} bytes is more than the ${payloadBytesMax} allowed.`);
  const frame = Buffer.allocUnsafe(headBytes + body.length);
  frame.writeUInt8(frameKinds.indexOf(kind), 0);
  frame.writeUInt32LE(body.length, 1);
  body.copy(frame, headBytes);
  return frame;
}

/** Takes chunks as they come and gives whole frames; throws on what can be none. */
export function frameReader(onFrame: (kind: FrameKind, payload: Buffer) => void): (chunk: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= headBytes) {
      const kind = frameKinds[held.readUInt8(0)];
      const length = held.readUInt32LE(1);
      if (!kind || length > payloadBytesMax)
        throw new Error(`Not a frame: kind ${held.readUInt8(0)}, ${length} bytes.`);
      if (held.length < headBytes + length) return;
      const payload = held.subarray(headBytes, headBytes + length);
      held = held.subarray(headBytes + length);
      onFrame(kind, payload);
    }
  };
}
