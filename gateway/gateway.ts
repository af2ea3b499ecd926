import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EndpointSlice, Node, Service } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { informer } from '../client/informer.ts';
import type { Clock } from '../process/clock.ts';
import { readJsonFile, writeFileAtomically } from '../process/folder.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import type { Swarm } from '../swarm/swarm.ts';
import { directoryOf, mayOpen, type App, type Directory } from './directory.ts';
import { explainApp } from './explain.ts';
import { EndpointHealthBook } from './health.ts';
import { readHost } from './host.ts';
import { NodeLinks } from './node-links.ts';
import { appPage, plainPage, rootPage } from './pages.ts';
import { Proxy } from './proxy.ts';
import { listen, respond, wantsJson } from './respond.ts';
import { Tunnels } from './tunnels.ts';

export interface GatewayOptions {
  client: Client;
  swarm: Swarm;
  /** Loopback port; 0 lets the system choose. */
  port: number;
  /** Whose gateway this is: the owner in its member certificate. */
  owner: string;
  /** Where the last directory is kept, for a start while the controller is away. */
  directoryFile: string;
  clock: Clock;
  random: Random;
  log: Log;
}

export interface Gateway {
  readonly port: number;
  readonly directory: Directory;
  stop(): Promise<void>;
}

/** Headers of one request, all together; larger ones are refused with 431. */
const headerBytesMax = 64 * 1024;
/** A client must have sent its headers by then, so that idle connections cannot pile up. */
const headersMsMax = 30_000;
/** Open connections from browsers and tools on this machine. */
const connectionsMax = 4_096;
/** The directory is written at most this often; what is lost in between comes back from the controller. */
const saveEveryMs = 1_000;
const tendEveryMs = 30_000;
/** The controller counts as away for people when nothing came from it for so long. */
const staleAfterMs = 15_000;
/** Requests under way may take so long to end when the gateway stops. */
const drainMsMax = 5_000;

/** The client's side of the swarm: apps of the cluster in any browser on this machine. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { client, swarm, clock, random, log } = options;
  const informed = { clock, random, log };
  const services = informer<Service>(client, 'Service', {}, informed);
  const slices = informer<EndpointSlice>(client, 'EndpointSlice', {}, informed);
  const nodes = informer<Node>(client, 'Node', {}, informed);
  const sources = [services, slices, nodes];

  const health = new EndpointHealthBook();
  const links = new NodeLinks(swarm, clock);
  const tunnels = new Tunnels(links, clock);
  const proxy = new Proxy({ tunnels, links, health, clock, random });

  let directory: Directory = readJsonFile<Directory>(options.directoryFile) ?? {};
  let changed = false;
  const nodeKeys = () =>
    new Set(Object.values(directory).flatMap((app) => app.endpoints.map(({ nodeKey }) => nodeKey)));
  const follow = () => {
    if (!sources.every(({ synced }) => synced)) return;
    directory = directoryOf(services.all(), slices.all(), nodes.all());
    changed = true;
    const ids = new Set(Object.values(directory).flatMap((app) => app.endpoints.map(({ id }) => id)));
    health.keepOnly(ids);
    tunnels.keepOnly(ids);
    void links.tend(nodeKeys());
  };
  for (const source of sources) {
    source.onChange(follow);
    void source.ready().then(follow);
  }
  const save = async () => {
    if (!changed) return;
    changed = false;
    await writeFileAtomically(options.directoryFile, JSON.stringify(directory)).catch((error: Error) => {
      changed = true;
      log.warn('the directory could not be saved; it is kept in memory', { error });
    });
  };
  const timers = [
    clock.every(saveEveryMs, () => void save()),
    clock.every(tendEveryMs, () => void links.tend(nodeKeys())),
  ];
  void links.tend(nodeKeys());

  const staleMs = () => {
    const broken = sources.filter(({ lastError }) => lastError);
    if (broken.length === 0) return undefined;
    const age = clock.now() - Math.min(...broken.map(({ lastSyncAt }) => lastSyncAt));
    return age > staleAfterMs ? age : undefined;
  };
  const situation = () => ({ port: port(), staleMs: staleMs() });

  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersMsMax,
      requestTimeout: 0,
      keepAliveTimeout: 65_000,
    },
    (req, res) => void answer(req, res).catch((error: Error) => failed(error, res)),
  );
  server.maxConnections = connectionsMax;
  server.on('upgrade', (req, socket, head) => void upgrade(req, socket, head).catch(() => socket.destroy()));

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = routeOf(req);
    if ('status' in route)
      return respond(req, res, route.status, plainPage(route.title, route.reason), route.reason);
    if (!route.app) return root(req, res);
    const gaveUp = await proxy.serve(route.app, req, res);
    if (!gaveUp) return;
    const title =
      gaveUp.status === 503
        ? `${route.app.service} has no ready replica`
        : `${route.app.service} did not answer`;
    const details = gaveUp.status === 503 ? await explainApp(client, route.app) : [];
    respond(
      req,
      res,
      gaveUp.status,
      appPage(route.app, title, gaveUp.reason, details, situation()),
      [gaveUp.reason, ...details].join('; '),
    );
  }

  type Route = { app: App | undefined } | { status: number; title: string; reason: string };

  function routeOf(req: IncomingMessage): Route {
    const host = readHost(req.headers.host, port());
    if (host.kind === 'foreign')
      return { status: 421, title: 'Not served here', reason: `This is kith's gateway, and ${host.reason}.` };
    if (host.kind === 'root') return { app: undefined };
    const app = directory[`${host.namespace}/${host.service}`];
    if (!app)
      return {
        status: 404,
        title: 'No such app',
        reason: `There is no Service ${host.service} in the namespace ${host.namespace}.`,
      };
    if (!mayOpen(app, options.owner))
      return {
        status: 403,
        title: 'Not open to you',
        reason: `${app.service} is open to ${app.openTo.join(', ')}; this gateway belongs to ${options.owner}.`,
      };
    return { app };
  }

  function root(req: IncomingMessage, res: ServerResponse): void {
    if (req.method !== 'GET' && req.method !== 'HEAD')
      return respond(req, res, 405, plainPage('Only GET', 'This page can only be read.'), 'only GET');
    if (req.url !== '/')
      return respond(
        req,
        res,
        404,
        plainPage('No such page', 'The apps are listed at /.'),
        'the apps are listed at /',
      );
    if (wantsJson(req)) return respond(req, res, 200, '', '', Object.values(directory));
    respond(req, res, 200, rootPage(directory, situation()), 'ok');
  }

  async function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const route = routeOf(req);
    const refusal =
      'status' in route
        ? route
        : route.app
          ? await proxy.upgrade(route.app, req, socket, head)
          : { status: 404, reason: 'nothing to upgrade here' };
    if (refusal)
      socket.end(
        `HTTP/1.1 ${refusal.status} ${refusal.reason.replace(/[^ -~]/g, '')}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      );
  }

  function failed(error: Error, res: ServerResponse): void {
    log.warn('a request ended early', { error });
    res.destroy();
  }

  const port = () => (server.address() as { port: number } | null)?.port ?? options.port;
  await listen(server, options.port);
  log.info('the gateway serves', { url: `http://localhost:${port()}/` });

  return {
    get port() {
      return port();
    },
    get directory() {
      return directory;
    },
    async stop() {
      for (const timer of timers) timer.cancel();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = clock.after(drainMsMax, () => server.closeAllConnections());
      await closed;
      cut.cancel();
      tunnels.close();
      await Promise.all(sources.map((source) => source.stop()));
      await links.close();
      await save();
    },
  };
}
