import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { isHome } from './home-files.ts';
import { secretBytes } from './secret.ts';

/**
 * Where this user's kith keeps everything: `$KITH_HOME`, else `~/.kith`.
 *
 * @throws FolderRefused where there is neither: keys must not land in whatever folder the command was typed in
 */
export function kithHome(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment['KITH_HOME'];
  if (named) return named;
  const own = environment['HOME'] ?? homedir();
  if (isAbsolute(own)) return join(own, '.kith');
  throw new FolderRefused(
    `HOME is ${own === '' ? 'empty' : `"${own}", which is no whole path`}, so there is no place for .kith`,
    'HOME or KITH_HOME with the whole path of a folder of yours',
  );
}

/** Whether there is anything at this path. Throws where that cannot be told (EACCES): it is not the same as nothing. */
export function isThere(path: string): boolean {
  return at(path, statSync, () => undefined) !== undefined;
}

/** Nobody but its owner may look into it. */
const privateMode = 0o700;
const othersBits = 0o077;
/** What is shared among users, as /tmp, has this bit; nobody makes a home so. */
const stickyBit = 0o1000;

/** A path that kith does not take for a folder of its own, and what to do instead. Nothing of it was changed. */
export class FolderRefused extends Error {
  readonly code = 'KITH_BAD_FOLDER';
  readonly next: string;
  constructor(message: string, next = 'another KITH_HOME: an empty folder, or one that is not there yet') {
    super(message);
    this.name = 'FolderRefused';
    this.next = next;
  }
}

/**
 * Makes the home itself, private to its user. One that is there is taken where it is the user's own and empty, or a home already.
 *
 * @throws FolderRefused for anything else, which stays as it is
 */
export function makeHomeFolder(path: string, user = process.getuid?.()): string {
  if (ownFolder(path, user) && !isHome(path))
    throw new FolderRefused(
      `${path} is no home of kith's and holds other things: they would be closed to others`,
    );
  return makePrivateFolder(path, user);
}

/**
 * Makes a folder of a home that only its user can read, with its parents. One that is there is closed to others, if it is the
 * user's own; where a link leads, only if that is empty.
 *
 * @throws FolderRefused where the path is no folder, another user's, or shared; it stays as it is
 */
export function makePrivateFolder(path: string, user = process.getuid?.()): string {
  const found = ownFolder(path, user);
  if (!found) {
    mkdirSync(path, { recursive: true, mode: privateMode });
    return path;
  }
  if (!(found.mode & othersBits)) return path;
  if (found.mode & stickyBit) throw new FolderRefused(`${path} is a folder that is shared by all users`);
  if (lstatSync(path).isSymbolicLink() && !isHome(path))
    throw new FolderRefused(`${path} leads to a folder that is open to others and holds other things`);
  chmodSync(path, privateMode);
  return path;
}

/** What is there, undefined for nothing. */
function ownFolder(path: string, user: number | undefined): Stats | undefined {
  const found = at(path, statSync);
  if (!found) {
    if (at(path, lstatSync)) throw new FolderRefused(`${path} is a link that leads to nothing`);
    return undefined;
  }
  if (!found.isDirectory()) throw new FolderRefused(`${path} is no folder`);
  if (user !== undefined && found.uid !== user)
    throw new FolderRefused(
      `${path} belongs to another user (number ${found.uid})`,
      'the command as that user, or another KITH_HOME',
    );
  return found;
}

/** What `look` finds there; undefined for nothing. `beyondFile` answers where a part of the path is a file. */
function at(
  path: string,
  look: typeof statSync | typeof lstatSync,
  beyondFile: () => undefined = () => {
    throw new FolderRefused(`${path} cannot be a folder: a part of its path is a file`);
  },
): Stats | undefined {
  try {
    return look(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') return beyondFile();
    throw error;
  }
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

/** A file of kith's own that is not what kith wrote, named, and what to do. */
export class FileDamaged extends Error {
  readonly code = 'KITH_BAD_FILE';
  constructor(path: string, why: string, options: ErrorOptions = {}) {
    super(
      `${path} is not what kith wrote: ${why}. Restore it from a backup, or remove it to start anew.`,
      options,
    );
    this.name = 'FileDamaged';
  }
}

/** A small JSON file, or undefined where there is none. Throws FileDamaged if it is not JSON. */
export function readJsonFile<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new FileDamaged(path, `it is not JSON (${(error as Error).message})`, { cause: error });
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
