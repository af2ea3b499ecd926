import { closeSync, constants, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { addHash } from '../chain.ts';
import { LogFull, type Anchor, type LogRecord, type LogState } from '../log.ts';
import { isDiskFull } from './disk-error.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { layout } from './layout.ts';
import { bytesOf, hexOf, recordOf, writeAnchor, type Row } from './table.ts';

/** A piece of `read` ends at whichever comes first, so that neither thread holds much of the log at once. */
const readRecordsMax = 1000;
const readBytesMax = 2 ** 20;
/** Pages in the write-ahead log before they are moved into `log.db`: SQLite's own default, 4 MB, also bounds the copy at start. */
const checkpointPages = 1000;

/** The log's SQLite database, verified before and now open for writing. Everything here blocks: it runs in a worker. */
export class LogFile {
  readonly #database: DatabaseSync;
  readonly #mark: HighWaterMark;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  /**
   * For backups. Opened once and closed after the database: POSIX drops all of a process's locks on a file when it closes
   * any descriptor of it.
   */
  readonly file: number;
  #anchor: Anchor;
  #last: number;
  #restored: boolean;

  constructor(folder: string, state: LogState, isSynced: boolean) {
    const paths = layout(folder);
    this.#anchor = state.anchor;
    this.#last = state.last.revision;
    this.#restored = state.restored;
    this.file = openSync(paths.log, constants.O_RDONLY);
    this.#database = new DatabaseSync(paths.log);
    // Exclusive: the index of the write-ahead log stays in this process's memory, and nobody else can write beside us.
    // WAL with FULL: one sync per commit, and nothing is answered before it.
    this.#database.exec(`
      PRAGMA busy_timeout = 0;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${isSynced ? 'FULL' : 'OFF'};
      PRAGMA wal_autocheckpoint = ${checkpointPages};
    `);
    // After a failed sync the system believes pages to be on disk that are not. Moving what recovery found into log.db
    // writes it anew and syncs that, so from here on what can be read is durable.
    this.checkpoint();
    this.#mark = new HighWaterMark(paths.highWaterMark);
    this.#mark.set(this.#last);
    this.#insert = this.#database.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?)');
    this.#select = this.#database.prepare('SELECT * FROM records WHERE revision >= ? ORDER BY revision');
  }

  get last(): number {
    return this.#last;
  }

  append(batch: readonly LogRecord[], expectedLast: number): void {
    if (expectedLast !== this.#last)
      throw new Error(
        `The log ends at revision ${this.#last}, not at ${expectedLast}: another writer was here.`,
      );
    this.#transaction(() => {
      for (const { revision, epoch, previousHash, change, hash } of batch)
        this.#insert.run(revision, epoch, bytesOf(previousHash), change, bytesOf(hash));
      if (this.#restored) this.#database.exec('DELETE FROM backup');
    });
    this.#restored = false;
    this.#last = batch.at(-1)?.revision ?? this.#last;
    this.#mark.set(this.#last);
  }

  read(from: number): LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const row of this.#select.iterate(from)) {
      const record = recordOf(row as unknown as Row);
      records.push(record);
      bytes += record.change.length;
      if (records.length >= readRecordsMax || bytes >= readBytesMax) break;
    }
    return records;
  }

  compact(revision: number, dropped: readonly number[]): Anchor {
    const database = this.#database;
    const { epoch, hash } = (database
      .prepare('SELECT epoch, hash FROM records WHERE revision = ?')
      .get(revision) ?? {}) as Partial<Row>;
    if (epoch === undefined || !hash) throw new Error(`The log has no revision ${revision} to compact to.`);
    let { liveCount, liveSum } = this.#anchor;
    const count = (sign: 1 | -1) => (row: unknown) => {
      liveCount += sign;
      liveSum = addHash(liveSum, hexOf((row as Row).hash));
    };
    const span = database.prepare('SELECT hash FROM records WHERE revision > ? AND revision <= ?');
    for (const row of span.iterate(this.#anchor.revision, revision)) count(1)(row);
    const remove = database.prepare('DELETE FROM records WHERE revision = ? RETURNING hash');
    let anchor = this.#anchor;
    this.#transaction(() => {
      for (const dead of dropped) {
        const row = remove.get(dead);
        if (!row) throw new Error(`The log has no revision ${dead} to drop.`);
        count(-1)(row);
      }
      anchor = { revision, epoch, hash: hexOf(hash), liveCount, liveSum };
      writeAnchor(database, anchor);
    });
    return (this.#anchor = anchor);
  }

  /** Moves everything into `log.db` and leaves the write-ahead log empty. */
  checkpoint(): void {
    const result = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    if (result?.['busy'])
      throw new Error('The write-ahead log could not be moved into the database: it is in use.');
  }

  /** While `log.db` is being copied it must hold still: new records then stay in the write-ahead log. */
  holdStill(isStill: boolean): void {
    this.#database.exec(`PRAGMA wal_autocheckpoint = ${isStill ? 0 : checkpointPages}`);
  }

  close(): void {
    this.#database.close();
    closeSync(this.file);
    this.#mark.close();
  }

  #transaction(action: () => void): void {
    const database = this.#database;
    try {
      database.exec('BEGIN IMMEDIATE');
      action();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      try {
        // Frees the room that the write-ahead log takes: on a full disk that may be what the next write needs.
        this.checkpoint();
      } catch {
        // The disk is in trouble; the error that told us first is the one to report.
      }
      if (isDiskFull(error)) throw new LogFull((error as Error).message, { cause: error });
      throw error;
    }
  }
}
