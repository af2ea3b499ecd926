import type { Agent, IncomingMessage } from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { request as httpRequest, ServerResponse } from '../process/http.ts';
import type { Clock } from '../process/clock.ts';
import { passOn, type Outcome } from './exchange.ts';
import { hangUp } from './hang-up.ts';
import { ownHeader, requestHeaders } from './headers.ts';

/**
 * Passes an upgrade (WebSocket and the like) to one endpoint. Only if the app agrees (101) do both sides become bytes; any
 * other answer goes back as an ordinary one and ends the connection: whatever the client sent after it would otherwise
 * reach the app past all checks. Never rejects; resolves when the connection has ended.
 */
export function exchangeUpgrade(options: {
  agent: Agent;
  req: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  path: string;
  clock: Clock;
  onAnswer: () => void;
}): Promise<Outcome> {
  const { agent, req, socket, head, path, clock, onAnswer } = options;
  return new Promise((resolve) => {
    let hasAnswered = false;
    const finish = (outcome: Outcome) => {
      socket.off('close', clientGone);
      resolve(outcome);
    };
    const upstream = httpRequest({
      agent,
      method: req.method,
      path,
      headers: requestHeaders(req, req.headers.upgrade),
      setHost: false,
    });
    const clientGone = () => {
      finish({ kind: 'client-gone' });
      upstream.destroy();
    };
    const broken = (error: Error) => {
      if (!hasAnswered) return finish({ kind: 'failed', error, reused: upstream.reusedSocket });
      finish({ kind: 'cut', error });
      socket.destroy();
    };
    socket.on('close', clientGone);
    upstream.on('error', broken);
    upstream.once('close', () => {
      if (!hasAnswered) broken(new Error('the app closed the connection without an answer'));
    });
    upstream.once('upgrade', (answer, tunnel, first) => {
      hasAnswered = true;
      onAnswer();
      socket.off('close', clientGone);
      join(socket, tunnel, () => resolve({ kind: 'answered' }));
      socket.write(headOf(answer));
      if (first.length > 0) socket.write(first);
      if (head.length > 0) tunnel.write(head);
    });
    upstream.once('response', (answer) => {
      hasAnswered = true;
      onAnswer();
      const res = new ServerResponse(req);
      res.shouldKeepAlive = false;
      res.assignSocket(socket as Socket);
      res.once('finish', () => {
        res.detachSocket(socket as Socket);
        hangUp(socket, clock);
      });
      try {
        passOn(answer, req, res, finish, broken);
      } catch (error) {
        answer.destroy();
        broken(error as Error);
      }
    });
    upstream.end();
  });
}

/** Each direction ends by itself; when either breaks both are cut. */
function join(socket: Duplex, tunnel: Duplex, done: () => void): void {
  let open = 2;
  const ended = (error: Error | null | undefined) => {
    if (error) {
      socket.destroy();
      tunnel.destroy();
    }
    open -= 1;
    if (open === 0) done();
  };
  tunnel.allowHalfOpen = true;
  pipeline(socket, tunnel, ended);
  pipeline(tunnel, socket, ended);
}

/** The answer to an upgrade as the app gave it, headers of the connection included: they are about the new protocol. */
function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${ownHeader(rawHeaders[index]!, rawHeaders[index + 1]!)}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
