import type { ApiServer, ApiServerOptions } from '../../../controller/apiserver/create.ts';
import { createApiServer } from '../../../controller/apiserver/create.ts';
import type { ApiServerRequest } from '../../../controller/apiserver/http/exchange.ts';
import { adminUser, type User } from '../../../controller/apiserver/users.ts';
import { memoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import type { Store } from '../../../controller/store/store.ts';
import type { Client } from '../../../client/client.ts';
import type { ConfigMap, Deployment, Node, Pod, Service } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';

export interface TestCluster {
  apiServer: ApiServer;
  store: Store;
  client: Client;
  /** One HTTP exchange without a wire; the body is parsed where it is JSON. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface AskOptions {
  user?: User;
  body?: unknown;
  type?: string;
  accept?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  text: string;
  json: Record<string, unknown> & {
    message?: string;
    reason?: string;
    details?: { causes?: { field?: string }[] };
  };
}

/** Routes of extensions, which may want the store. */
export interface TestRoutes {
  routes?: (store: Store) => ApiServerOptions['routes'];
}

export async function testCluster(
  clock: Clock = new VirtualClock(),
  { routes, ...options }: Partial<Omit<ApiServerOptions, 'routes'>> & TestRoutes = {},
): Promise<TestCluster> {
  const store = await openStore({ driver: memoryLog(clock), clock, log: silentLog, snapshotEveryMs: 0 });
  const apiServer = await createApiServer({
    store,
    clock,
    random: seededRandom(7),
    log: silentLog,
    routes: routes?.(store),
    ...options,
  });
  return {
    apiServer,
    store,
    client: apiServer.client(),
    async ask(
      method,
      path,
      { user = adminUser, body, type = 'application/json', accept, headers, signal } = {},
    ) {
      const bytes =
        body === undefined || Buffer.isBuffer(body)
          ? body
          : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const request: ApiServerRequest = {
        method,
        path,
        headers: { ...(bytes && { 'content-type': type }), accept, ...headers },
        user,
        signal: signal ?? new AbortController().signal,
        ...(bytes && { body: chunks(bytes) }),
      };
      const response = await apiServer.handle(request);
      const parts: Buffer[] = [];
      if (Buffer.isBuffer(response.body)) parts.push(response.body);
      else for await (const part of response.body) parts.push(part);
      const text = Buffer.concat(parts).toString();
      let json = {};
      if (String(response.headers['content-type']).includes('json') && !text.includes('}\n{'))
        json = JSON.parse(text || '{}') as object;
      return { status: response.status, headers: response.headers, text, json };
    },
    async close() {
      await apiServer.close();
      await store.close();
    },
  };
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
}

export const configMap = (
  name: string,
  data: Record<string, string> = {},
  labels?: Record<string, string>,
): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...(labels && { labels }) },
  data,
});

export const pod = (name: string, spec: Partial<Pod['spec']> = {}, namespace = 'default'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { containers: [{ name: 'web', image: 'hello:1' }], ...spec },
});

export const deployment = (name: string, replicas = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'hello:1' }] },
    },
  },
});

export const service = (name: string, spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
});

export const node = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
