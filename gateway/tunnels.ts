import { Agent, type AgentOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../process/clock.ts';
import { openTunnel } from '../swarm/tunnel.ts';
import type { AppEndpoint } from './directory.ts';
import type { NodeLinks } from './node-links.ts';

/** The app's connection could not be opened: nothing of the request has left this machine. */
export class TunnelFailed extends Error {
  readonly code = 'KITH_TUNNEL_FAILED';
  constructor(endpoint: AppEndpoint, cause: unknown) {
    super(`no tunnel to ${endpoint.podName} on ${endpoint.node}: ${(cause as Error).message}`, { cause });
    this.name = 'TunnelFailed';
  }
}

/** Bound on finding the node and opening the tunnel: short, since another endpoint is asked next. */
const openTunnelMsMax = 3_000;
/** Connections that one endpoint gets at the most; more requests wait for one. */
const socketsPerEndpointMax = 512;
/** Idle connections kept for the next request. */
const idleSocketsPerEndpointMax = 64;
/** Below the 5 s after which Node's own HTTP server closes an idle connection. */
const idleSocketMs = 4_000;

/** Opens byte streams to pods, and keeps HTTP connections over them alive, one pool for each endpoint. */
export class Tunnels {
  readonly #links: NodeLinks;
  readonly #clock: Clock;
  readonly #pools = new Map<string, Agent>();

  constructor(links: NodeLinks, clock: Clock) {
    this.#links = links;
    this.#clock = clock;
  }

  /** A byte stream to the endpoint's port. Rejects with `TunnelFailed`. */
  async open(endpoint: AppEndpoint): Promise<Duplex> {
    const bound = new AbortController();
    const timer = this.#clock.after(openTunnelMsMax, () =>
      bound.abort(new Error(this.#links.problem(endpoint.nodeKey) ?? `not open after ${openTunnelMsMax} ms`)),
    );
    try {
      const link = await this.#links.live(endpoint.nodeKey, bound.signal);
      if (!link.session) throw new Error('the link to the node is not one for tunnels');
      return await openTunnel(link.session, {
        ':authority': `${endpoint.address}:${endpoint.port}`,
        'kith-pod-uid': endpoint.podUid,
      });
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
      pool = new TunnelAgent(() => this.open(endpoint));
      this.#pools.set(endpoint.id, pool);
    }
    return pool;
  }

  /** Closes the pools of endpoints that no app has any more; what is under way on them ends by itself. */
  keepOnly(ids: Set<string>): void {
    for (const [id, pool] of this.#pools)
      if (!ids.has(id)) {
        this.#pools.delete(id);
        for (const sockets of Object.values(pool.freeSockets))
          for (const socket of sockets ?? []) socket.destroy();
      }
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.destroy();
    this.#pools.clear();
  }
}

/** Node's own connection pool over tunnels instead of sockets. */
class TunnelAgent extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super({
      keepAlive: true,
      maxSockets: socketsPerEndpointMax,
      maxFreeSockets: idleSocketsPerEndpointMax,
      timeout: idleSocketMs,
    });
    this.#open = open;
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
}

/** What Node's HTTP client asks of a socket beyond a stream. A tunnel has no timeouts or delays of its own: its link has heartbeats. */
function asSocket(tunnel: Duplex): Duplex {
  const nothing = () => tunnel;
  return Object.assign(tunnel, {
    setTimeout: nothing,
    setKeepAlive: nothing,
    setNoDelay: nothing,
    ref: nothing,
    unref: nothing,
  });
}
