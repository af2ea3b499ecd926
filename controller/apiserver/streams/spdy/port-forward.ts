import type { Duplex } from 'node:stream';
import type { Clock } from '../../../../process/clock.ts';
import { joinStreams } from '../join.ts';
import { SpdyConnection } from './connection.ts';
import type { SpdyStream } from './stream.ts';

export const spdyPortForwardProtocol = 'portforward.k8s.io';

/** Opens one connection to a port of the pod. */
export type OpenPort = (port: number) => Promise<Duplex>;

/** As the kubelet waits for the second stream of a connection. */
const pairMsMax = 30_000;

/**
 * Serves port-forward: for each connection the client opens a stream for errors and one for data, told by the same `requestid`.
 * A connection that fails leaves the others alone. Resolves when the client has gone.
 *
 * Source: k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go
 */
export async function servePortForward(
  socket: Duplex,
  { name, open, clock, signal }: { name: string; open: OpenPort; clock: Clock; signal: AbortSignal },
): Promise<void> {
  const waiting = new Map<string, SpdyStream>();
  const connection = new SpdyConnection(socket, clock, (stream) => {
    const { streamtype: type, requestid: request } = stream.headers;
    if ((type !== 'error' && type !== 'data') || request === undefined) return void stream.destroy();
    const other = waiting.get(request);
    if (other === undefined) {
      waiting.set(request, stream);
      const late = clock.after(pairMsMax, () => waiting.get(request) === stream && stream.destroy());
      stream.once('close', () => {
        late.cancel();
        if (waiting.get(request) === stream) waiting.delete(request);
      });
      return;
    }
    if (other.headers['streamtype'] === type) return void stream.destroy();
    waiting.delete(request);
    const [error, data] = type === 'data' ? [other, stream] : [stream, other];
    void forward(data, error, name, open);
  });
  const cut = () => connection.cut();
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  await connection.closed;
  signal.removeEventListener('abort', cut);
}

async function forward(data: SpdyStream, error: SpdyStream, name: string, open: OpenPort): Promise<void> {
  const port = Number(data.headers['port']);
  error.resume();
  try {
    const inside = await open(port);
    await joinStreams(data, inside);
    error.end();
  } catch (why) {
    error.end(`error forwarding port ${port} to pod ${name}: ${(why as Error).message}`);
    // In good order, so that the client reads the reason: a reset would make it give up the whole connection.
    data.resume();
    data.end();
  }
}
