import type { Clock, Timer } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { StoreClosed, StoreDeposed } from './errors.ts';
import { History, type HistoryLimits } from './history.ts';
import { LiveEntries } from './live-entries.ts';
import { changeIn, type Change } from './change.ts';
import type { LogDriver, LogRecord, OpenLog } from './log.ts';
import type { Store } from './store.ts';
import { Watchers } from './watchers.ts';
import { Writer } from './writer.ts';

export interface StoreOptions {
  driver: LogDriver;
  clock: Clock;
  log: Log;
  /** This controller's term; the log's own where not given. */
  epoch?: number;
  history?: HistoryLimits;
  /** How often a copy is kept for a restore, if anything was written; 0 = never. The first is made at once. @default 1 h */
  snapshotEveryMs?: number;
  /** Handed each value that was read from the log: makes one of what many have in common. @default values stay as they are */
  shared?: <T>(value: T) => T;
}

/** How often age is looked at: history may outlive its time by this much. */
const compactionCheckMs = 60_000;
/** A compaction that failed is not tried again after each write, but so much later. */
const compactionPauseMs = 1000;
/**
 * A restored log goes on this far behind its last revision, so that no revision a client may have seen before the loss is given
 * out a second time with another meaning. At 30,000 writes a second it covers half a minute, at a home's pace years.
 */
const restoreGap = 1_000_000;

/**
 * Opens the store on a driver: verifies what is there, loads all that is live into memory, then serves.
 *
 * @throws StoreBusy, StoreCorrupt, StoreFull, StoreDeposed
 * @example
 *     const store = await openStore({ driver: sqliteLog(folder), clock: systemClock, log });
 *     const { modRevision } = await store.put('/pods/default/a', () => pod, { absent: true });
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { driver, clock, log, snapshotEveryMs = 3_600_000, shared = (value) => value } = options;
  const read = (json: string) => shared(JSON.parse(json) as unknown);
  const records = await driver.open();
  try {
    const { anchor, last, restored } = records.state;
    const epoch = options.epoch ?? Math.max(last.epoch, 1);
    if (epoch < last.epoch) throw new StoreDeposed(driver.name, last.epoch, epoch);

    const live = new LiveEntries();
    const history = new History(anchor.revision, options.history);
    let restoreRevision = 0;
    const take = (record: LogRecord, change: Change) => {
      const event = live.apply(record.revision, change);
      if (record.revision <= anchor.revision) return;
      if (change.type === 'restore') restoreRevision = record.revision;
      history.push({ revision: record.revision, event, at: clock.now(), bytes: record.change.length });
    };
    for await (const piece of records.read(0))
      for (const record of piece) take(record, changeIn(record.change, record.revision, read));

    const writer = new Writer({
      name: driver.name,
      records,
      last: { ...last, epoch },
      live,
      clock,
      log,
      take,
      read,
    });
    const watchers = new Watchers(history, () => writer.durableRevision);
    const store = new OpenedStore({ records, live, history, writer, watchers, clock, log });
    if (restored) {
      log.warn('the store was restored from a copy: clients will list again', { revision: last.revision });
      await writer.restore(last.revision, last.revision + restoreGap);
    }
    // What clients saw before the loss may differ from what is here: they must list again.
    if (restoreRevision) await store.compact(restoreRevision);
    store.start(snapshotEveryMs);
    return store;
  } catch (error) {
    await records.close();
    throw error;
  }
}

interface Parts {
  records: OpenLog;
  live: LiveEntries;
  history: History;
  writer: Writer;
  watchers: Watchers;
  clock: Clock;
  log: Log;
}

class OpenedStore implements Store {
  readonly #parts: Parts;
  readonly #timers: Timer[] = [];
  #compaction: Promise<void> = Promise.resolve();
  #isCompacting = false;
  #nextCompactionAt = 0;
  #snapshotRevision = -1;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.writer.onDurable = () => {
      parts.watchers.deliver();
      if (parts.history.isOverfull) this.#compactIfDue();
    };
  }

  start(snapshotEveryMs: number): void {
    const { clock } = this.#parts;
    this.#timers.push(clock.every(compactionCheckMs, () => this.#compactIfDue()));
    if (snapshotEveryMs <= 0) return;
    this.#snapshotIfChanged();
    this.#timers.push(clock.every(snapshotEveryMs, () => this.#snapshotIfChanged()));
  }

  get revision() {
    return this.#parts.writer.durableRevision;
  }

  get compactedRevision() {
    return this.#parts.history.compactedRevision;
  }

  get trouble() {
    return this.#closing ? new StoreClosed() : this.#parts.writer.trouble;
  }

  get(key: string) {
    return this.#parts.live.get(key);
  }

  list(prefix: string, { after, limit = Infinity }: { after?: string; limit?: number } = {}) {
    return { ...this.#parts.live.list(prefix, after, limit), revision: this.revision };
  }

  count(prefix: string) {
    return this.#parts.live.count(prefix);
  }

  put: Store['put'] = (key, value, expect) => this.#parts.writer.put(key, value, expect);

  delete: Store['delete'] = (key, expect) => this.#parts.writer.delete(key, expect);

  head(key: string) {
    return this.#parts.writer.head(key);
  }

  settled: Store['settled'] = () => this.#parts.writer.settled();

  watch: Store['watch'] = (prefix, fromRevision, listener, onEnd) => {
    if (this.#closing) throw new StoreClosed();
    return this.#parts.watchers.add(prefix, fromRevision, listener, onEnd);
  };

  compact(revision: number): Promise<void> {
    // One after the other: each works out what is dead from where the one before left off.
    const run = async () => {
      if (this.#closing) throw new StoreClosed();
      const { history, records } = this.#parts;
      const cut = history.upTo(Math.min(revision, this.revision));
      if (!cut) return;
      await records.compact(cut.revision, cut.dropped);
      history.forget(cut.revision);
    };
    const done = this.#compaction.then(run);
    // The caller of this one hears of its failure; the next begins from what is durable.
    this.#compaction = done.catch(() => {});
    return done;
  }

  snapshot(): Promise<string> {
    if (this.#closing) return Promise.reject(new StoreClosed());
    this.#snapshotRevision = this.revision;
    return this.#parts.records.snapshot();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#parts.writer.close();
    await this.#compaction;
    this.#parts.watchers.endAll(new StoreClosed());
    await this.#parts.records.close();
  }

  #compactIfDue(): void {
    const { history, clock, log } = this.#parts;
    if (this.#isCompacting || clock.now() < this.#nextCompactionAt) return;
    const due = history.dueRevision(clock.now());
    if (due === undefined) return;
    this.#isCompacting = true;
    this.compact(due)
      .catch((error: unknown) => {
        // A full disk is told by the writes that it refuses; history is kept and the next minute tries again.
        this.#nextCompactionAt = clock.now() + compactionPauseMs;
        if (!this.#closing) log.warn('could not compact the store', { revision: due, error });
      })
      .finally(() => (this.#isCompacting = false));
  }

  #snapshotIfChanged(): void {
    if (this.#snapshotRevision === this.revision || this.revision === 0) return;
    this.snapshot().catch((error: unknown) => {
      if (!this.#closing) this.#parts.log.warn('could not keep a copy of the store', { error });
    });
  }
}
