import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import type { Clock } from '../process/clock.ts';
import type { Random } from '../process/random.ts';
import type { App, AppEndpoint } from './directory.ts';
import { endToEnd, forwarded } from './headers.ts';
import { pick, type EndpointHealthBook } from './health.ts';
import type { NodeLinks } from './node-links.ts';
import { mayRetry } from './retry.ts';
import { TunnelFailed, type Tunnels } from './tunnels.ts';

/** Why no endpoint answered, for the page that says so. */
export interface GaveUp {
  status: 502 | 503;
  reason: string;
}

interface ProxyOptions {
  tunnels: Tunnels;
  links: NodeLinks;
  health: EndpointHealthBook;
  clock: Clock;
  random: Random;
}

/** Sends requests to an app's endpoints and their answers back. */
export class Proxy {
  readonly #options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  /** Answers `req` from one of the app's endpoints. Resolves with why not, if nothing has been written to `res`. */
  async serve(app: App, req: IncomingMessage, res: ServerResponse): Promise<GaveUp | undefined> {
    const { health, clock } = this.#options;
    const method = req.method ?? 'GET';
    const hasBody =
      req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    const tried = new Set<string>();
    for (let attempts = 1; ; attempts++) {
      const endpoint = this.#pick(app, tried, req);
      if (!endpoint) return { status: 503, reason: 'no replica is ready' };
      tried.add(endpoint.id);
      const startedAt = clock.now();
      const seen = health.of(endpoint.id);
      seen.inFlight += 1;
      try {
        const response = await this.#attempt(endpoint, req, res, hasBody);
        health.answered(endpoint.id, clock.now() - startedAt);
        await this.#passOn(response, res);
        return undefined;
      } catch (error) {
        // The client went away: that says nothing of the endpoint, and nobody waits for an answer.
        if (res.destroyed || res.headersSent) return undefined;
        health.failed(endpoint.id, clock.now());
        const unsent = error instanceof TunnelFailed;
        if (!mayRetry(method, hasBody, { unsent }, attempts))
          return {
            status: 502,
            reason: `${endpoint.podName} on ${endpoint.node} did not answer: ${(error as Error).message}`,
          };
      } finally {
        seen.inFlight -= 1;
      }
    }
  }

  /** Passes an upgrade (WebSocket and the like) through: both directions are bytes from then on. */
  async upgrade(app: App, req: IncomingMessage, socket: Duplex, head: Buffer): Promise<GaveUp | undefined> {
    const tried = new Set<string>();
    for (let attempts = 1; ; attempts++) {
      const endpoint = this.#pick(app, tried, req);
      if (!endpoint) return { status: 503, reason: 'no replica is ready' };
      tried.add(endpoint.id);
      let tunnel: Duplex;
      try {
        tunnel = await this.#options.tunnels.open(endpoint);
      } catch (error) {
        this.#options.health.failed(endpoint.id, this.#options.clock.now());
        if (!mayRetry('GET', false, { unsent: true }, attempts))
          return { status: 502, reason: (error as Error).message };
        continue;
      }
      if (socket.destroyed) {
        tunnel.destroy();
        return undefined;
      }
      tunnel.write(requestHead(req));
      if (head.length > 0) tunnel.write(head);
      // What the app answers, an upgrade or a refusal, goes back byte for byte.
      pipeline(socket, tunnel, () => {});
      pipeline(tunnel, socket, () => {});
      return undefined;
    }
  }

  #pick(app: App, tried: ReadonlySet<string>, req: IncomingMessage): AppEndpoint | undefined {
    const { health, links, clock, random } = this.#options;
    const endpoints = app.sessionAffinity
      ? byClient(app.endpoints, req.socket.remoteAddress ?? '')
      : app.endpoints;
    const first = endpoints[0];
    if (app.sessionAffinity && first && tried.size === 0 && !links.isQuiet(first)) return first;
    return pick(endpoints, {
      health: (id) => health.of(id),
      isQuiet: (endpoint) => links.isQuiet(endpoint),
      tried,
      now: clock.now(),
      random,
    });
  }

  #attempt(
    endpoint: AppEndpoint,
    req: IncomingMessage,
    res: ServerResponse,
    hasBody: boolean,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const upstream = httpRequest({
        agent: this.#options.tunnels.pool(endpoint),
        method: req.method,
        path: req.url,
        headers: { ...endToEnd(req.headers), ...forwarded(req) },
        setHost: false,
      });
      const clientGone = () => upstream.destroy(new Error('the client went away'));
      res.once('close', clientGone);
      upstream.once('response', (response) => resolve(response));
      upstream.once('error', (error) => {
        res.off('close', clientGone);
        req.unpipe(upstream);
        reject(error);
      });
      upstream.on('continue', () => res.writeContinue());
      upstream.on('information', ({ statusCode, headers }) => {
        if (statusCode === 103) res.writeEarlyHints(headers as Record<string, string>);
      });
      // The body flows only once there is a connection: until then a failure has cost nothing of it, and any method may retry.
      if (hasBody) upstream.once('socket', () => req.pipe(upstream));
      else upstream.end();
    });
  }

  #passOn(response: IncomingMessage, res: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      res.writeHead(response.statusCode ?? 502, response.statusMessage, endToEnd(response.headers));
      // An event stream must not wait for its first event to show that it is open.
      res.flushHeaders();
      pipeline(response, res, (error) => {
        if (!error) return resolve();
        // The client must see that the body was cut, not a short but valid one.
        res.destroy();
        reject(error);
      });
    });
  }
}

/** The same client gets the same order of endpoints, and when one goes only its own clients move (rendezvous hashing). */
function byClient(endpoints: AppEndpoint[], client: string): AppEndpoint[] {
  const weight = ({ id }: AppEndpoint) => {
    let hash = 2166136261;
    for (const letter of `${client} ${id}`) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16777619);
    return hash >>> 0;
  };
  return [...endpoints].sort((a, b) => weight(b) - weight(a));
}

/** The request's first lines again, upgrade headers included: an upgrade is for the app, not for us. */
function requestHead(req: IncomingMessage): string {
  const lines = [`${req.method} ${req.url} HTTP/1.1`];
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index]!;
    if (!/^x-forwarded-/i.test(name)) lines.push(`${name}: ${req.rawHeaders[index + 1]}`);
  }
  for (const [name, value] of Object.entries(forwarded(req))) lines.push(`${name}: ${String(value)}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
