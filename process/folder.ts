import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { secretBytes } from './secret.ts';

/** Where this user's kith keeps everything: `$KITH_HOME`, else `~/.kith`. */
export function kithHome(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['KITH_HOME'] || join(homedir(), '.kith');
}

/** Makes a folder that only its user can read, with its parents. */
export function makePrivateFolder(path: string): string {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  return path;
}

/** A name beside `path`, in the same file system, that no other process writes to: for what is renamed to `path` when it is whole. */
export function temporaryName(path: string): string {
  return `${path}.${secretBytes(6).toString('hex')}.tmp`;
}

/** Whether the system says that there is no room: on the disk, or in what this user may have of it. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The same error, naming the file: Node tells which one could not be opened, and not which one could not be written to. */
export function withFile(error: unknown, path: string): unknown {
  const refused = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || refused.code === undefined || refused.path !== undefined) return error;
  refused.path = path;
  refused.message += ` '${path}'`;
  return refused;
}

/**
 * Writes a file so that a reader, or the machine after a power loss, sees the old content or the new, never a part:
 * a temporary file beside it, fsync, rename, fsync of the folder.
 */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw withFile(error, path);
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A small JSON file, or undefined where there is none. Throws with the file's name if it is not JSON. */
export function readJsonFile<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(
      `${path} is not JSON (${(error as Error).message}). Restore it from a backup, or remove it to start anew.`,
      { cause: error },
    );
  }
}

/** Replaces a small file at once, without the promise: for the last words of a process that is about to end. */
export function writeFileNow(path: string, data: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, data, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw withFile(error, path);
  }
}
