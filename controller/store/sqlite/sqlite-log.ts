import { mkdirSync } from 'node:fs';
import { FolderBusy, lockFolder, type FolderLock } from '../../../process/lock.ts';
import { StoreBusy, StoreClosed, StoreFull } from '../errors.ts';
import { LogFull, type LogDriver, type OpenLog } from '../log.ts';
import { isDiskFull } from './disk-error.ts';
import { layout } from './layout.ts';
import { LogWorker } from './log-worker.ts';

/**
 * The log as a SQLite database `log.db` in `folder` (made if missing), written by a worker thread so that a slow disk never
 * stalls the event loop.
 *
 * @example
 *     const store = await openStore({ driver: sqliteLog('/var/lib/kith/store'), clock, log });
 */
export function sqliteLog(
  folder: string,
  options: {
    /** Only for the test that proves the other tests: answers before the disk has it. @default true */
    isSynced?: boolean;
  } = {},
): LogDriver {
  const { isSynced = true } = options;
  const name = layout(folder).log;
  return {
    name,
    async open() {
      const lock = take(folder, name);
      const worker = new LogWorker({ type: 'open', folder, isSynced });
      try {
        const state = await worker.open();
        return openLog(worker, lock, state);
      } catch (error) {
        await worker.end();
        lock.release();
        throw error instanceof LogFull ? new StoreFull(name, { cause: error }) : error;
      }
    },
  };
}

function openLog(worker: LogWorker, lock: FolderLock, state: OpenLog['state']): OpenLog {
  let isClosed = false;
  const ask: LogWorker['ask'] = (request) =>
    isClosed ? Promise.reject(new StoreClosed()) : worker.ask(request);
  return {
    state,
    append: (batch, expectedLast) => ask({ type: 'append', batch, expectedLast }),
    async *read(from) {
      let next = ask({ type: 'read', from });
      for (;;) {
        const piece = await next;
        const last = piece.at(-1);
        if (!last) return;
        // The thread reads on while this piece is worked through. Where that fails it is told above, unless nobody wants more.
        next = ask({ type: 'read', from: last.revision + 1 });
        next.catch(() => {});
        yield piece;
      }
    },
    compact: (revision, dropped) => ask({ type: 'compact', revision, dropped }),
    snapshot: () => ask({ type: 'snapshot' }),
    async close() {
      if (isClosed) return;
      const closed = ask({ type: 'close' });
      isClosed = true;
      try {
        await closed;
      } finally {
        await worker.end();
        lock.release();
      }
    },
  };
}

function take(folder: string, name: string): FolderLock {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockFolder(folder, 'store');
  } catch (error) {
    if (error instanceof FolderBusy) throw new StoreBusy(folder, error.holder);
    if (isDiskFull(error)) throw new StoreFull(name, { cause: error });
    throw error;
  }
}
