import { createServer as createControl, type Socket } from 'node:net';
import { loadComponent } from './component.ts';
import { encodeFrame, frameReader, type FrameKind } from './frames.ts';
import { Pool } from './pool.ts';
import { after } from './time.ts';

// Not by an import: see process/http.ts, which is out of reach in here.
const { createServer } = process.getBuiltinModule('node:http');

/**
 * The program inside a wasm sandbox: one component behind HTTP/1.1. It is given two listening sockets (descriptor 3 for requests,
 * 4 for the agent) because nothing in here may make one, and its folders as arguments; the rest comes over descriptor 4.
 */
export interface Configuration {
  env: Record<string, string>;
  /** Copies of the component at one time. */
  instancesMax: number;
  /** Memory of one copy, in pages of 64 KiB. */
  wasmPagesMax: number;
}

const appDescriptor = 3;
const controlDescriptor = 4;
const wasmPageBytes = 64 * 1024;
/** Without an agent nobody can reach the app; a sandbox whose agent never returns must not stay for ever. */
const orphanMsMax = 15 * 60_000;
/** What the app says while the agent does not read (or is not there) is kept up to here, then dropped and counted. */
const unreadOutputBytesMax = 256 * 1024;
/** One frame carries at most this much of what the app writes. */
const outputFrameBytesMax = 64 * 1024;

// The bindings ask it for a debugging switch hundreds of times for each request, and Node's own asks the C library each time:
// with a plain object in its place a request costs a sixth less (measured). Nothing in here has a use for it.
process.env = {};

const appFolder = new URL(process.argv[2]!);
let agent: Socket | undefined;
let state: 'new' | 'starting' | 'ready' = 'new';
let early: Buffer[] = [];
let earlyBytes = 0;
let droppedBytes = 0;
let cancelOrphan = after(orphanMsMax, () => process.exit(0));

const tell = (kind: FrameKind, payload: Uint8Array | string = '') => agent?.write(encodeFrame(kind, payload));

function output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += outputFrameBytesMax) {
    const frame = encodeFrame(stream, bytes.subarray(at, at + outputFrameBytesMax));
    const unread = agent ? agent.writableLength : earlyBytes;
    if (unread + frame.length > unreadOutputBytesMax) droppedBytes += frame.length;
    else if (agent) {
      if (droppedBytes > 0) tell('stderr', `kith: ${droppedBytes} bytes of output were dropped.\n`);
      droppedBytes = 0;
      agent.write(frame);
    } else {
      early.push(frame);
      earlyBytes += frame.length;
    }
  }
}

const complain = (text: string) => output('stderr', Buffer.from(`kith: ${text}\n`));

async function start(configuration: Configuration): Promise<void> {
  state = 'starting';
  try {
    const instantiate = await loadComponent(appFolder, configuration, output);
    const pool = new Pool(
      instantiate,
      { ...configuration, memoryBytesMax: configuration.wasmPagesMax * wasmPageBytes },
      complain,
    );
    await pool.warm();
    // Idle connections and slow uploads are the gateway's to end: it knows who is behind them.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (message, answer) =>
      pool.serve(message, answer),
    );
    server.listen({ fd: appDescriptor }, () => {
      state = 'ready';
      tell('ready');
    });
    process.once('SIGTERM', () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    });
  } catch (error) {
    tell('failed', error instanceof Error ? error.message : String(error));
    agent?.end(() => process.exit(1));
  }
}

process.once('SIGTERM', () => {
  if (state !== 'ready') process.exit(0);
});
createControl((socket) => {
  cancelOrphan();
  agent?.destroy();
  agent = socket;
  tell('hello', JSON.stringify({ state }));
  for (const frame of early.splice(0)) socket.write(frame);
  earlyBytes = 0;
  const read = frameReader((kind, payload) => {
    if (kind === 'ping') tell('pong', payload);
    if (kind === 'configure' && state === 'new') void start(JSON.parse(payload.toString()) as Configuration);
  });
  socket.on('data', read);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (agent !== socket) return;
    agent = undefined;
    cancelOrphan = after(orphanMsMax, () => process.exit(0));
  });
}).listen({ fd: controlDescriptor });
