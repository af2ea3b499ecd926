import { forbidden, noSuchResource, unavailable } from '../../../api/errors.ts';
import { unstoredKinds } from '../../../api/kinds.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import { attributesOf, isPathAttributes } from '../auth/attributes.ts';
import { auditedObject, auditedUser, auditIdOf, isWorthAuditing, type Audit } from '../auth/audit.ts';
import type { AccountTokens } from '../auth/account-tokens.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { callerOf } from '../auth/caller.ts';
import { impersonated, ImpersonationError, mayStillImpersonate } from '../auth/impersonation.ts';
import type { Attributes, PathAttributes } from '../auth/rule.ts';
import { isComputed, serveComputed } from '../computed/computed.ts';
import type { Usage } from '../computed/usage.ts';
import type { Registry } from '../resources/registry.ts';
import { apiErrorOf } from '../resources/writer.ts';
import { SharedBytes } from '../storage/shared-bytes.ts';
import { anonymousUser, groups, type User } from '../users.ts';
import { formatOfRefusal } from './accept.ts';
import { jsonAnswer, objectAnswer, textAnswer, warningHeader } from './answers.ts';
import { decodeBody, readBody } from './body.ts';
import { Concurrency } from './concurrency.ts';
import type { ApiServerRequest, ApiServerResponse, ExtensionRoute } from './exchange.ts';
import { issuerPage } from './issuer-pages.ts';
import { LiveRequests } from './live-requests.ts';
import { healthChecks, healthPage } from './health.ts';
import type { NodeStreams } from './logs.ts';
import { metricsPage, RequestMetrics } from './metrics.ts';
import { OpenApiPages } from './openapi.ts';
import { serverPage } from './pages.ts';
import { requestInfo, type RequestInfo } from './request-info.ts';
import { isReview, serveReview } from './review.ts';
import { serve } from './serve.ts';
import { Turns } from './turns.ts';
import { WriteBudget } from './write-budget.ts';

export interface HandlerOptions {
  registry: Registry;
  clock: Clock;
  log: Log;
  nodeStreams: NodeStreams;
  routes: readonly ExtensionRoute[];
  concurrency: Concurrency;
  authenticator: Authenticator;
  accountTokens: AccountTokens;
  usage: Usage;
  /** Told of each request. @default nobody */
  audit?: Audit | undefined;
}

/** What became known of a request on its way, for the audit log. */
interface Known {
  /** Who asked. */
  caller?: User;
  /** As whom, for what. */
  attributes?: Attributes | PathAttributes;
  /** What the caller is warned of even where the request is refused. */
  warnings: string[];
  /** By which the audit log and the caller's know it. */
  auditId: string;
}

/** Turns one request into one answer: who asks, for what, may they, do it, show it. Knows nothing of sockets. */
export class Handler {
  readonly #options: HandlerOptions;
  readonly #shared = new SharedBytes();
  readonly #metrics = new RequestMetrics();
  readonly #health: ReturnType<typeof healthChecks>;
  readonly #openApi: OpenApiPages;
  readonly #budget: WriteBudget;
  readonly #turns: Turns;
  readonly #live: LiveRequests;
  #isStopping = false;
  #running = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: HandlerOptions) {
    this.#options = options;
    const { authorizer } = options.registry;
    this.#budget = new WriteBudget(options.clock, (user) => authorizer.mayDoAll(user));
    this.#live = new LiveRequests(options.clock);
    this.#turns = new Turns(options.clock);
    this.#openApi = new OpenApiPages(options.clock);
    this.#health = healthChecks(() => Boolean(options.registry.storage.durable.trouble));
  }

  /** Never rejects: what goes wrong is an answer too. */
  async handle(request: ApiServerRequest): Promise<ApiServerResponse> {
    this.#running++;
    const begun = this.#options.clock.now();
    const known: Known = { warnings: [], auditId: auditIdOf(request.headers) };
    try {
      const response = await this.#answer(request, known).catch((error: unknown) =>
        this.#refusal(request, error, known.warnings),
      );
      const headers = { ...response.headers, 'audit-id': known.auditId };
      return this.#audited(request, known, { ...response, headers }, begun);
    } finally {
      this.#running--;
      if (this.#running === 0) this.#onIdle?.();
    }
  }

  /** Takes no more requests; resolves once those at work are answered. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#openApi.close();
  }

  async #answer(request: ApiServerRequest, known: Known): Promise<ApiServerResponse> {
    const { method } = request;
    const mark = request.path.indexOf('?');
    const path = mark < 0 ? request.path : request.path.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : request.path.slice(mark + 1));
    if (this.#isStopping) throw unavailable('the controller is stopping; it will be back', 1);
    const { authorizer } = this.#options.registry;
    known.attributes = attributesOf(method, path, query, anonymousUser);
    if (request.refusal) throw forbidden('Node', '', request.refusal);
    const caller = callerOf(request, path);
    known.caller = caller;
    const user = impersonated(caller, request.headers, authorizer);
    const attributes = { ...known.attributes, user };
    known.attributes = attributes;

    const route = this.#options.routes.find((each) => each.method === method && each.pattern.test(path));
    if (route) return this.#extension(route, { ...request, user }, path, query, attributes);
    authorizer.require(attributes);
    if (!isPathAttributes(attributes)) {
      const isStillGood = () =>
        (request.isStillGood?.() ?? true) &&
        (user === caller || mayStillImpersonate(caller, request.headers, authorizer));
      return this.#resource({ ...request, user, isStillGood }, path, query, attributes, known.warnings);
    }
    const page =
      healthPage(path, query, this.#health) ??
      (path === '/metrics' ? metricsPage(this.#options.registry, this.#metrics) : undefined) ??
      issuerPage(request, path, this.#options.accountTokens) ??
      (await this.#page(request, user, path, query));
    if (!page) return textAnswer(404, '404 page not found\n');
    return page;
  }

  async #page(
    request: ApiServerRequest,
    user: User,
    path: string,
    query: URLSearchParams,
  ): Promise<ApiServerResponse | undefined> {
    const { concurrency, registry } = this.#options;
    const leave = concurrency.enter(user, 'request');
    try {
      return await serverPage(request, path, query, registry.kinds, this.#openApi);
    } finally {
      leave();
    }
  }

  async #resource(
    request: ApiServerRequest & { user: User },
    path: string,
    query: URLSearchParams,
    attributes: Attributes,
    warnings: string[],
  ): Promise<ApiServerResponse> {
    const { user } = request;
    const { registry } = this.#options;
    const info = requestInfo(request.method, path, query, registry.kinds);
    if (!isSame(info, attributes)) throw noSuchResource();
    const { clock } = this.#options;
    const leave = this.#options.concurrency.enter(user, info.verb === 'watch' ? 'watch' : 'request');
    const begun = clock.now();
    const answered = this.#metrics.begin(info);
    const { signal, forget } = this.#following(info, request, attributes);
    let endTurn = () => {};
    let endStream = () => {};
    const over = () => {
      forget();
      endTurn();
      endStream();
      leave();
    };
    let isStreaming = false;
    let code = 500;
    try {
      if (info.verb === 'list')
        endTurn = await this.#turns.take(user.name, listedBy(info, query, registry), request.signal);
      const options = {
        ...this.#options,
        attributes,
        warnings,
        shared: this.#shared,
        budget: this.#budget,
      };
      const response = isReview(info)
        ? await serveReview(info, request, query, options)
        : isComputed(info)
          ? await serveComputed(info, request, query, this.#computedFrom())
          : await serve(info, { ...request, signal }, query, options);
      code = response.status;
      isStreaming = !Buffer.isBuffer(response.body);
      // A long list is sent in pieces too, and has its end.
      if (isStreaming && info.verb !== 'list') endStream = this.#metrics.stream(info);
      if (Buffer.isBuffer(response.body)) return response;
      // What streams still counts until it ends, or until the caller has gone.
      const body = this.#toldOf(response.body, request, path);
      return { ...response, body: leaving(body, over, request.signal) };
    } catch (error) {
      code = apiErrorOf(error).status.code;
      throw error;
    } finally {
      answered(code, (clock.now() - begun) / 1000);
      if (!isStreaming) over();
    }
  }

  /** An answer that breaks off can only be cut, since its status is out; the log says why. */
  async *#toldOf(
    body: AsyncIterable<Buffer>,
    { method, signal }: ApiServerRequest,
    path: string,
  ): AsyncGenerator<Buffer> {
    try {
      yield* body;
    } catch (error) {
      if (!signal.aborted) this.#options.log.warn('an answer broke off', { method, path, error });
      throw error;
    }
  }

  #computedFrom() {
    const { registry, usage, clock } = this.#options;
    return { reader: registry.reader, usage, clock, kinds: [...registry.kinds.all(), ...unstoredKinds] };
  }

  /** Of what streams, a signal that also aborts once its caller may have it no more. */
  #following(
    { verb, subresource }: RequestInfo,
    request: ApiServerRequest,
    attributes: Attributes,
  ): { signal: AbortSignal; forget: () => void } {
    if (verb !== 'watch' && !streamed.has(subresource ?? ''))
      return { signal: request.signal, forget: () => {} };
    const { authorizer } = this.#options.registry;
    // A machine's rights hang on pods, which are looked through anew with each event; its link ends when it is shut out.
    const isMachine = [groups.nodes, groups.gateways].some((group) => attributes.user.groups.includes(group));
    const ending = new AbortController();
    const end = () => ending.abort();
    if (request.signal.aborted) end();
    else request.signal.addEventListener('abort', end, { once: true });
    const forget = this.#live.add({
      isAllowed: () =>
        (request.isStillGood?.() ?? true) && (isMachine || authorizer.decide(attributes).allowed),
      end,
    });
    return {
      signal: ending.signal,
      forget: () => {
        request.signal.removeEventListener('abort', end);
        forget();
      },
    };
  }

  /** Tells the audit log, of a stream at its beginning and at its end. */
  #audited(
    { from, signal }: ApiServerRequest,
    { caller = anonymousUser, attributes, auditId }: Known,
    response: ApiServerResponse,
    begun: number,
  ): ApiServerResponse {
    const { audit, clock } = this.#options;
    const code = response.status;
    if (!audit || !attributes || !isWorthAuditing(attributes, code)) return response;
    const tell = (stage: 'ResponseStarted' | 'ResponseComplete') =>
      audit({
        time: clock.date().toISOString(),
        stage,
        id: auditId,
        ...auditedUser(attributes.user, caller),
        ...(from && { from }),
        ...auditedObject(attributes),
        code,
        ms: Math.round(clock.now() - begun),
      });
    if (Buffer.isBuffer(response.body)) {
      tell('ResponseComplete');
      return response;
    }
    // A long list is one answer, though it is sent in pieces.
    if (attributes.verb !== 'list') tell('ResponseStarted');
    let isTold = false;
    const complete = () => {
      if (!isTold) tell('ResponseComplete');
      isTold = true;
    };
    return { ...response, body: leaving(response.body, complete, signal) };
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

  async #refusal(
    request: ApiServerRequest,
    error: unknown,
    warnings: readonly string[],
  ): Promise<ApiServerResponse> {
    if (error instanceof ImpersonationError)
      return textAnswer(500, `Internal Server Error: ${JSON.stringify(request.path)}: ${error.message}\n`);
    const { status } = apiErrorOf(error);
    if (status.code === 500)
      this.#options.log.error('a request failed', {
        method: request.method,
        path: request.path.split('?')[0],
        error,
      });
    const format = formatOfRefusal(request.headers['accept']);
    const response = await objectAnswer(status.code, status, { format });
    if (warnings.length > 0) response.headers['warning'] = warningHeader(warnings);
    const retryAfter = status.details?.retryAfterSeconds;
    if (retryAfter !== undefined) response.headers['retry-after'] = String(retryAfter);
    if (status.code === 401) response.headers['www-authenticate'] = 'Bearer realm="kith"';
    return response;
  }
}

/** Subresources whose answers stream. */
const streamed = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/** How many objects a list looks at, or gives out where that is less: what it costs. */
function listedBy({ kind, namespace }: RequestInfo, query: URLSearchParams, { storage }: Registry): number {
  const count = storage.count(kind, namespace);
  const isSelected = query.get('labelSelector') || query.get('fieldSelector');
  return isSelected ? count : Math.min(count, Number(query.get('limit')) || count);
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
