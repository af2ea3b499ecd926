import { createApiServer } from '../../controller/apiserver/create.ts';
import { adminUser } from '../../controller/apiserver/users.ts';
import { memoryLog } from '../../controller/store/memory/memory-log.ts';
import { openStore } from '../../controller/store/open-store.ts';
import { systemClock as clock } from '../../process/clock.ts';
import { silentLog as log } from '../../process/log.ts';
import { seededRandom } from '../../process/random.ts';
import type { Server } from './answer.ts';

/** A watch that is still open then has no more to say. */
const watchWithinMs = 2_000;

/** kith's API in this process, without its controllers: none run beside the original either. */
export async function startKith(): Promise<Server & { stop(): Promise<void> }> {
  const store = await openStore({ driver: memoryLog(clock), clock, log, snapshotEveryMs: 0 });
  const apiServer = await createApiServer({ store, clock, random: seededRandom(7), log });
  return {
    async exchange({ method, path, headers, body, lines }) {
      const leaving = new AbortController();
      const response = await apiServer.handle({
        method,
        path,
        headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
        user: { ...adminUser, name: 'admin', uid: 'admin' },
        signal: leaving.signal,
        ...(body && { body: inOne(body) }),
      });
      const code = response.status;
      if (Buffer.isBuffer(response.body)) return { code, headers: response.headers, body: response.body };
      const timer = clock.after(watchWithinMs, () => leaving.abort());
      const parts: Buffer[] = [];
      for await (const part of response.body) {
        parts.push(part);
        const seen = parts.reduce((sum, each) => sum + each.filter((byte) => byte === 10).length, 0);
        if (lines !== undefined && seen >= lines) break;
      }
      timer.cancel();
      leaving.abort();
      return { code, headers: response.headers, body: Buffer.concat(parts) };
    },
    async stop() {
      await apiServer.close();
      await store.close();
    },
  };
}

async function* inOne(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}
