import { Readable, Writable, Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { joinStreams } from './join.ts';
import type { OpenPort } from './spdy/port-forward.ts';
import { send } from './web-socket.ts';

/** What clients without SPDY speak, such as `@kubernetes/client-node`: one connection for each port that the query names. */
export const portForwardProtocols = ['v4.channel.k8s.io'];

/** Two channels a port, of the one byte that a channel has. */
export const channelPortsMax = 64;

/**
 * For port number i of the query, channel 2i carries the connection and 2i+1 its errors; each begins with the port, two bytes in
 * little endian. Resolves when the caller has gone.
 *
 * Source: k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
 */
export async function serveChannelPortForward(
  webSocket: WebSocket,
  ports: readonly number[],
  { name, open, signal }: { name: string; open: OpenPort; signal: AbortSignal },
): Promise<void> {
  const gone = new Promise<void>((resolve) => webSocket.once('close', () => resolve()));
  const cut = () => webSocket.terminate();
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  const inputs = ports.map(() => new Readable({ read: () => webSocket.resume() }));
  webSocket.on('message', (data) => {
    const message = data as Buffer;
    const input = message[0]! % 2 === 0 ? inputs[message[0]! / 2] : undefined;
    if (message.length > 1 && input && !input.destroyed && !input.push(message.subarray(1)))
      webSocket.pause();
  });
  webSocket.once('close', () => {
    for (const input of inputs) input.destroy();
  });
  const forward = async (port: number, index: number) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    await send(webSocket, [2 * index], number);
    await send(webSocket, [2 * index + 1], number);
    try {
      const writable = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          send(webSocket, [2 * index], chunk).then(() => done(), done);
        },
      });
      await joinStreams(Duplex.from({ readable: inputs[index]!, writable }), await open(port));
    } catch (error) {
      const why = `error forwarding port ${port} to pod ${name}: ${(error as Error).message}`;
      await send(webSocket, [2 * index + 1], Buffer.from(why));
    }
  };
  // As many as there are ports; a caller that has gone needs no word.
  const all = Promise.all(ports.map((port, index) => forward(port, index).catch(() => {})));
  // There is no word for the end of one connection here, so all of it ends with the last.
  void all.then(() => webSocket.close(1000));
  await gone;
  signal.removeEventListener('abort', cut);
}
