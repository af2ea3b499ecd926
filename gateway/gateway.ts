import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EndpointSlice, Node, Service } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { informer } from '../client/informer.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import type { Swarm } from '../swarm/swarm.ts';
import { crossSiteRefusal } from './cross-site.ts';
import { directoryOf, mayOpen, type App, type Directory } from './directory.ts';
import { Explainer } from './explain.ts';
import { hangUp } from './hang-up.ts';
import { EndpointHealthBook } from './health.ts';
import { openListener, type ListenerLimits } from './listener.ts';
import { News } from './news.ts';
import { NodeLinks } from './node-links.ts';
import { appPage, plainPage, rootPage } from './pages.ts';
import { Proxy, type GaveUp } from './proxy.ts';
import { respond, wantsJson } from './respond.ts';
import { SavedDirectory } from './saved-directory.ts';
import { readTarget } from './target.ts';
import { Tunnels } from './tunnels.ts';
import { exchangeUpgrade } from './upgrade.ts';

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
  limits?: Partial<ListenerLimits>;
  /** How long a host may be silent before others are preferred; `Infinity` prefers nobody. @default 1600 */
  quietAfterMs?: number;
}

export interface Gateway {
  readonly port: number;
  readonly directory: Directory;
  /** Resolves once the directory is what the controller says, not what was known last. */
  readonly synced: Promise<void>;
  stop(): Promise<void>;
}

/** The directory is written at most this often; what is lost in between comes back from the controller. */
const saveEveryMs = 1_000;
const tendEveryMs = 30_000;
/** Many objects change at once (a rollout, the first list): one directory is made of them all. */
const settleMs = 5;
/** The controller counts as away for people when nothing came from it for so long. */
const staleAfterMs = 15_000;
/** Requests under way may take so long to end when the gateway stops. */
const drainMsMax = 5_000;

type Route =
  | { kind: 'app'; app: App; path: string }
  | { kind: 'root'; path: string }
  | { kind: 'refused'; status: number; title: string; reason: string };

/** The client's side of the swarm: apps of the cluster in any browser on this machine. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { client, swarm, clock, random, log } = options;
  const informed = { clock, random, log };
  const services = informer<Service>(client, 'Service', {}, informed);
  const slices = informer<EndpointSlice>(client, 'EndpointSlice', {}, informed);
  const nodes = informer<Node>(client, 'Node', {}, informed);
  const sources = [services, slices, nodes];

  const saved = new SavedDirectory(options.directoryFile, log);
  let directory: Directory = saved.read();
  const endpoints = () => Object.values(directory).flatMap((app) => app.endpoints);
  const nodeKeys = () => new Set(endpoints().map(({ nodeKey }) => nodeKey));

  const health = new EndpointHealthBook();
  const links = new NodeLinks({
    swarm,
    clock,
    ...(options.quietAfterMs !== undefined && { quietAfterMs: options.quietAfterMs }),
    onSilence: (key) => {
      for (const { id, nodeKey } of endpoints()) if (nodeKey === key) health.eject(id, clock.now());
    },
  });
  const tunnels = new Tunnels(links, clock);
  const news = new News(clock);
  const proxy = new Proxy({
    tunnels,
    links,
    health,
    self: swarm.key,
    nextChange: () => news.next(),
    clock,
    random,
  });
  const explainer = new Explainer(client, clock);

  const follow = () => {
    directory = directoryOf(services.all(), slices.all(), nodes.all());
    const ids = new Set(endpoints().map(({ id }) => id));
    health.keepOnly(ids);
    tunnels.keepOnly(ids);
    void links.tend(nodeKeys());
    news.tell();
  };
  let isDirty = false;
  const isSynced = () => sources.every(({ synced }) => synced);
  const isBehind = ({ synced, lastError }: (typeof sources)[number]) => !synced || lastError !== undefined;
  const touch = () => {
    // Until all three lists are in, the last directory is better than half of the new one.
    if (isDirty || !isSynced()) return;
    isDirty = true;
    clock.after(settleMs, () => {
      isDirty = false;
      follow();
    });
  };
  for (const source of sources) source.onChange(touch);
  const synced = Promise.all(sources.map((source) => source.ready())).then(follow);
  const timers = [
    clock.every(saveEveryMs, () => void (isSynced() && saved.write(directory))),
    clock.every(tendEveryMs, () => void links.tend(nodeKeys())),
  ];
  void links.tend(nodeKeys());

  const staleMs = () => {
    const broken = sources.filter(isBehind);
    if (broken.length === 0) return undefined;
    const age = clock.now() - Math.min(...broken.map(({ lastSyncAt }) => lastSyncAt));
    return age > staleAfterMs ? age : undefined;
  };
  // Not the listener's: requests may come before it is all open.
  const portOf = (req: IncomingMessage) => req.socket.localPort ?? 0;
  const situation = (req: IncomingMessage) => ({ port: portOf(req), staleMs: staleMs() });

  function routeOf(req: IncomingMessage, isUpgrade: boolean): Route {
    const target = readTarget(req, portOf(req));
    if (target.kind !== 'app') return target;
    const { service, namespace, path } = target;
    const app = directory[`${namespace}/${service}`];
    const refused = (status: number, title: string, reason: string): Route => ({
      kind: 'refused',
      status,
      title,
      reason,
    });
    if (!app && sources.some(isBehind))
      return refused(
        503,
        'Not known yet',
        `This gateway does not hear from the controller at the moment, and knows of no Service ${service} in the namespace ${namespace} from before. It asks on; try again soon.`,
      );
    if (!app)
      return refused(404, 'No such app', `There is no Service ${service} in the namespace ${namespace}.`);
    if (!mayOpen(app, options.owner))
      return refused(
        403,
        'Not open to you',
        `${service} is open to ${app.openTo.join(', ') || 'nobody'}; this gateway belongs to ${options.owner}.`,
      );
    const crossSite = app.crossSite ? undefined : crossSiteRefusal(req, isUpgrade);
    if (crossSite) return refused(403, 'Not from another site', crossSite);
    return { kind: 'app', app, path };
  }

  /** The same, but what is not known yet gets a moment to become known. */
  async function settledRouteOf(req: IncomingMessage, isUpgrade = false): Promise<Route> {
    const route = routeOf(req, isUpgrade);
    if (route.kind !== 'refused' || route.status !== 503) return route;
    await news.next();
    return routeOf(req, isUpgrade);
  }

  /** The app as it is by now: it may change while a request is tried. */
  const finder =
    ({ namespace, service }: App) =>
    () => {
      const app = directory[`${namespace}/${service}`];
      return app && mayOpen(app, options.owner) ? app : undefined;
    };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const route = await settledRouteOf(req);
    if (route.kind === 'refused')
      return respond(req, res, route.status, plainPage(route.title, route.reason), route.reason);
    if (route.kind === 'root') return root(req, res, route.path);
    const { app } = route;
    const gaveUp = await proxy.serve(finder(app), req, res, route.path);
    if (gaveUp) await explain(app, gaveUp, req, res);
  }

  async function explain(
    app: App,
    { status, reason }: GaveUp,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void> {
    const isNoneReady = status === 503;
    const title = isNoneReady ? `${app.service} has no ready replica` : `${app.service} did not answer`;
    const details = isNoneReady ? await explainer.explain(app) : [];
    const page = appPage(app, title, reason, details, situation(req));
    respond(req, res, status, page, [reason, ...details].join('; '));
  }

  async function root(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    if (req.method !== 'GET' && req.method !== 'HEAD')
      return respond(req, res, 405, plainPage('Only GET', 'This page can only be read.'), 'only GET');
    if (path !== '/') {
      const where = 'The apps are listed at /.';
      return respond(req, res, 404, plainPage('No such page', where), where);
    }
    if (wantsJson(req)) return respond(req, res, 200, '', '', Object.values(directory));
    const listed = directory;
    // As on the app's own page: whom it is not open to learns nothing of its pods.
    const silent = Object.values(listed).filter(
      (app) => app.endpoints.length === 0 && mayOpen(app, options.owner),
    );
    const reasons = await explainer.firstReasons(silent);
    respond(req, res, 200, rootPage(listed, reasons, situation(req)), 'ok');
  }

  async function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const route = await settledRouteOf(req, true);
    if (route.kind === 'refused') return refuseUpgrade(socket, clock, route.status, route.reason);
    if (route.kind === 'root') return refuseUpgrade(socket, clock, 404, 'there is nothing to upgrade here');
    const { app, path } = route;
    const gaveUp = await proxy.attempts(finder(app), req, false, (endpoint) => {
      const startedAt = clock.now();
      const onAnswer = () => {
        const now = clock.now();
        health.answered(endpoint.id, now, now - startedAt);
      };
      return exchangeUpgrade({ agent: tunnels.pool(endpoint), req, socket, head, path, clock, onAnswer });
    });
    if (gaveUp) refuseUpgrade(socket, clock, gaveUp.status, gaveUp.reason);
  }

  const listener = await openListener({
    port: options.port,
    answer: (req, res) =>
      void answer(req, res).catch((error: Error) => {
        log.warn('a request ended early', { error });
        res.destroy();
      }),
    upgrade: (req, socket, head) =>
      void upgrade(req, socket, head).catch((error: Error) => {
        log.warn('an upgrade ended early', { error });
        socket.destroy();
      }),
    ...(options.limits && { limits: options.limits }),
    clock,
    log,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  log.info('the gateway serves', { url: `http://localhost:${listener.port}/` });

  async function close(): Promise<void> {
    for (const timer of timers) timer.cancel();
    tunnels.close();
    await Promise.all(sources.map((source) => source.stop()));
    await links.close();
  }

  return {
    port: listener.port,
    get directory() {
      return directory;
    },
    synced,
    async stop() {
      await listener.close(drainMsMax);
      const wasSynced = isSynced();
      await close();
      if (wasSynced) await saved.write(directory);
    },
  };
}

/** Before anything was upgraded there is only the bare connection to write the refusal to. */
function refuseUpgrade(socket: Duplex, clock: Clock, status: number, reason: string): void {
  const body = `kith: ${reason}\n`;
  hangUp(
    socket,
    clock,
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
