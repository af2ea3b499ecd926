import { noSuchResource, unavailable } from '../../../api/errors.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import { attributesOf, isPathAttributes } from '../auth/attributes.ts';
import { callerOf } from '../auth/caller.ts';
import type { Attributes, PathAttributes } from '../auth/rule.ts';
import type { Registry } from '../resources/registry.ts';
import { apiErrorOf } from '../resources/writer.ts';
import { SharedBytes } from '../storage/shared-bytes.ts';
import { groups, type User } from '../users.ts';
import { jsonAnswer, textAnswer } from './answers.ts';
import { decodeBody, readBody } from './body.ts';
import { Concurrency } from './concurrency.ts';
import type { ApiServerRequest, ApiServerResponse, ExtensionRoute } from './exchange.ts';
import type { NodeStreams } from './logs.ts';
import { metricsText, RequestCounts } from './metrics.ts';
import { serverPage } from './pages.ts';
import { requestInfo, type RequestInfo } from './request-info.ts';
import { serve } from './serve.ts';
import { WriteBudget } from './write-budget.ts';

export interface HandlerOptions {
  registry: Registry;
  clock: Clock;
  log: Log;
  nodeStreams: NodeStreams;
  routes: readonly ExtensionRoute[];
  concurrency: Concurrency;
}

/** Turns one request into one answer: who asks, for what, may they, do it, show it. Knows nothing of sockets. */
export class Handler {
  readonly #options: HandlerOptions;
  readonly #shared = new SharedBytes();
  readonly #counts = new RequestCounts();
  readonly #budget: WriteBudget;
  #isStopping = false;
  #running = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: HandlerOptions) {
    this.#options = options;
    this.#budget = new WriteBudget(options.clock);
  }

  /** Never rejects: what goes wrong is an answer too. */
  async handle(request: ApiServerRequest): Promise<ApiServerResponse> {
    this.#running++;
    try {
      return await this.#answer(request);
    } catch (error) {
      return this.#refusal(request, error);
    } finally {
      this.#running--;
      if (this.#running === 0) this.#onIdle?.();
    }
  }

  /** Takes no more requests; resolves once those at work are answered. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  async #answer(request: ApiServerRequest): Promise<ApiServerResponse> {
    const { method } = request;
    const mark = request.path.indexOf('?');
    const path = mark < 0 ? request.path : request.path.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : request.path.slice(mark + 1));
    if (this.#isStopping) throw unavailable('the controller is stopping; it will be back', 1);
    const user = callerOf(request, path);
    const { authorizer, kinds } = this.#options.registry;
    const attributes = attributesOf(method, path, query, user);

    const route = this.#options.routes.find((each) => each.method === method && each.pattern.test(path));
    if (route) return this.#extension(route, { ...request, user }, path, query, attributes);
    authorizer.require(attributes);
    if (!isPathAttributes(attributes)) return this.#resource({ ...request, user }, path, query, attributes);
    const page =
      this.#health(path) ??
      (path === '/metrics' ? this.#metrics() : undefined) ??
      (await serverPage(method, path, request.headers['accept'], kinds));
    if (!page) return textAnswer(404, '404 page not found\n');
    return page;
  }

  async #resource(
    request: ApiServerRequest & { user: User },
    path: string,
    query: URLSearchParams,
    attributes: Attributes,
  ): Promise<ApiServerResponse> {
    const { user } = request;
    const { registry } = this.#options;
    const info = requestInfo(request.method, path, query, registry.kinds);
    if (!isSame(info, attributes)) throw noSuchResource();
    const leave = this.#options.concurrency.enter(user, info.verb === 'watch' ? 'watch' : 'request');
    let isStreaming = false;
    let code = 500;
    try {
      const response = await serve(info, request, query, {
        ...this.#options,
        attributes,
        shared: this.#shared,
        budget: this.#budget,
      });
      code = response.status;
      isStreaming = !Buffer.isBuffer(response.body);
      // What streams still counts until it ends, or until the caller has gone.
      return isStreaming
        ? { ...response, body: leaving(response.body as AsyncIterable<Buffer>, leave, request.signal) }
        : response;
    } catch (error) {
      code = apiErrorOf(error).status.code;
      throw error;
    } finally {
      this.#counts.add(info.verb, info.kind.plural, code);
      if (!isStreaming) leave();
    }
  }

  async #extension(
    route: ExtensionRoute,
    request: ApiServerRequest & { user: User },
    path: string,
    query: URLSearchParams,
    attributes: Attributes | PathAttributes,
  ): Promise<ApiServerResponse> {
    const { user } = request;
    const { groups: allowed = [groups.masters] } = route;
    // Its own groups may, and whom a role lets.
    if (!allowed.some((group) => user.groups.includes(group)))
      this.#options.registry.authorizer.require(attributes);
    const leave = this.#options.concurrency.enter(user, 'request');
    try {
      const bytes = await readBody(request, this.#options.clock);
      this.#budget.spend(user, bytes.length);
      const body = bytes.length > 0 ? await decodeBody(bytes, request) : undefined;
      const params = { ...route.pattern.exec(path)?.groups };
      const value = await route.handler({ user, params, query, body, signal: request.signal });
      return jsonAnswer(200, (value ?? { kind: 'Status', apiVersion: 'v1', status: 'Success' }) as object);
    } finally {
      leave();
    }
  }

  /** Whether the server lives and takes writes; nothing more is told. */
  #health(path: string): ApiServerResponse | undefined {
    if (path !== '/healthz' && path !== '/livez' && path !== '/readyz') return undefined;
    const { trouble } = this.#options.registry.storage.durable;
    return path !== '/livez' && trouble
      ? textAnswer(500, 'not ready: the store takes no writes\n')
      : textAnswer(200, 'ok');
  }

  #metrics(): ApiServerResponse {
    const { registry, concurrency } = this.#options;
    return textAnswer(200, metricsText(registry, this.#counts, concurrency.running));
  }

  #refusal(request: ApiServerRequest, error: unknown): ApiServerResponse {
    const { status } = apiErrorOf(error);
    if (status.code === 500)
      this.#options.log.error('a request failed', {
        method: request.method,
        path: request.path.split('?')[0],
        error,
      });
    const response = jsonAnswer(status.code, status);
    const retryAfter = status.details?.retryAfterSeconds;
    if (retryAfter !== undefined) response.headers['retry-after'] = String(retryAfter);
    if (status.code === 401) response.headers['www-authenticate'] = 'Bearer realm="kith"';
    return response;
  }
}

/** What was allowed must be what is done, whoever reads the path. */
function isSame(info: RequestInfo, attributes: Attributes): boolean {
  const { kind, verb, name, subresource } = info;
  const namespace = kind.type === 'Namespace' ? name : info.namespace;
  return (
    kind.group === attributes.group &&
    kind.plural === attributes.resource &&
    verb === attributes.verb &&
    namespace === attributes.namespace &&
    subresource === attributes.subresource &&
    (name === undefined || name === attributes.name)
  );
}

function leaving(body: AsyncIterable<Buffer>, leave: () => void, signal: AbortSignal): AsyncIterable<Buffer> {
  // A body that is never read does not run its `finally`.
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  return untilEnd(body, leave);
}

async function* untilEnd(body: AsyncIterable<Buffer>, leave: () => void): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } finally {
    leave();
  }
}
