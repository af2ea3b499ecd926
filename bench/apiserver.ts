/** How fast the API server answers without a wire, over the store in memory: creates, watch events, a long list. */
import type { Pod } from '../api/types.ts';
import { createApiServer, type ApiServer } from '../controller/apiserver/create.ts';
import { adminUser } from '../controller/apiserver/users.ts';
import { memoryLog } from '../controller/store/memory/memory-log.ts';
import { openStore } from '../controller/store/open-store.ts';
import { systemClock } from '../process/clock.ts';
import { silentLog } from '../process/log.ts';
import { seededRandom } from '../process/random.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const podsPerRun = 5_000;
const writers = 64;
const watchers = 100;

const pod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'hello' } },
  spec: { containers: [{ name: 'web', image: 'hello:1', ports: [{ containerPort: 8080 }] }] },
});

/** The goals are what a plain in-memory toy in Node did: see the facts that the design was made from. */
export async function run(): Promise<BenchRow[]> {
  const creates: BenchRow = {
    name: 'apiserver: creates, validated and admitted',
    unit: 'creates/s',
    values: [],
    goal: { atLeast: 2_300, of: 'value' },
  };
  const events: BenchRow = {
    name: `apiserver: watch events to ${watchers} watchers`,
    unit: 'events/s',
    values: [],
    goal: { atLeast: 66_000, of: 'value' },
  };
  const list: BenchRow = {
    name: `apiserver: a list of ${podsPerRun} pods`,
    unit: 'ms',
    values: [],
    goal: { atMost: 120, of: 'value' },
  };
  for (let turn = 0; turn < runs; turn++) {
    creates.values.push(await withServer((server) => createRate(server)));
    await withServer(async (server) => {
      const stop = new AbortController();
      const counts = await Promise.all(Array.from({ length: watchers }, () => watch(server, stop.signal)));
      const startedAt = performance.now();
      await createRate(server);
      await Promise.all(counts.map((count) => count.reached(podsPerRun)));
      events.values.push((podsPerRun * watchers * 1000) / (performance.now() - startedAt));
      stop.abort();
      const listedAt = performance.now();
      await ask(server, 'GET', '/api/v1/pods');
      list.values.push(performance.now() - listedAt);
    });
  }
  return [creates, events, list];
}

async function withServer<T>(work: (server: ApiServer) => Promise<T>): Promise<T> {
  const store = await openStore({
    driver: memoryLog(systemClock),
    clock: systemClock,
    log: silentLog,
    snapshotEveryMs: 0,
  });
  const server = await createApiServer({
    store,
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
  });
  try {
    return await work(server);
  } finally {
    await server.close();
    await store.close();
  }
}

async function createRate(server: ApiServer): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const write = async () => {
    for (let at = next++; at < podsPerRun; at = next++)
      await ask(server, 'POST', '/api/v1/namespaces/default/pods', pod(`pod-${at}`));
  };
  await Promise.all(Array.from({ length: writers }, write));
  return (podsPerRun * 1000) / (performance.now() - startedAt);
}

async function ask(server: ApiServer, method: string, path: string, body?: object): Promise<void> {
  const response = await server.handle({
    method,
    path,
    headers: { 'content-type': 'application/json' },
    user: adminUser,
    signal: new AbortController().signal,
    ...(body && { body: once(Buffer.from(JSON.stringify(body))) }),
  });
  if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status}`);
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A watch whose lines are counted as they come. */
async function watch(
  server: ApiServer,
  signal: AbortSignal,
): Promise<{ reached(count: number): Promise<void> }> {
  const path = '/api/v1/pods?watch=true';
  const response = await server.handle({ method: 'GET', path, headers: {}, user: adminUser, signal });
  const seen = { count: 0, tell: () => {} };
  void (async () => {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) seen.count++;
      seen.tell();
    }
  })();
  return {
    async reached(wanted) {
      while (seen.count < wanted) await new Promise<void>((resolve) => (seen.tell = resolve));
    },
  };
}
