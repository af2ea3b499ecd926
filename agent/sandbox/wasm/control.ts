import type { Socket } from 'node:net';
import { encodeFrame, frameReader, type FrameKind } from './child/frames.ts';
import type { Configuration } from './child/serve.ts';

/** The agent's end of a sandbox's control socket. */
export interface Control {
  configure(configuration: Configuration): void;
  ping(): void;
  close(): void;
}

export interface ControlEvents {
  onHello(state: string): void;
  onReady(): void;
  onFailed(why: string): void;
  onPong(): void;
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void;
  onClose(): void;
}

const wordsMax = 2000;

/** Speaks with the sandbox behind `socket`. Nothing that it says is trusted: a frame that cannot be ends the connection. */
export function controlOver(socket: Socket, events: ControlEvents): Control {
  const on: Partial<Record<FrameKind, (payload: Buffer) => void>> = {
    hello: (payload) => events.onHello((JSON.parse(payload.toString()) as { state?: string }).state ?? ''),
    ready: () => events.onReady(),
    failed: (payload) => events.onFailed(payload.toString().slice(0, wordsMax)),
    pong: () => events.onPong(),
    stdout: (payload) => events.onOutput('stdout', Buffer.from(payload)),
    stderr: (payload) => events.onOutput('stderr', Buffer.from(payload)),
  };
  const read = frameReader((kind, payload) => on[kind]?.(payload));
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      // Not our protocol: its process is no longer ours to talk to, and `close` tells so.
      socket.destroy();
    }
  });
  socket.resume();
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
  socket.once('close', () => events.onClose());
  const tell = (kind: FrameKind, payload = '') => {
    if (socket.writable) socket.write(encodeFrame(kind, payload));
  };
  return {
    configure: (configuration) => tell('configure', JSON.stringify(configuration)),
    ping: () => tell('ping'),
    close: () => socket.destroy(),
  };
}
