import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDiskFull, kithHome } from '../process/folder.ts';
import { CliError, exitCodes } from './errors.ts';

/** An error wraps another that wraps another; nobody nests deeper on purpose. */
const causesMax = 8;
/** The system's word for it, or the store's. */
const saysFull = (error: Error) =>
  isDiskFull(error) || (error as { code?: unknown }).code === 'KITH_STORE_FULL';

/** With less free than this, a program that does not come to serve most likely waits for room: the store's log alone needs as much. */
const nearlyFullBytes = 1024 * 1024;

const next = 'free some space, then the same command again';

/** A full disk as it is told to a person: the file, the folder, and how much is free there. Undefined for other errors. */
export function diskFull(error: Error): CliError | undefined {
  let full: unknown = error;
  for (let depth = 0; depth < causesMax && full instanceof Error && !saysFull(full); depth++)
    full = full.cause;
  if (!(full instanceof Error) || !saysFull(full)) return undefined;
  const { path } = full as NodeJS.ErrnoException;
  const what = `the disk is full: ${path ?? 'a file'} could not be written; what was kept before is still there`;
  return new CliError('KITH_DISK_FULL', `${what}. ${roomAt(path ? dirname(path) : homeOrHere())}`, {
    next,
    exit: exitCodes.diskFull,
    cause: error,
  });
}

/** Without a home there is still a disk to tell of. */
function homeOrHere(): string {
  try {
    return kithHome();
  } catch {
    return '.';
  }
}

/** Why a program may not have come to serve: its home has next to no room. Undefined where it has. */
export function noRoom(home: string, failed: Error): CliError | undefined {
  const free = freeAt(home);
  if (!free || free.bytes >= nearlyFullBytes) return undefined;
  const text = `${failed.message}\nThe disk is nearly full. ${roomAt(home)}`;
  return new CliError('KITH_DISK_FULL', text, { next, exit: exitCodes.diskFull, cause: failed });
}

function roomAt(folder: string): string {
  const free = freeAt(folder);
  if (!free) return `How much is free in ${folder} cannot be told`;
  // A disk of many small files can have bytes left and no place for one more file.
  const files = free.files === 0 ? ', and no file more fits (inodes)' : '';
  return `${room(free.bytes)} of ${room(free.total)} are free in ${free.folder}${files}`;
}

/** What this user may still write there, or in the next folder above that is there. */
function freeAt(folder: string) {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize, blocks, ffree, files } = statfsSync(there);
    // Some file systems count no files at all.
    return {
      folder: there,
      bytes: bavail * bsize,
      total: blocks * bsize,
      files: files > 0 ? ffree : undefined,
    };
  } catch {
    return undefined;
  }
}

/** 28 KB left is another thing than none. */
function room(bytes: number): string {
  return bytes < 1e6 ? `${Math.floor(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
