import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../process/clock.ts';
import { Connections } from '../../process/connections.ts';
import type { ApiServer } from './create.ts';
import type { Tokens } from './auth/tokens.ts';
import { deliver, type Outlet } from './http/deliver.ts';
import type { ApiServerRequest } from './http/exchange.ts';
import { refusalByOrigin } from './tls/origin-guard.ts';
import type { ClientCertificates } from './tls/client-certificates.ts';
import type { ServingCertificate } from './tls/serving-certificate.ts';
import { answerUpgrade } from './tls/upgrades.ts';

export interface TlsListener {
  readonly port: number;
  /** `https://127.0.0.1:<port>`, as it goes into a kubeconfig. */
  readonly server: string;
  /** Takes no new connections, lets answers end, and cuts what still runs after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

export interface ConnectionLimits {
  connectionsMax: number;
  handshakesMax: number;
}

const address = '127.0.0.1';
/** One client's streams on one connection; k9s and Lens open dozens. */
const streamsMax = 500;
/** Megabytes that a session may hold: many watches on one connection, each with a window of its own. */
const sessionMemoryMax = 64;
/** Connections of this machine's programs, each some 20 KiB; beyond these the one goes that has asked for nothing for longest. */
const connectionsMax = 2_048;
/** Of these, such as have not ended their TLS handshake. */
const handshakesMax = 512;
/** A handshake on one machine takes milliseconds. */
const handshakeWithinMs = 5_000;
const headersWithinMs = 10_000;
const requestWithinMs = 60_000;
/** How late who is too slow for these is noticed; left alone Node looks every half a minute. */
const slowNoticedMs = 5_000;
/** For the last words of a connection that left HTTP, or was refused it, to be read: as long as HTTP/1.1 waits for a next request. */
const upgradeLingerMs = 5_000;
const stopGraceMs = 3_000;

/**
 * Listens for kubectl and other clients of this machine: TLS on loopback only, HTTP/2 and HTTP/1.1, who asks told by client
 * certificate or bearer token. A request with another Host, or from a web page, is refused before it is looked at.
 *
 * @throws Error with code EADDRINUSE that names the port
 */
export async function tlsListener(options: {
  apiServer: Pick<ApiServer, 'handle' | 'authenticator'>;
  certificate: ServingCertificate;
  /** Bearer tokens beside those of service accounts. @default none */
  tokens?: Tokens;
  /** Whoever shows a certificate of the cluster's own authority is its user. @default no certificate is asked for */
  clientCertificates?: ClientCertificates;
  port: number;
  clock: Clock;
  limits?: Partial<ConnectionLimits>;
}): Promise<TlsListener> {
  const { apiServer, certificate, tokens, clientCertificates, clock, limits = {} } = options;
  if (tokens) apiServer.authenticator.add(tokens);
  const overHttp1 = { connectionsCheckingInterval: slowNoticedMs };
  const server = createSecureServer({
    ...overHttp1,
    key: certificate.key,
    cert: certificate.certificate,
    minVersion: 'TLSv1.2',
    allowHTTP1: true,
    // Nobody must show one: whether it counts is seen with each request, for it may be revoked.
    ...(clientCertificates && { requestCert: true, rejectUnauthorized: false, ca: clientCertificates.ca }),
    handshakeTimeout: handshakeWithinMs,
    maxSessionMemory: sessionMemoryMax,
    settings: { maxConcurrentStreams: streamsMax },
  });
  Object.assign(server, { headersTimeout: headersWithinMs, requestTimeout: requestWithinMs });
  const connections = new Connections(limits.connectionsMax ?? connectionsMax);
  const handshakes = new Connections(limits.handshakesMax ?? handshakesMax);
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    handshakes.add(socket);
  });
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let port = options.port;

  /** Whose watches and logs end when the listener does. */
  const asking = new Set<AbortController>();

  /** @param caller closes when the request is over */
  const ask = async (
    request: Pick<Http2ServerRequest, 'method' | 'url' | 'headers' | 'socket' | 'stream'>,
    caller: Pick<EventEmitter, 'once'>,
    more: Pick<ApiServerRequest, 'body' | 'signal' | 'upgrade'>,
  ) => {
    const refusal = refusalByOrigin(request.headers, port);
    // Whom a page's request comes from does not matter.
    const shown = refusal
      ? undefined
      : (clientCertificates?.of(request) ?? apiServer.authenticator.ofHeader(request.headers.authorization));
    // Who is nobody holds no place by asking: the answer is theirs not to read.
    if (shown) caller.once('close', connections.begin(request.socket));
    return apiServer.handle({
      from: `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? ''}`,
      method: request.method,
      path: request.url,
      headers: plainHeaders(request.headers),
      user: shown?.user,
      isStillGood: shown && (() => shown.isStillGood()),
      refusal,
      ...more,
    });
  };
  const respond = async (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const signal = leavingWith(response);
    const outlet = responseOutlet(request, response, signal);
    const answer = await ask(request, response, { body: request as AsyncIterable<Uint8Array>, signal });
    await deliver(answer, outlet, request.method === 'HEAD', clock);
    // A body that was refused unread must not hold its connection.
    if (!request.readableEnded) request.resume();
  };
  /** Aborts when the caller has gone, or the listener goes. */
  const leavingWith = (caller: Pick<EventEmitter, 'once'>): AbortSignal => {
    const leaving = new AbortController();
    asking.add(leaving);
    caller.once('close', () => {
      asking.delete(leaving);
      leaving.abort(gone);
    });
    return leaving.signal;
  };
  server.on('request', (request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  // HTTP/1.1 only: exec, attach and port-forward leave it for streams.
  server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    busy.set(message.socket, 1);
    const signal = leavingWith(socket);
    ask(asRequest(message), socket, { signal, upgrade: { message, socket, head } })
      .then((answer) => answerUpgrade(socket, answer))
      .catch(() => socket.destroy())
      // Who was refused may leave its side open for ever.
      .finally(() => {
        const cut = clock.after(upgradeLingerMs, () => socket.destroy());
        socket.once('close', () => cut.cancel());
      });
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.on('secureConnection', (socket: Socket) => {
    handshakes.remove(socket);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        error.message = `Port ${port} of ${address} is in use. Stop what listens there, or name another port for the API.`;
      reject(error);
    });
    server.listen({ host: address, port }, () => resolve());
  });
  port = (server.address() as { port: number }).port;

  return {
    port,
    server: `https://${address}:${port}`,
    async close(graceMs = stopGraceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const leaving of asking) leaving.abort();
      for (const session of sessions) session.close();
      // HTTP/1.1 connections that only wait for a next request would hold the close for their keep-alive.
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
      const cut = clock.after(graceMs, () => {
        for (const session of sessions) session.destroy();
        for (const socket of sockets) socket.destroy();
      });
      await closed;
      cut.cancel();
    },
  };
}

/** HTTP/1.1 sockets with an answer on its way, and how many. */
const busy = new WeakMap<Socket, number>();

/** Why a signal aborts with the end of each answer: made once, since an error costs more than many an answer. */
const gone = new DOMException('the caller has gone, or has its answer', 'AbortError');

function responseOutlet(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  closed: AbortSignal,
): Outlet {
  const { socket } = request;
  const isHttp1 = request.httpVersionMajor === 1;
  if (isHttp1) busy.set(socket, (busy.get(socket) ?? 0) + 1);
  let wake: (() => void) | undefined;
  response.once('close', () => {
    if (isHttp1) busy.delete(socket);
    wake?.();
  });
  response.on('drain', () => wake?.());
  response.on('error', () => {});
  request.on('error', () => {});
  return {
    begin: (status, headers) => void response.writeHead(status, headers),
    write: (chunk) => response.write(chunk),
    end: (chunk) => void (chunk ? response.end(chunk) : response.end()),
    cut: () => (isHttp1 ? void socket.destroy() : void response.stream.destroy()),
    drained: () => (closed.aborted ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
    closed,
  };
}

/** What is read of a request is the same in both protocols. */
function asRequest(message: IncomingMessage): Http2ServerRequest {
  return message as unknown as Http2ServerRequest;
}

function plainHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string | undefined> {
  const plain: Record<string, string | undefined> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
