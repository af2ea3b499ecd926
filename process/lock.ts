import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { withFile } from './folder.ts';

/** Held while a process owns a folder; gone with the process, however it dies. */
export interface FolderLock {
  release(): void;
}

/** Locks of this process: a caller that keeps none of its own must not lose it to the garbage collector. */
const held = new Set<DatabaseSync>();

/** Another process owns the folder. */
export class FolderBusy extends Error {
  readonly code = 'KITH_FOLDER_BUSY';
  readonly holder: string;
  constructor(folder: string, holder: string) {
    super(
      `${folder} is in use by ${holder}. Stop that one first (kith down), or choose another folder with KITH_HOME.`,
    );
    this.name = 'FolderBusy';
    this.holder = holder;
  }
}

/** How a lock shows itself to others. */
export interface LockWords {
  /** What is in use while it is held, where that is more than the folder itself. @default the folder */
  of?: string;
  /** What holds it, in a person's words: `kith up`. Who is refused is told. */
  by?: string;
}

/**
 * Takes a folder for this process. The lock is the operating system's own (SQLite's exclusive lock on `<name>.lock`), so
 * it ends with the process even after kill -9, and nothing stale is ever left to clean up.
 *
 * @throws FolderBusy naming the holder
 */
export function lockFolder(folder: string, name: string, { of = folder, by }: LockWords = {}): FolderLock {
  const holderFile = join(folder, `${name}.pid`);
  const database = openExclusively(folder, name);
  if (!database) throw new FolderBusy(of, describeHolder(readHolder(holderFile)));
  held.add(database);
  try {
    writeFileSync(holderFile, by ? `${process.pid}\n${by}\n` : `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    held.delete(database);
    database.close();
    throw withFile(error, holderFile);
  }
  return {
    release() {
      held.delete(database);
      if (database.isOpen) database.close();
    },
  };
}

/** Who holds the folder's lock; undefined if nobody. Takes nothing. */
export function holderOf(folder: string, name: string): { pid: number } | undefined {
  const database = openExclusively(folder, name);
  database?.close();
  return database ? undefined : { pid: readHolder(join(folder, `${name}.pid`))?.pid ?? 0 };
}

function openExclusively(folder: string, name: string): DatabaseSync | undefined {
  const database = new DatabaseSync(join(folder, `${name}.lock`));
  try {
    database.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) return undefined;
    throw error;
  }
}

interface Holder {
  pid: number;
  by: string | undefined;
}

/** Its number in the first line, what it is in the second, if it said. */
function readHolder(holderFile: string): Holder | undefined {
  try {
    const [number, by] = readFileSync(holderFile, 'utf8').split('\n');
    const pid = Number(number);
    return Number.isInteger(pid) && pid > 0 ? { pid, by: by || undefined } : undefined;
  } catch {
    // The holder has locked but not yet written its number.
    return undefined;
  }
}

function describeHolder(holder: Holder | undefined): string {
  if (!holder) return 'a process that is just starting';
  return holder.by ? `process ${holder.pid} (${holder.by})` : `process ${holder.pid}`;
}
