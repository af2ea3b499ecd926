import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { chained } from './chain.ts';
import { changeIn, changeText, type Change } from './change.ts';
import { StoredEntry } from './entry.ts';
import { StoreClosed, StoreConflict, StoreError, StoreFailed, StoreFull, StoreOverloaded } from './errors.ts';
import type { LiveEntries } from './live-entries.ts';
import { LogFull, type LogRecord, type LogState, type OpenLog } from './log.ts';
import type { Entry, Expectation } from './store.ts';

/** Beyond these a batch is cut, so that one answer never waits for tens of megabytes of others. */
const batchRecordsMax = 5000;
const batchBytesMax = 8 * 2 ** 20;
/** About a second's work for a good disk: whoever comes later is told to retry, and memory stays bounded. */
const pendingWritesMax = 50_000;
/** After a full disk a trial write goes out this often; the others are refused at once. */
const trialEveryMs = 1000;
/** After a failed batch the log is read again; if that fails too, this long passes between tries. */
const rereadDelayMs = 1000;

interface Pending {
  /** Undefined for one that writes nothing and only waits for those before it. */
  record: LogRecord | undefined;
  change: Change | undefined;
  settle: (revision: number) => void;
  fail: (error: Error) => void;
}

interface WriterOptions {
  name: string;
  records: OpenLog;
  last: LogState['last'];
  live: LiveEntries;
  clock: Clock;
  log: Log;
  /** Takes a record that became durable into the store's memory. */
  take: (record: LogRecord, change: Change) => void;
  /** Reads the value of a record. */
  read: (json: string) => unknown;
}

/**
 * The one way in. Judges each write against the pending head, chains it, and sends everything that waits as one batch while the
 * batch before is on its way to disk.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #epoch: number;
  /** What the log ends with on disk, and with all that is still on its way. */
  #durable: { revision: number; hash: string };
  #head: { revision: number; hash: string };
  /** Keys that a write on its way changes: the last such write, and the entry there will be (none where it deletes). */
  readonly #pendingHeads = new Map<string, { revision: number; entry: Entry | undefined }>();
  #queue: Pending[] = [];
  #inFlight: Pending[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #isFlushing = false;
  #isRereading = false;
  #isClosed = false;
  #trouble: StoreError | undefined;
  #nextTrialAt = 0;

  onDurable: () => void = () => {};

  constructor(options: WriterOptions) {
    const { revision, hash, epoch } = options.last;
    this.#options = options;
    this.#epoch = epoch;
    this.#durable = this.#head = { revision, hash };
  }

  get durableRevision(): number {
    return this.#durable.revision;
  }

  get trouble(): Error | undefined {
    return this.#trouble;
  }

  put(key: string, value: (revision: number) => unknown, expect?: Expectation): Promise<Entry> {
    return new Promise((resolve, fail) => {
      this.#refuseIfUnable();
      const head = this.#judge(key, expect);
      const revision = this.#head.revision + 1;
      const given = value(revision);
      const json = JSON.stringify(given) as string | undefined;
      if (json === undefined) throw new TypeError(`The value of ${key} is undefined, which is not JSON.`);
      if (this.#head.revision + 1 !== revision)
        throw new Error(
          `The value of ${key} was worked out by writing to the store, which gave its revision away.`,
        );
      const revisions = { createRevision: head?.createRevision ?? revision, modRevision: revision };
      const entry = new StoredEntry(key, revisions, json, { value: given });
      this.#push(revision, { type: 'put', entry }, () => resolve(entry), fail);
      this.#pendingHeads.set(key, { revision, entry });
    });
  }

  delete(key: string, expect?: Expectation): Promise<number> {
    return new Promise((resolve, fail) => {
      this.#refuseIfUnable();
      const head = this.#judge(key, expect);
      // Already gone, or going: say so only when that is durable.
      if (!head) return this.#wait(resolve, fail);
      const revision = this.#head.revision + 1;
      this.#push(revision, { type: 'delete', key }, resolve, fail);
      this.#pendingHeads.set(key, { revision, entry: undefined });
    });
  }

  head(key: string): Entry | undefined {
    const pending = this.#pendingHeads.get(key);
    return pending ? pending.entry : this.#options.live.get(key);
  }

  /** Resolves once all that was let in before is durable or has failed. */
  settled(): Promise<void> {
    return new Promise((resolve) =>
      this.#wait(
        () => resolve(),
        () => resolve(),
      ),
    );
  }

  /** Marks the log as put back from a copy that ended at `from`; it goes on at `revision`. */
  restore(from: number, revision: number): Promise<number> {
    return new Promise((resolve, fail) => this.#push(revision, { type: 'restore', from }, resolve, fail));
  }

  /** Refuses new writes and waits for those on their way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flushing;
  }

  #refuseIfUnable(): void {
    if (this.#isClosed) throw new StoreClosed();
    const isTrial = !this.#isRereading && this.#options.clock.now() >= this.#nextTrialAt;
    if (this.#trouble && !isTrial) throw this.#trouble;
    const waiting = this.#queue.length + this.#inFlight.length;
    if (waiting >= pendingWritesMax) throw new StoreOverloaded(waiting);
  }

  #judge(key: string, expect: Expectation | undefined): Entry | undefined {
    const head = this.head(key);
    if (!expect) return head;
    if ('absent' in expect) {
      if (head) throw new StoreConflict(key, head, 'it not to exist');
    } else if (head?.modRevision !== expect.revision) {
      throw new StoreConflict(key, head, `revision ${expect.revision}`);
    }
    return head;
  }

  #push(
    revision: number,
    change: Change,
    settle: (revision: number) => void,
    fail: (error: Error) => void,
  ): void {
    const record = chained(this.#head.hash, revision, this.#epoch, changeText(change));
    this.#head = { revision, hash: record.hash };
    this.#enqueue({ record, change, settle, fail });
  }

  #wait(settle: (revision: number) => void, fail: (error: Error) => void): void {
    if (!this.#isFlushing) settle(this.#durable.revision);
    else this.#enqueue({ record: undefined, change: undefined, settle, fail });
  }

  #enqueue(pending: Pending): void {
    this.#queue.push(pending);
    if (!this.#isFlushing) this.#flushing = this.#flush();
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    // Writers that run in this same turn join the first batch.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      this.#inFlight = this.#nextBatch();
      try {
        const batch = this.#inFlight.flatMap(({ record }) => record ?? []);
        if (batch.length > 0) await this.#options.records.append(batch, this.#durable.revision);
      } catch (error) {
        await this.#fail(error);
        continue;
      }
      this.#trouble = undefined;
      const settled = this.#inFlight;
      this.#inFlight = [];
      for (const { record, change } of settled) if (record && change) this.#becomeDurable(record, change);
      for (const { record, settle } of settled) settle(record?.revision ?? this.#durable.revision);
      this.onDurable();
    }
    this.#isFlushing = false;
  }

  #nextBatch(): Pending[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && count < batchRecordsMax && bytes < batchBytesMax)
      bytes += this.#queue[count++]!.record?.change.length ?? 0;
    return this.#queue.splice(0, count);
  }

  #becomeDurable(record: LogRecord, change: Change): void {
    this.#options.take(record, change);
    this.#durable = { revision: record.revision, hash: record.hash };
    if (change.type === 'restore') return;
    const key = change.type === 'put' ? change.entry.key : change.key;
    if (this.#pendingHeads.get(key)?.revision === record.revision) this.#pendingHeads.delete(key);
  }

  /** Every write that was built on the failed batch fails with it; then the log itself says what became durable. */
  async #fail(cause: unknown): Promise<void> {
    const { name, log, clock } = this.#options;
    // The log was taken from us (a simulated crash, or a close): there is nothing left to read again.
    if (cause instanceof StoreClosed) this.#isClosed = true;
    const error =
      cause instanceof StoreClosed
        ? cause
        : cause instanceof LogFull
          ? new StoreFull(name, { cause })
          : new StoreFailed(name, cause);
    if (this.#trouble?.code !== error.code) log.error('the store cannot write', { error: cause });
    this.#trouble = error;
    this.#isRereading = true;
    const failed = [...this.#inFlight, ...this.#queue];
    this.#inFlight = [];
    this.#queue = [];
    this.#pendingHeads.clear();
    for (const { fail } of failed) fail(error);
    while (!this.#isClosed && !(await this.#reread())) await clock.sleep(rereadDelayMs);
    this.#head = this.#durable;
    this.#isRereading = false;
    this.#nextTrialAt = error instanceof StoreFull ? clock.now() + trialEveryMs : 0;
    this.onDurable();
  }

  async #reread(): Promise<boolean> {
    try {
      for await (const piece of this.#options.records.read(this.#durable.revision + 1)) {
        for (const record of piece)
          this.#becomeDurable(record, changeIn(record.change, record.revision, this.#options.read));
        // Nobody is told of a later revision before the watchers have all up to there.
        this.onDurable();
      }
      return true;
    } catch (error) {
      this.#options.log.error('the store cannot be read again after a failed write', { error });
      return false;
    }
  }
}
