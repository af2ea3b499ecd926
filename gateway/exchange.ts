import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { request as httpRequest } from '../process/http.ts';
import { hasBody, responseHeaders, trailersOf, type RawHeaders } from './headers.ts';
import { noteKeepAlive } from './tunnels.ts';

/** How one attempt at an endpoint ended. */
export type Outcome =
  /** All of the app's answer has been passed on. */
  | { kind: 'answered' }
  /** The answer broke off after it had begun: the client's connection was cut, so that it can tell. */
  | { kind: 'cut'; error: Error }
  | { kind: 'client-gone' }
  /** Nothing has been written to the client. */
  | { kind: 'failed'; error: Error; reused: boolean };

/** Headers of an app's answer, all together; as much as a browser may send. */
const responseHeaderBytesMax = 64 * 1024;

interface Exchange {
  agent: Agent;
  req: IncomingMessage;
  res: ServerResponse;
  path: string;
  headers: RawHeaders;
  /** The answer's head is in. */
  onAnswer: () => void;
}

/** Sends `req` to one endpoint and its answer to `res`. Never rejects. */
export function exchange({ agent, req, res, path, headers, onAnswer }: Exchange): Promise<Outcome> {
  return new Promise((resolve) => {
    let upstream: ClientRequest;
    let response: IncomingMessage | undefined;
    let isDone = false;
    const finish = (outcome: Outcome) => {
      if (isDone) return;
      isDone = true;
      res.off('close', clientGone);
      resolve(outcome);
    };
    const clientGone = () => {
      finish({ kind: 'client-gone' });
      upstream.destroy();
    };
    const broken = (error: Error) => {
      if (isDone) return;
      if (!res.headersSent) return finish({ kind: 'failed', error, reused: upstream.reusedSocket });
      finish({ kind: 'cut', error });
      upstream.destroy();
      // A short body must not look like a whole one.
      res.destroy();
    };
    try {
      upstream = httpRequest({
        agent,
        method: req.method,
        path,
        headers,
        setHost: false,
        maxHeaderSize: responseHeaderBytesMax,
      });
    } catch (error) {
      // A byte that may come in but not go out; Node's parser and its writer differ in a few.
      return resolve({ kind: 'failed', error: error as Error, reused: false });
    }
    res.on('close', clientGone);
    // Before the answer's end: Node takes a body without a length for whole even if the connection broke.
    upstream.on('error', broken);
    upstream.on('continue', () => attempt(() => res.writeContinue()));
    upstream.on('information', ({ statusCode, headers: hints }) => {
      if (statusCode === 102) attempt(() => res.writeProcessing());
      // What an app writes in them is not always what Node's writer accepts; hints may be lost.
      if (statusCode === 103) attempt(() => res.writeEarlyHints(hints as Record<string, string>));
    });
    upstream.once('response', (answer) => {
      response = answer;
      try {
        passOn(answer, req, res, finish, broken);
        onAnswer();
      } catch (error) {
        answer.destroy();
        broken(error as Error);
      }
    });
    upstream.once('close', () => {
      if (!response) broken(new Error('the app closed the connection without an answer'));
    });
    if (!hasBody(req)) upstream.end();
    // The body flows only once there is a connection: until then a failure has cost nothing of it, and any method may retry.
    else upstream.once('socket', () => sendBody(req, upstream));
  });

  /** Hints and interim answers only to clients that know them, and only before the answer. */
  function attempt(write: () => void): void {
    if (res.headersSent || req.httpVersionMinor < 1) return;
    try {
      write();
    } catch {
      // The answer itself is still to come.
    }
  }
}

/** By hand, since `pipe` ends without trailers and `pipeline` costs a third of a small request. */
function sendBody(req: IncomingMessage, upstream: ClientRequest): void {
  const onData = (chunk: Buffer) => {
    if (!upstream.write(chunk)) req.pause();
  };
  const onDrain = () => void req.resume();
  const onEnd = () => {
    const trailers = trailersOf(req);
    if (trailers.length > 0) upstream.addTrailers(trailers);
    upstream.end();
  };
  req.on('data', onData);
  req.on('end', onEnd);
  upstream.on('drain', onDrain);
  upstream.once('close', () => {
    req.off('data', onData);
    req.off('end', onEnd);
    // The answer came before all of the body: the rest is read for nobody, so that the client gets to its end.
    if (!req.readableEnded) req.resume();
  });
}

/** Writes the app's answer to the client; throws where its head cannot be written. */
export function passOn(
  response: IncomingMessage,
  req: IncomingMessage,
  res: ServerResponse,
  finish: (outcome: Outcome) => void,
  broken: (error: Error) => void,
): void {
  noteKeepAlive(response);
  const coding = response.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new Error(`the app answered with the transfer coding "${coding.slice(0, 40)}"`);
  const isChunked = coding !== undefined && req.httpVersionMinor >= 1 && req.method !== 'HEAD';
  res.sendDate = false;
  res.writeHead(
    response.statusCode ?? 502,
    response.statusMessage ?? '',
    responseHeaders(response, isChunked),
  );
  let wrote = false;
  response.on('data', (chunk: Buffer) => {
    wrote = true;
    if (!res.write(chunk)) response.pause();
  });
  res.on('drain', () => void response.resume());
  response.once('end', () => {
    wrote = true;
    if (isChunked) {
      const trailers = trailersOf(response);
      if (trailers.length > 0) res.addTrailers(trailers);
    }
    finish({ kind: 'answered' });
    res.end();
  });
  response.once('close', () => {
    if (!response.readableEnded) broken(new Error('the app broke off its answer'));
  });
  // A short answer's head and body leave in one packet; an event stream must not wait for its first event to show that it is open.
  process.nextTick(() => {
    if (!wrote && !res.destroyed) res.flushHeaders();
  });
}
