import { existsSync, fstatSync, read as readCallback, readdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseSync } from 'node:sqlite';
import { LogFull } from '../log.ts';
import { inspect } from './inspection.ts';
import { layout, temporaryPrefix } from './layout.ts';
import type { LogFile } from './log-file.ts';

/** The newest copies that are kept: made hourly, they leave a few hours in which damage can be noticed. */
const backupsKept = 3;
/** A copy is made only while this many more would fit: the log itself needs the room more. */
const roomFactor = 3;
const pieceBytes = 2 ** 20;

const read = promisify(readCallback);

/** The copies in a store's folder, newest first. */
export function listBackups(folder: string): { path: string; revision: number; at: Date }[] {
  const { backups } = layout(folder);
  if (!existsSync(backups)) return [];
  return readdirSync(backups)
    .flatMap((name) => {
      const revision = /^revision-(\d+)\.db$/.exec(name)?.[1];
      const path = join(backups, name);
      return revision ? [{ path, revision: Number(revision), at: statSync(path).mtime }] : [];
    })
    .toSorted((a, b) => b.revision - a.revision);
}

/**
 * Copies the log while it goes on being written, verifies the copy record by record, and keeps it. The copy is one file that can
 * be put in place as it is. Says where it is.
 *
 * @throws LogDamaged if what is on disk is not what was written; LogFull
 */
export async function backUp(folder: string, log: LogFile): Promise<string> {
  const { backups } = layout(folder);
  const path = join(backups, `revision-${log.last}.db`);
  if (existsSync(path)) return path;
  await mkdir(backups, { recursive: true, mode: 0o700 });
  const temporary = join(backups, `${temporaryPrefix}${log.last}.db`);
  try {
    log.checkpoint();
    log.holdStill(true);
    try {
      await copy(log.file, temporary, backups);
    } finally {
      log.holdStill(false);
    }
    inspect(temporary);
    mark(temporary);
    await sync(temporary);
    await rename(temporary, path);
    await sync(backups);
  } finally {
    await rm(temporary, { force: true });
  }
  for (const old of listBackups(folder).slice(backupsKept)) await rm(old.path, { force: true });
  return path;
}

async function copy(source: number, to: string, folder: string): Promise<void> {
  const target = await open(to, 'w', 0o600);
  try {
    const { size } = fstatSync(source);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < size * roomFactor)
      throw new LogFull(`No room in ${folder} for a copy of ${size} bytes.`);
    const piece = new Uint8Array(pieceBytes);
    for (let at = 0; at < size;) {
      const { bytesRead } = await read(source, piece, 0, Math.min(pieceBytes, size - at), at);
      if (bytesRead === 0) throw new Error(`${folder}: the log became shorter while it was copied.`);
      await target.writeFile(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await target.close();
  }
}

/** A copy says that it is one, so that a store started from it knows that clients may have seen more than it has. */
function mark(path: string): void {
  const database = new DatabaseSync(path);
  try {
    // A single file, without a write-ahead log beside it.
    database.exec('PRAGMA journal_mode = DELETE; INSERT OR IGNORE INTO backup VALUES (1)');
  } finally {
    database.close();
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what a kill left half-made. */
export async function sweepBackups(folder: string): Promise<void> {
  for (const place of [folder, layout(folder).backups]) {
    const names = existsSync(place) ? await readdir(place) : [];
    for (const name of names)
      if (name.startsWith(temporaryPrefix)) await rm(join(place, name), { recursive: true, force: true });
  }
}

/** As a shell takes it, whatever is in it. */
const quoted = (path: string) => `'${path.replaceAll("'", `'\\''`)}'`;

/** What a person types to go back to a copy, with this folder's own paths. */
export function restoreSteps(folder: string): string {
  const copies = listBackups(folder);
  const [newest] = copies;
  if (!newest)
    return `There is no copy in ${layout(folder).backups} to restore. Put the folder back from a backup of your own, or move it away to start anew.`;
  const damaged = `${folder}.damaged`;
  const lines = copies.map(
    ({ path, revision, at }) => `  ${path} (revision ${revision}, ${at.toISOString()})`,
  );
  return [
    'Good copies, newest first:',
    ...lines,
    'To restore the newest: stop kith, then',
    `  mv ${quoted(folder)} ${quoted(damaged)}`,
    `  mkdir -m 700 ${quoted(folder)}`,
    `  cp ${quoted(newest.path.replace(folder, damaged))} ${quoted(layout(folder).log)}`,
    'and start it again. What was written after that copy is lost; the damaged folder stays for a closer look.',
  ].join('\n');
}
