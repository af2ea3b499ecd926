import type { AgentOptions, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../process/clock.ts';
import { Agent } from '../process/http.ts';
import { openTunnel } from '../swarm/tunnel.ts';
import type { AppEndpoint } from './directory.ts';
import type { NodeLinks } from './node-links.ts';

/** The app's connection could not be opened: nothing of the request has left this machine. */
export class TunnelFailed extends Error {
  readonly code = 'KITH_TUNNEL_FAILED';
  /** The host has as many tunnels as it opens: that says nothing against the endpoint. */
  readonly isFull: boolean;
  constructor(endpoint: AppEndpoint, cause: unknown) {
    super(`no tunnel to ${endpoint.podName} on ${endpoint.node}: ${(cause as Error).message}`, { cause });
    this.name = 'TunnelFailed';
    this.isFull = (cause as { status?: number }).status === 429;
  }
}

/** Bound on finding the node and opening the tunnel: short, since another endpoint is asked next. */
const openTunnelMsMax = 3_000;
/** Connections that one endpoint gets at the most; more requests wait for one. A host opens 512 for one gateway. */
const socketsPerEndpointMax = 256;
/** Idle connections kept for the next request. */
const idleSocketsPerEndpointMax = 64;
/** Below the 5 s after which Node's own HTTP server closes an idle connection, with the time between two sweeps. */
const idleSocketMs = 4_000;
const sweepEveryMs = 500;
/** An app that says when it closes an idle connection is left alone this long before. */
const keepAliveMarginMs = 1_000;

/** Opens byte streams to pods, and keeps HTTP connections over them alive, one pool for each endpoint. */
export class Tunnels {
  readonly #links: NodeLinks;
  readonly #clock: Clock;
  readonly #pools = new Map<string, TunnelAgent>();
  readonly #sweep: Timer;

  constructor(links: NodeLinks, clock: Clock) {
    this.#links = links;
    this.#clock = clock;
    // One timer for all: one on each connection would be set anew by every request.
    this.#sweep = clock.every(sweepEveryMs, () => {
      for (const pool of this.#pools.values()) pool.sweep(clock.now());
    });
  }

  /** A byte stream to the endpoint's port. Rejects with `TunnelFailed`. */
  async open(endpoint: AppEndpoint): Promise<Duplex> {
    const bound = new AbortController();
    const timer = this.#clock.after(openTunnelMsMax, () =>
      bound.abort(new Error(this.#links.problem(endpoint.nodeKey) ?? `not open after ${openTunnelMsMax} ms`)),
    );
    try {
      const link =
        this.#links.current(endpoint.nodeKey) ?? (await this.#links.live(endpoint.nodeKey, bound.signal));
      if (!link.session) throw new Error('the link to the node is not one for tunnels');
      return await openTunnel(
        link.session,
        { ':authority': `${endpoint.address}:${endpoint.port}`, 'kith-pod-uid': endpoint.podUid },
        { signal: bound.signal },
      );
    } catch (error) {
      throw new TunnelFailed(endpoint, error);
    } finally {
      timer.cancel();
    }
  }

  /** The pool of HTTP connections to this endpoint, for `http.request({agent})`. */
  pool(endpoint: AppEndpoint): Agent {
    let pool = this.#pools.get(endpoint.id);
    if (!pool) {
      pool = new TunnelAgent(() => this.open(endpoint), this.#clock);
      this.#pools.set(endpoint.id, pool);
    }
    return pool;
  }

  /** Closes the idle connections to an endpoint: one of them has turned out to be closed at the other end. */
  dropIdle(endpoint: AppEndpoint): void {
    this.#pools.get(endpoint.id)?.dropIdle();
  }

  /** Closes the pools of endpoints that no app has any more; what is under way on them ends by itself. */
  keepOnly(ids: Set<string>): void {
    for (const [id, pool] of this.#pools)
      if (!ids.has(id)) {
        this.#pools.delete(id);
        pool.retire();
      }
  }

  close(): void {
    this.#sweep.cancel();
    for (const pool of this.#pools.values()) pool.destroy();
    this.#pools.clear();
  }
}

/** A tunnel in a pool. */
type PooledTunnel = Duplex & {
  /** What its app said of idle connections. */
  idleMsMax?: number;
  /** `clock.now()`; set while it is idle. */
  idleUntil?: number;
};

/** Keeps in mind how long the app leaves this connection open (`Keep-Alive: timeout=5`). */
export function noteKeepAlive({ headers, socket }: IncomingMessage): void {
  const said = headers['keep-alive']?.toString();
  const seconds = said && /(?:^|[,\s])timeout=(\d{1,6})/.exec(said)?.[1];
  if (seconds) (socket as PooledTunnel).idleMsMax = Number(seconds) * 1000 - keepAliveMarginMs;
}

/** Node's own connection pool over tunnels instead of sockets. */
class TunnelAgent extends Agent {
  readonly #open: () => Promise<Duplex>;
  readonly #clock: Clock;
  #isRetired = false;

  constructor(open: () => Promise<Duplex>, clock: Clock) {
    super({
      keepAlive: true,
      maxSockets: socketsPerEndpointMax,
      maxFreeSockets: idleSocketsPerEndpointMax,
    });
    this.#open = open;
    this.#clock = clock;
  }

  override getName(): string {
    return 'tunnel';
  }

  override createConnection(
    _options: AgentOptions,
    ready?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open().then(
      (tunnel) => ready!(null, asSocket(tunnel)),
      (error: Error) => ready!(error, undefined as unknown as Duplex),
    );
    return undefined;
  }

  override keepSocketAlive(tunnel: PooledTunnel): boolean {
    const idleMs = Math.min(idleSocketMs, tunnel.idleMsMax ?? idleSocketMs);
    tunnel.idleUntil = this.#clock.now() + idleMs;
    return idleMs > 0 && !this.#isRetired;
  }

  sweep(now: number): void {
    for (const tunnels of Object.values(this.freeSockets))
      for (const tunnel of tunnels ?? []) if ((tunnel as PooledTunnel).idleUntil! <= now) tunnel.destroy();
  }

  dropIdle(): void {
    for (const tunnels of Object.values(this.freeSockets))
      for (const tunnel of tunnels ?? []) tunnel.destroy();
  }

  retire(): void {
    this.#isRetired = true;
    this.dropIdle();
  }
}

/** What Node's HTTP client asks of a socket beyond a stream. A tunnel has no timeouts or delays of its own: its link has heartbeats. */
function asSocket(tunnel: Duplex): Duplex {
  const nothing = () => tunnel;
  // An idle connection that the app closes must not be taken for the next request: for HTTP half of one is none.
  tunnel.allowHalfOpen = false;
  return Object.assign(tunnel, {
    setTimeout: nothing,
    setKeepAlive: nothing,
    setNoDelay: nothing,
    ref: nothing,
    unref: nothing,
  });
}
