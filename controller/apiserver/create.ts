import type { Client } from '../../client/client.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';
import type { Store } from '../store/store.ts';
import { newAccountKey, type AccountKey } from './auth/account-key.ts';
import { AccountTokens, issuer } from './auth/account-tokens.ts';
import { RoleAggregation } from './auth/aggregation.ts';
import type { Audit } from './auth/audit.ts';
import { Authenticator } from './auth/authenticator.ts';
import { bootstrapRoles } from './auth/bootstrap.ts';
import { Usage } from './computed/usage.ts';
import { usageRoute } from './computed/usage-route.ts';
import { directClient } from './direct-client.ts';
import { Concurrency } from './http/concurrency.ts';
import type { ApiServerRequest, ApiServerResponse, ExtensionRoute } from './http/exchange.ts';
import { Handler } from './http/handler.ts';
import type { NodeStreams } from './http/logs.ts';
import { sweepEvents } from './resources/event-sweep.ts';
import { Registry } from './resources/registry.ts';
import type { User } from './users.ts';

export interface ApiServerOptions {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  /** Where a node serves logs: its `streams` link. @default no node is connected */
  nodeStreams?: NodeStreams;
  /** Paths of kith's own, beside the Kubernetes API. @default none */
  routes?: readonly ExtensionRoute[];
  /** How much each identity may have running at once; see `http/concurrency.ts`. */
  concurrency?: { request?: number; watch?: number };
  /** What signs the tokens of service accounts. @default a new key, with which all tokens end when the process does */
  accountKey?: AccountKey;
  /** Told of each request. @default nobody */
  audit?: Audit;
}

/** The Kubernetes API over a store. Listeners bring it to a wire, `client()` into this process. */
export interface ApiServer {
  /** Answers one request; never rejects. */
  handle(request: ApiServerRequest): Promise<ApiServerResponse>;
  /** The API by a direct call, as the controllers' own user unless another is named. */
  client(user?: User): Client;
  readonly registry: Registry;
  /** Tells who bears a token: of service accounts from the start, others by `add`. */
  readonly authenticator: Authenticator;
  /** Ends watches, takes no more requests, waits for those at work. The store stays open: it is its owner's to close. */
  close(): Promise<void>;
}

/**
 * Starts the API server: the system's namespaces, roles and bindings are there when it resolves.
 *
 * @example
 *     const store = await openStore({ driver: memoryLog(clock), clock, log });
 *     const apiServer = await createApiServer({ store, clock, random, log });
 *     await apiServer.client().create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
 */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { clock, log, nodeStreams = () => undefined, routes = [] } = options;
  const registry = new Registry(options);
  await registry.begin();
  const client = directClient(registry);
  // Without them the founder may still do everything, such as make room on a full disk.
  await bootstrapRoles(client).catch((error: unknown) =>
    log.warn('the roles that every cluster has could not be made or mended; the next start tries again', {
      error,
    }),
  );
  const aggregation = new RoleAggregation({ store: options.store, client, log });
  await aggregation.begin();
  const sweep = sweepEvents(registry.storage, clock, log);
  const concurrency = new Concurrency(options.concurrency);
  const usage = new Usage(clock);
  const accountTokens = new AccountTokens({
    key: options.accountKey ?? newAccountKey(),
    reader: registry.reader,
    clock,
    random: options.random,
  });
  const authenticator = new Authenticator([issuer]).add(accountTokens);
  const handler = new Handler({
    registry,
    clock,
    log,
    nodeStreams,
    routes: [usageRoute(usage), ...routes],
    usage,
    concurrency,
    authenticator,
    accountTokens,
    audit: options.audit,
  });
  return {
    registry,
    authenticator,
    handle: (request) => handler.handle(request),
    client: (user) => directClient(registry, user),
    async close() {
      sweep.cancel();
      const idle = handler.stop();
      registry.reader.close();
      await idle;
      await aggregation.stop();
      await registry.close();
    },
  };
}
