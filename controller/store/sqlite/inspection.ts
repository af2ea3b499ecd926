import { constants, copyFileSync, existsSync, linkSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ChainBroken, ChainCheck } from '../chain.ts';
import type { LogState } from '../log.ts';
import { sqliteCode, sqliteResult } from './disk-error.ts';
import { temporaryPrefix } from './layout.ts';
import { applicationId, formatVersion, isBackup, readAnchor, recordOf, type Row } from './table.ts';

/** The file is not what we wrote; `revision` is where it stops being true, if it can be read that far. */
export class LogDamaged extends Error {
  readonly revision: number | undefined;
  constructor(revision: number | undefined, reason: string) {
    super(reason);
    this.name = 'LogDamaged';
    this.revision = revision;
  }
}

/**
 * Verifies every record of the log `file` and what SQLite keeps around them, without changing a byte of it.
 *
 * Opening a database in WAL mode is not harmless: SQLite recovers, checkpoints on close and deletes the write-ahead log. So this
 * reads through a second name (a hard link) in a folder of its own, read-only, beside a copy of the write-ahead log: whatever
 * SQLite makes of those, the originals stay. The copy is small, since the write-ahead log is kept short.
 *
 * @throws LogDamaged
 */
export function inspect(file: string): LogState {
  const folder = mkdtempSync(join(dirname(file), `${temporaryPrefix}inspection-`));
  try {
    const alias = join(folder, 'log.db');
    linkOrCopy(file, alias);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${alias}-wal`, constants.COPYFILE_FICLONE);
    return verify(alias);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linkOrCopy(file: string, alias: string): void {
  try {
    linkSync(file, alias);
  } catch {
    // Not every file system has hard links; then it costs a copy.
    copyFileSync(file, alias, constants.COPYFILE_FICLONE);
  }
}

function verify(file: string): LogState {
  let database: DatabaseSync | undefined;
  let revision: number | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    checkFormat(database);
    const anchor = readAnchor(database);
    if (!anchor) throw new LogDamaged(undefined, 'the row that says where the chain begins is missing');
    const chain = new ChainCheck(anchor);
    for (const row of database.prepare('SELECT * FROM records ORDER BY revision').iterate()) {
      chain.next(recordOf(row as unknown as Row));
      revision = row['revision'] as number;
    }
    const last = chain.end();
    const state = { anchor, last, restored: isBackup(database) };
    const complaint = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (complaint !== 'ok') throw new LogDamaged(undefined, `SQLite's check says: ${String(complaint)}`);
    return state;
  } catch (error) {
    if (error instanceof ChainBroken) throw new LogDamaged(error.revision, error.message);
    const code = sqliteCode(error);
    if (code === sqliteResult.corrupt || code === sqliteResult.notADatabase)
      throw new LogDamaged(
        revision === undefined ? undefined : revision + 1,
        `SQLite says: ${(error as Error).message}`,
      );
    throw error;
  } finally {
    database?.close();
  }
}

function checkFormat(database: DatabaseSync): void {
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  if (pragma('application_id') !== applicationId) throw new LogDamaged(undefined, 'it is not a log of kith');
  const version = pragma('user_version');
  if (version !== formatVersion)
    throw new Error(
      `The store has format ${String(version)}, and this kith reads format ${formatVersion}. Use a newer kith.`,
    );
}
