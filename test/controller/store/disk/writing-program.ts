/**
 * Writes to a store as fast as it answers and tells its parent of each answer at once:
 * `ready`, `ack <revision> <key>`, `fail <code>`. Arguments: folder, number of writers, `unsynced` to answer too early.
 */
import { writeSync } from 'node:fs';
import { StoreError } from '../../../../controller/store/errors.ts';
import { openStore } from '../../../../controller/store/open-store.ts';
import { sqliteLog } from '../../../../controller/store/sqlite/sqlite-log.ts';
import { systemClock } from '../../../../process/clock.ts';
import { silentLog } from '../../../../process/log.ts';

const [folder = '', writers = '1', mode] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const driver = sqliteLog(folder, { isSynced: mode !== 'unsynced' });
const store = await openStore({ driver, clock: systemClock, log: silentLog, snapshotEveryMs: 0 });
say('ready');
if (mode === 'idle') await systemClock.sleep(60_000);

/** Small keys and now and then a large value, so that batches span pages and the write-ahead log wraps. */
async function write(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const key = `/${process.pid}/${writer}/${n}`;
    try {
      const { modRevision } = await store.put(key, () => ({
        key,
        filler: 'x'.repeat(n % 10 ? 200 : 20_000),
      }));
      say(`ack ${modRevision} ${key}`);
      if (n % 100 === 99) await store.compact(modRevision - 50);
    } catch (error) {
      say(`fail ${error instanceof StoreError ? error.code : String(error)}`);
      await systemClock.sleep(20);
    }
  }
}
await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
