import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../process/clock.ts';
import type { Random } from '../process/random.ts';
import type { App, AppEndpoint } from './directory.ts';
import { exchange, type Outcome } from './exchange.ts';
import { hasBody, requestHeaders } from './headers.ts';
import type { EndpointHealthBook } from './health.ts';
import type { NodeLinks } from './node-links.ts';
import { pick, pickFor } from './pick.ts';
import { mayRetry } from './retry.ts';
import { TunnelFailed, type Tunnels } from './tunnels.ts';

/** Why no endpoint answered, for the page that says so. */
export interface GaveUp {
  status: 502 | 503;
  reason: string;
}

export interface ProxyOptions {
  tunnels: Tunnels;
  links: NodeLinks;
  health: EndpointHealthBook;
  /** This gateway's name among all gateways, for session affinity. */
  self: string;
  /** Resolves when the directory changes, or after a short while. */
  nextChange: () => Promise<void>;
  clock: Clock;
  random: Random;
}

/** Sends requests to an app's endpoints and their answers back. */
export class Proxy {
  readonly #options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  /**
   * Answers `req` from one of the app's endpoints. `findApp` is asked before every attempt: what the last one failed at may be
   * known by then. Resolves with why not, if nothing has been written to `res`.
   */
  async serve(
    findApp: () => App | undefined,
    req: IncomingMessage,
    res: ServerResponse,
    path: string,
  ): Promise<GaveUp | undefined> {
    const { health, clock, tunnels } = this.#options;
    const bodied = hasBody(req);
    const headers = requestHeaders(req);
    return this.attempts(findApp, req, bodied, async (endpoint) => {
      const startedAt = clock.now();
      return exchange({
        agent: tunnels.pool(endpoint),
        req,
        res,
        path,
        headers,
        onAnswer: () => {
          const now = clock.now();
          health.answered(endpoint.id, now, bodied ? undefined : now - startedAt);
        },
      });
    });
  }

  /** Tries endpoints until one answers or none may be tried any more, and books what comes of each. */
  async attempts(
    findApp: () => App | undefined,
    req: IncomingMessage,
    bodied: boolean,
    attempt: (endpoint: AppEndpoint) => Promise<Outcome>,
  ): Promise<GaveUp | undefined> {
    const { health, clock, tunnels } = this.#options;
    const tried = new Set<string>();
    let lastFailure: string | undefined;
    let mayWait = false;
    let hasWaited = false;
    for (let attempts = 1; ; attempts++) {
      let endpoint = this.#pick(findApp(), tried, req);
      if (!endpoint && mayWait) {
        // All that was known has gone or is ending: what replaces it may be on its way to us.
        mayWait = false;
        hasWaited = true;
        await this.#options.nextChange();
        endpoint = this.#pick(findApp(), tried, req);
      }
      if (!endpoint)
        return lastFailure
          ? { status: 502, reason: lastFailure }
          : { status: 503, reason: 'no replica is ready' };
      tried.add(endpoint.id);
      const seen = health.of(endpoint.id);
      seen.inFlight += 1;
      const outcome = await attempt(endpoint);
      seen.inFlight -= 1;
      if (outcome.kind === 'answered' || outcome.kind === 'client-gone') return undefined;
      if (outcome.kind === 'cut') {
        health.failed(endpoint.id, clock.now());
        return undefined;
      }
      const { error, reused } = outcome;
      const unsent = error instanceof TunnelFailed;
      mayWait = unsent && !hasWaited;
      const retry = mayRetry({ method: req.method ?? '', hasBody: bodied, unsent, attempts });
      if (reused && retry) {
        // The app closed an idle connection just as we took it: no fault of its own, and a new one may be opened.
        tunnels.dropIdle(endpoint);
        tried.delete(endpoint.id);
      } else if (!unsent || !error.isFull) health.failed(endpoint.id, clock.now());
      lastFailure = unsent
        ? error.message
        : `${endpoint.podName} on ${endpoint.node} did not answer: ${error.message}`;
      if (!retry) return { status: unsent && error.isFull ? 503 : 502, reason: lastFailure };
    }
  }

  #pick(app: App | undefined, tried: ReadonlySet<string>, req: IncomingMessage): AppEndpoint | undefined {
    if (!app) return undefined;
    const { health, links, clock, random, self } = this.#options;
    const situation = {
      health: (id: string) => health.of(id),
      isQuiet: (endpoint: AppEndpoint) => links.isQuiet(endpoint),
      roundTripMs: (endpoint: AppEndpoint) => links.roundTripMs(endpoint),
      tried,
      now: clock.now(),
    };
    return app.sessionAffinity
      ? pickFor(`${self} ${req.socket.remoteAddress}`, app.endpoints, situation)
      : pick(app.endpoints, situation, random);
  }
}
