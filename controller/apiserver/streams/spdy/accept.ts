import type { Duplex } from 'node:stream';
import type { Upgrade } from '../../http/exchange.ts';
import { agreedProtocol } from '../web-socket.ts';

const protocolHeader = 'x-stream-protocol-version';

export function isSpdy({ message }: Upgrade): boolean {
  return (message.headers.upgrade ?? '').toLowerCase() === 'spdy/3.1';
}

/** Which of ours the caller speaks over SPDY. @throws ApiError (bad request) */
export function spdyProtocol({ message }: Upgrade, served: readonly string[]): string {
  const offered = message.headers[protocolHeader];
  return agreedProtocol(Array.isArray(offered) ? offered.join(',') : offered, served);
}

/** Leaves HTTP: what follows on the socket are SPDY's frames. */
export function acceptSpdy({ socket, head }: Upgrade, protocol: string): Duplex {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    `X-Stream-Protocol-Version: ${protocol}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
}
