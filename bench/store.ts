/** How many durable writes a second the store takes, against a bare `node:sqlite` loop with the same pragmas. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../controller/store/open-store.ts';
import { sqliteLog } from '../controller/store/sqlite/sqlite-log.ts';
import { systemClock } from '../process/clock.ts';
import { silentLog } from '../process/log.ts';
import type { BenchRow } from './row.ts';

const runs = 5;
const runMs = 1000;
const writerCounts = [1, 16, 64];
/** About the size of a pod's status. */
const value = { status: 'x'.repeat(1000) };

/** Each run measures the peer and every number of writers, so that a busy machine is busy for all of them. */
export async function run(): Promise<BenchRow[]> {
  const rows = writerCounts.map((count): BenchRow & { peer: { name: string; values: number[] } } => ({
    name: `store: durable writes, ${count} ${count === 1 ? 'writer' : 'writers'}`,
    unit: 'writes/s',
    values: [],
    peer: { name: 'node:sqlite, one commit each on the main thread', values: [] },
    // One writer pays the way to the worker and back; many share a commit.
    goal: { atLeast: count === 1 ? 0.4 : 2, of: 'ratio' },
  }));
  const stall: BenchRow = {
    name: 'store: longest stall of the event loop, 64 writers',
    unit: 'ms',
    values: [],
    goal: { atMost: 50, of: 'value' },
  };
  for (let turn = 0; turn < runs; turn++) {
    const bare = bareWrites();
    for (const [at, row] of rows.entries()) {
      const { perSecond, stallMs } = await storeWrites(writerCounts[at]!);
      row.values.push(perSecond);
      row.peer.values.push(bare);
      if (writerCounts[at] === 64) stall.values.push(stallMs);
    }
  }
  return [...rows, stall];
}

function bareWrites(): number {
  return inFolder((folder) => {
    const database = new DatabaseSync(join(folder, 'bare.db'));
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    database.exec('CREATE TABLE records (revision INTEGER PRIMARY KEY, change TEXT NOT NULL) STRICT');
    const insert = database.prepare('INSERT INTO records VALUES (?, ?)');
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < runMs) insert.run(count++, JSON.stringify(value));
    const perSecond = (count * 1000) / (performance.now() - start);
    database.close();
    return perSecond;
  });
}

async function storeWrites(writers: number): Promise<{ perSecond: number; stallMs: number }> {
  return inFolder(async (folder) => {
    const store = await openStore({
      driver: sqliteLog(folder),
      clock: systemClock,
      log: silentLog,
      snapshotEveryMs: 0,
    });
    const start = performance.now();
    let count = 0;
    let stallMs = 0;
    let last = start;
    const beat = setInterval(() => {
      stallMs = Math.max(stallMs, performance.now() - last);
      last = performance.now();
    }, 1);
    const write = async (writer: number) => {
      while (performance.now() - start < runMs) {
        await store.put(`/writers/${writer}`, () => value);
        count++;
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    const perSecond = (count * 1000) / (performance.now() - start);
    clearInterval(beat);
    await store.close();
    return { perSecond, stallMs };
  });
}

function inFolder<T>(action: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kith-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const result = action(folder);
  if (result instanceof Promise) return result.finally(remove) as T;
  remove();
  return result;
}
