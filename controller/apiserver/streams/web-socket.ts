import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { badRequest } from '../../../api/errors.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Upgrade } from '../http/exchange.ts';

/** Clients send 32 KiB at a time; a message is held whole. */
const messageBytesMax = 4 * 1024 * 1024;
/** Finds out that a caller has gone also while nothing is read from it because a command does not take its input. */
const pingEveryMs = 30_000;

/** The caller's protocol that we serve, in its order. @throws ApiError (bad request) */
export function agreedProtocol(offered: string | undefined, served: readonly string[]): string {
  const wanted = (offered ?? '').split(',').map((each) => each.trim());
  const agreed = wanted.find((each) => served.includes(each));
  if (agreed === undefined)
    throw badRequest(
      `requested protocol(s) are not supported: [${wanted.filter(Boolean).join(' ')}]; supports [${served.join(' ')}]`,
    );
  return agreed;
}

/** Completes the handshake. The library refuses a protocol with a `/` in its name, so it does not see it. */
export async function acceptWebSocket(
  { message, socket, head }: Upgrade,
  protocol: string,
  clock: Clock,
): Promise<WebSocket> {
  // Only who execs pays for it.
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
  });
  server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  delete message.headers['sec-websocket-protocol'];
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error('the caller left during the handshake'));
    server.once('wsClientError', (error, failed) => {
      failed.destroy();
      reject(error);
    });
    socket.once('close', lost);
    // It looks at no more than method and headers.
    server.handleUpgrade(message as IncomingMessage, socket, head, (webSocket) => {
      socket.off('close', lost);
      webSocket.on('error', () => {});
      const ping = clock.every(pingEveryMs, () => {
        if (webSocket.readyState === webSocket.OPEN) webSocket.ping();
      });
      webSocket.once('close', () => ping.cancel());
      resolve(webSocket);
    });
  });
}

/** Sends one message; resolves when it is on its way, so that whoever sends waits for a slow reader. */
export function send(webSocket: WebSocket, ...parts: (Buffer | number[])[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const content = Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
    webSocket.send(content, { binary: true }, (error) => (error ? reject(error) : resolve()));
  });
}
