import type { Duplex } from 'node:stream';
import { STATUS_CODES } from '../../../process/http.ts';
import type { ApiServerResponse } from '../http/exchange.ts';

/**
 * Brings an answer to a connection that asked to leave HTTP/1.1. With 101 whoever answered has the connection, and this resolves
 * when it is over; any other answer is written, and ends the connection.
 */
export async function answerUpgrade(socket: Duplex, answer: ApiServerResponse): Promise<void> {
  if (answer.status === 101) {
    await wholeBody(answer.body);
    return;
  }
  const body = await wholeBody(answer.body);
  const headers = { ...answer.headers, connection: 'close', 'content-length': String(body.length) };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name}: ${each}`),
  );
  const head = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`, ...lines].join('\r\n');
  socket.write(`${head}\r\n\r\n`);
  socket.end(body);
  // What the caller still sends is not wanted, and would hold the connection open unread.
  socket.resume();
}

/** A request to leave HTTP that names what does not stream is answered as any other, but a watch has no end to wait for. */
async function wholeBody(body: ApiServerResponse['body']): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= bodyBytesMax) break;
  }
  return Buffer.concat(parts);
}

const bodyBytesMax = 1024 * 1024;
