import type { Pod } from '../../api/types.ts';
import { openStore } from '../../controller/store/open-store.ts';
import { sqliteLog } from '../../controller/store/sqlite/sqlite-log.ts';
import { systemClock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import { randomUid, systemRandom } from '../../process/random.ts';

/** Puts pods like `model` into the store of a controller that is stopped, as the API would have: what lies there is the same. */
export async function fillStore(folder: string, model: Pod, count: number): Promise<void> {
  const store = await openStore({
    driver: sqliteLog(folder),
    clock: systemClock,
    log: silentLog,
    snapshotEveryMs: 0,
  });
  const put = (at: number) => {
    const name = `filled-${String(at).padStart(6, '0')}`;
    const uid = randomUid(systemRandom);
    return store.put(`/core/pods/${model.metadata!.namespace}/${name}`, (revision) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...model.metadata, name, uid, resourceVersion: String(revision) },
      spec: model.spec,
      status: model.status,
    }));
  };
  const atOnce = 5_000;
  for (let done = 0; done < count; done += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, count - done) }, (_, at) => put(done + at)));
  await store.close();
}
