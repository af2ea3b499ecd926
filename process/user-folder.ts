import { accessSync, chmodSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Nobody but its owner may reach into it. */
const privateMode = 0o700;
const othersBits = 0o077;
/** Where others could write until now, they may have. */
const othersWrite = 0o022;
/** Anybody may replace what lies in such a folder, unless it is sticky. */
const worldWritable = 0o002;
const sticky = 0o1000;

/**
 * Folders outside any home where kith keeps what belongs to this user alone, best first: `$XDG_CACHE_HOME/kith` (else
 * `~/.cache/kith`), `$XDG_RUNTIME_DIR/kith`. Never the temporary folder of all: there another user may have been first. Nothing is
 * made. Runs under old versions of Node itself.
 */
export function userFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const { XDG_CACHE_HOME: caches, XDG_RUNTIME_DIR: runtime } = environment;
  return [
    // Of the two it is the one that terminals, timers and services of one user agree about.
    caches && isAbsolute(caches) ? caches : join(environment['HOME'] || homedir(), '.cache'),
    ...(runtime ? [runtime] : []),
  ]
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, 'kith'));
}

/** The folder `inner` (or the whole) of one of `userFolders`, made if it is not there; undefined where it cannot be ours alone. */
export function makeUserFolder(
  folder: string,
  inner = '',
  user: number | undefined = process.getuid?.(),
): string | undefined {
  try {
    const parent = join(folder, '..');
    mkdirSync(parent, { recursive: true, mode: privateMode });
    const { mode } = statSync(parent);
    if (mode & worldWritable && !(mode & sticky)) return undefined;
    const path = join(folder, inner);
    if (!makeOurs(folder, user) || !(inner === '' || makeOurs(path, user))) return undefined;
    accessSync(path, constants.W_OK);
    return path;
  } catch {
    // Read-only, full, or somebody else's.
    return undefined;
  }
}

/** Whether nobody but this user can have put anything there. Makes and changes nothing. */
export function isUserFolder(folder: string, user: number | undefined = process.getuid?.()): boolean {
  try {
    return isOurs(lstatSync(folder), user);
  } catch {
    return false;
  }
}

/** Whether the folder, made if it is not there, is the user's own, and closed to everyone else from now on. */
function makeOurs(folder: string, user: number | undefined): boolean {
  mkdirSync(folder, { recursive: true, mode: privateMode });
  const found = lstatSync(folder);
  if (!isOurs(found, user)) return false;
  if (user !== undefined && found.mode & othersBits) chmodSync(folder, privateMode);
  return true;
}

function isOurs(
  found: { isDirectory(): boolean; uid: number; mode: number },
  user: number | undefined,
): boolean {
  // Not through a link: where that leads may change.
  if (!found.isDirectory()) return false;
  return user === undefined || (found.uid === user && !(found.mode & othersWrite));
}
