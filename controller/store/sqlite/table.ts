import type { DatabaseSync } from 'node:sqlite';
import { firstAnchor } from '../chain.ts';
import type { Anchor, LogRecord } from '../log.ts';

/** The letters `kith`: tells our file from any other SQLite database. */
export const applicationId = 0x6b697468;
/** Grows when the tables change; a newer one is refused with a word about upgrading. */
export const formatVersion = 1;

/** Hashes are stored as bytes; `backup` has a row in copies only, and in what was restored from one. */
const schema = `
  CREATE TABLE records (
    revision INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    previous_hash BLOB NOT NULL,
    change TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE TABLE anchor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    hash BLOB NOT NULL,
    live_count INTEGER NOT NULL,
    live_sum BLOB NOT NULL
  ) STRICT;
  CREATE TABLE backup (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
`;

export interface Row {
  revision: number;
  epoch: number;
  previous_hash: Uint8Array;
  change: string;
  hash: Uint8Array;
}

export const bytesOf = (hash: string): Uint8Array => Buffer.from(hash, 'hex');
export const hexOf = (hash: Uint8Array): string =>
  Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');

export function recordOf(row: Row): LogRecord {
  const { revision, epoch, change } = row;
  return { revision, epoch, previousHash: hexOf(row.previous_hash), change, hash: hexOf(row.hash) };
}

export function createTables(database: DatabaseSync): void {
  database.exec('BEGIN');
  database.exec(schema);
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`);
  writeAnchor(database, firstAnchor);
  database.exec('COMMIT');
}

export function readAnchor(database: DatabaseSync): Anchor | undefined {
  const row = database.prepare('SELECT * FROM anchor').get();
  if (!row) return undefined;
  return {
    revision: row['revision'] as number,
    epoch: row['epoch'] as number,
    hash: hexOf(row['hash'] as Uint8Array),
    liveCount: row['live_count'] as number,
    liveSum: hexOf(row['live_sum'] as Uint8Array),
  };
}

export function writeAnchor(database: DatabaseSync, anchor: Anchor): void {
  database
    .prepare(
      'INSERT OR REPLACE INTO anchor (id, revision, epoch, hash, live_count, live_sum) VALUES (1, ?, ?, ?, ?, ?)',
    )
    .run(anchor.revision, anchor.epoch, bytesOf(anchor.hash), anchor.liveCount, bytesOf(anchor.liveSum));
}

export function isBackup(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM backup').get() !== undefined;
}
