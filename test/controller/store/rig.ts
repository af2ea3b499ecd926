import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryLimits } from '../../../controller/store/history.ts';
import { memoryLog, type MemoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import { sqliteLog } from '../../../controller/store/sqlite/sqlite-log.ts';
import type { Entry, Store } from '../../../controller/store/store.ts';
import { systemClock, type Clock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';

/** One disk under a store, whatever the driver, so that the same tests run on each. */
export interface Rig {
  clock: Clock;
  /** Opens the store on what is on the disk now. */
  open(options?: { history?: HistoryLimits }): Promise<Store>;
  /** Waits for a promise, moving virtual time on where time is virtual. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Long enough for a batch to set out, too short to wait for its answer. */
  pause(): Promise<void>;
  /** The process ends without a word, with writes on their way. */
  crash(): Promise<void>;
  /** Only where faults can be had. */
  memory?: MemoryLog;
  end(): Promise<void>;
}

export function memoryRig(syncDelayMs = 2): Rig {
  const clock = new VirtualClock();
  const memory = memoryLog(clock, { syncDelayMs });
  return {
    clock,
    memory,
    open: (options) => openStore({ driver: memory, clock, log: silentLog, snapshotEveryMs: 0, ...options }),
    async settle(promise) {
      const progress = { isSettled: false };
      const settled = promise.finally(() => (progress.isSettled = true));
      settled.catch(() => {});
      while (!progress.isSettled) await clock.advance(1);
      return settled;
    },
    pause: () => clock.advance(1),
    async crash() {
      memory.crash();
      // What was told to wait for the disk finds out that it is gone.
      await clock.advance(syncDelayMs + 1);
    },
    async end() {},
  };
}

export function sqliteRig(): Rig {
  const root = mkdtempSync(join(tmpdir(), 'kith-store-'));
  let generation = 0;
  const folder = () => join(root, `life-${generation}`);
  const opened: Store[] = [];
  return {
    clock: systemClock,
    async open(options) {
      const driver = sqliteLog(folder());
      const store = await openStore({
        driver,
        clock: systemClock,
        log: silentLog,
        snapshotEveryMs: 0,
        ...options,
      });
      opened.push(store);
      return store;
    },
    settle: (promise) => promise,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    async crash() {
      // What the files hold at this moment is what the next life finds; the old one goes on beside, unheard.
      const dead = folder();
      generation++;
      // Other than a crash this takes a moment: the mark comes first, so that it is not ahead of the log.
      for (const name of ['log.seen', 'log.db', 'log.db-wal']) cpSync(join(dead, name), join(folder(), name));
    },
    async end() {
      await Promise.all(opened.map((store) => store.close()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Every event from a revision on, as a watcher hears it. */
export function record(store: Store, prefix: string, from: number) {
  const heard: { type: string; key: string; value: unknown; revision: number; previous?: unknown }[] = [];
  const ended: Error[] = [];
  const cancel = store.watch(
    prefix,
    from,
    (event) => {
      const { type, revision, entry } = event;
      const previous = event.type === 'put' ? event.previous?.value : undefined;
      heard.push({ type, key: entry.key, value: entry.value, revision, previous });
    },
    (error) => ended.push(error),
  );
  return { heard, ended, cancel };
}

/** An entry's parts, to be compared. */
export function plain(entry: Entry | undefined): object | undefined {
  if (!entry) return undefined;
  const { key, value, createRevision, modRevision } = entry;
  return { key, value, createRevision, modRevision };
}
