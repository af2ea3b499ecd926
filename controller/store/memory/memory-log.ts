import type { Clock } from '../../../process/clock.ts';
import { addHash, ChainBroken, ChainCheck, firstAnchor } from '../chain.ts';
import { StoreBusy, StoreClosed, StoreCorrupt } from '../errors.ts';
import { LogFull, type Anchor, type LogDriver, type LogRecord, type OpenLog } from '../log.ts';

/** What a failing disk says. With `kept`, the batch becomes durable all the same: an answer lost on its way. */
export interface MemoryFault {
  error: 'EIO' | 'ENOSPC';
  kept?: boolean;
}

/** A log that outlives the stores opened on it, as a disk outlives a process; and the faults a disk can have. */
export interface MemoryLog extends LogDriver {
  /** How long an append takes to become durable. */
  syncDelayMs: number;
  /** While set, every append fails with ENOSPC. */
  full: boolean;
  /** The next append fails so. */
  nextFault: MemoryFault | undefined;
  /** How many records are durable, and how many are written but not yet synced. */
  readonly counts: { durable: number; unsynced: number };
  /** Power loss: whoever has the log open loses it, and what was not synced is gone, but for the first `keep` batches. */
  crash(keep?: number): void;
  /** Replaces a durable record, as bit rot would. */
  damage(revision: number, change: string): void;
  /** Puts the last snapshot in place of the log, as a person with a backup would. */
  restore(): void;
}

/** More than this in one piece would make a reader hold too much at once. */
const readPieceMax = 1000;

/** The driver for tests and simulation: nothing touches the disk, time is the given clock's. */
export function memoryLog(clock: Clock, options: { syncDelayMs?: number; name?: string } = {}): MemoryLog {
  const { name = 'memory' } = options;
  let durable: LogRecord[] = [];
  let anchor = firstAnchor;
  let restored = false;
  let snapshot: { records: LogRecord[]; anchor: Anchor } | undefined;
  let unsynced: { batch: readonly LogRecord[] }[] = [];
  /** Grows with each crash and close, so that a handle from before knows that it is cut off. */
  let generation = 0;
  let isOpen = false;

  const lastRevision = () => durable.at(-1)?.revision ?? 0;
  const endRevision = () => Math.max(lastRevision(), anchor.revision);

  const driver: MemoryLog = {
    name,
    syncDelayMs: options.syncDelayMs ?? 0,
    full: false,
    nextFault: undefined,
    get counts() {
      return {
        durable: durable.length,
        unsynced: unsynced.reduce((sum, { batch }) => sum + batch.length, 0),
      };
    },
    crash(keep = 0) {
      for (const { batch } of unsynced.slice(0, keep)) durable.push(...batch);
      unsynced = [];
      generation++;
      isOpen = false;
    },
    damage(revision, change) {
      durable = durable.map((record) => (record.revision === revision ? { ...record, change } : record));
    },
    restore() {
      if (!snapshot)
        throw new Error('There is no snapshot to restore from: call snapshot() on an open log first.');
      ({ records: durable, anchor } = { records: [...snapshot.records], anchor: snapshot.anchor });
      restored = true;
    },
    async open(): Promise<OpenLog> {
      if (isOpen) throw new StoreBusy(name, 'another store in this process');
      const last = verified();
      isOpen = true;
      const mine = ++generation;
      const check = () => {
        if (mine !== generation)
          throw new StoreClosed(`${name} was taken from this store by a crash or a close.`);
      };
      const state = { anchor, last, restored };

      return {
        state,
        async append(batch, expectedLast) {
          check();
          const fault: MemoryFault | undefined = driver.full ? { error: 'ENOSPC' } : driver.nextFault;
          driver.nextFault = undefined;
          if (endRevision() !== expectedLast)
            throw new Error(`${name} ends at revision ${endRevision()}, not at ${expectedLast}.`);
          const write = { batch };
          unsynced.push(write);
          if (driver.syncDelayMs > 0) await clock.sleep(driver.syncDelayMs);
          check();
          unsynced = unsynced.filter((other) => other !== write);
          if (!fault || fault.kept) durable.push(...batch);
          restored &&= !batch.length;
          if (fault?.error === 'ENOSPC') throw new LogFull('ENOSPC: no space left on device, write');
          if (fault) throw new Error('EIO: i/o error, write');
        },
        async *read(from) {
          check();
          const found = durable.filter((record) => record.revision >= from);
          for (let start = 0; start < found.length; start += readPieceMax)
            yield found.slice(start, start + readPieceMax);
        },
        async compact(revision, dropped) {
          check();
          if (driver.full) throw new LogFull('ENOSPC: no space left on device, write');
          const gone = new Set(dropped);
          const at = durable.find((record) => record.revision === revision);
          if (!at) throw new Error(`${name} has no revision ${revision} to compact to.`);
          durable = durable.filter((record) => !gone.has(record.revision));
          const live = durable.filter((record) => record.revision <= revision);
          anchor = {
            revision,
            epoch: at.epoch,
            hash: at.hash,
            liveCount: live.length,
            liveSum: live.reduce((sum, record) => addHash(sum, record.hash), firstAnchor.liveSum),
          };
          return anchor;
        },
        async snapshot() {
          check();
          snapshot = { records: [...durable], anchor };
          return `${name} snapshot`;
        },
        async close() {
          if (mine !== generation) return;
          generation++;
          isOpen = false;
        },
      };
    },
  };
  return driver;

  function verified() {
    try {
      const chain = new ChainCheck(anchor);
      for (const record of durable) chain.next(record);
      return chain.end();
    } catch (error) {
      if (error instanceof ChainBroken) throw new StoreCorrupt(name, error.revision, error.message);
      throw error;
    }
  }
}
