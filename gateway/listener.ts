import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../process/clock.ts';
import { Connections } from '../process/connections.ts';
import { createServer } from '../process/http.ts';
import type { Log } from '../process/log.ts';
import { hangUp } from './hang-up.ts';
import { hasBody } from './headers.ts';

/** Headers of one request, all together; larger ones are refused with 431. */
const headerBytesMax = 64 * 1024;
/** A client must have sent its headers by then, so that idle connections cannot pile up (slow loris): 408. */
const headersMsMax = 10_000;
const headersCheckMs = 2_000;
/** An idle connection stays open a little longer than a browser keeps it. */
const idleMsMax = 65_000;
/** Open connections from browsers and tools on this machine; beyond these the one goes that has asked for nothing for longest. */
const connectionsMax = 4_096;

export interface ListenerLimits {
  headersMsMax: number;
  headersCheckMs: number;
  connectionsMax: number;
}

export interface ListenerOptions {
  port: number;
  answer: (req: IncomingMessage, res: ServerResponse) => void;
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  limits?: Partial<ListenerLimits>;
  clock: Clock;
  log: Log;
}

export interface Listener {
  readonly port: number;
  /** Takes no more; what is under way gets `drainMs`. */
  close(drainMs: number): Promise<void>;
}

/**
 * HTTP/1.1 on loopback alone, under both of its addresses: browsers try `[::1]` first for names under `localhost`, and on a
 * shared machine another user could answer there in our place.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { clock, log } = options;
  const upgraded = new Set<Duplex>();
  const connections = new Connections(options.limits?.connectionsMax ?? connectionsMax);
  const servers = [makeServer(options, upgraded, connections)];
  const port = await listen(servers[0]!, '127.0.0.1', options.port);
  const second = makeServer(options, upgraded, connections);
  try {
    await listen(second, '::1', port);
    servers.push(second);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A machine without IPv6 has nobody on ::1 either.
    if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT')
      log.warn(`another program holds port ${port} on [::1], where browsers look first: stop it`, { code });
  }
  return {
    port,
    async close(drainMs) {
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const server of servers) server.closeIdleConnections();
      const cut = clock.after(drainMs, () => {
        for (const server of servers) server.closeAllConnections();
      });
      // An upgraded connection has no end that we could wait for.
      for (const socket of upgraded) socket.destroy();
      await Promise.all(closed);
      cut.cancel();
    },
  };
}

function makeServer(
  { answer, upgrade, limits, clock }: ListenerOptions,
  upgraded: Set<Duplex>,
  connections: Connections,
): Server {
  const server = createServer({
    maxHeaderSize: headerBytesMax,
    headersTimeout: limits?.headersMsMax ?? headersMsMax,
    connectionsCheckingInterval: limits?.headersCheckMs ?? headersCheckMs,
    // A body may take as long as it likes: uploads, and streams both ways.
    requestTimeout: 0,
    keepAliveTimeout: idleMsMax,
    // HTTP/2 over cleartext may be offered, and is declined by not taking it up (RFC 9110, 7.8).
    shouldUpgradeCallback: (req) => !/^h2c$/i.test(req.headers.upgrade ?? '') && !hasBody(req),
  });
  server.on('connection', (socket) => connections.add(socket));
  const begin = (req: IncomingMessage, res: ServerResponse) => {
    res.once('close', connections.begin(req.socket));
    answer(req, res);
  };
  server.on('request', begin);
  // Without a listener Node would say 100 by itself; here the app decides whether it wants the body.
  server.on('checkContinue', begin);
  server.on('upgrade', (req, socket, head) => {
    connections.begin(req.socket);
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    upgrade(req, socket, head);
  });
  server.on('connect', (_req, socket) => {
    socket.on('error', () => socket.destroy());
    hangUp(
      socket,
      clock,
      `HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
  });
  return server;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? Object.assign(new Error(`port ${port} on ${host} is in use by another program`), {
              code: 'KITH_PORT_BUSY',
              next: 'stop that program, or choose another port with --gateway-port',
              cause: error,
            })
          : error,
      ),
    );
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      const { port: bound } = server.address() as { port: number };
      resolve(bound);
    });
  });
}
