import { once } from 'node:events';
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { BlobPeer } from '../../../agent/blobs/peer.ts';

type Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A machine on loopback that answers by `handler`, and the peer by which others reach it. Counts the paths asked for. */
export async function startPeer(
  name: string,
  handler: Handler,
): Promise<BlobPeer & { asked: string[]; port: number; close(): Promise<void> }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    asked.push(`${headers[':path']}${headers.range ? ` ${headers.range}` : ''}`);
    handler(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  return {
    name,
    asked,
    port,
    async fetch(path, headers, options = {}) {
      const stream = session.request({ ':path': path, ...headers }, { signal: options.signal });
      stream.on('error', () => {});
      const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders & { ':status': number }];
      return { status: head[':status'], headers: head, body: stream };
    },
    async close() {
      session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
