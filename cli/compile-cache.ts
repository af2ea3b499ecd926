import { chmodSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Nobody but its owner may reach into it. */
const privateMode = 0o700;
const othersBits = 0o077;
/** Anybody may replace what lies in such a folder, unless it is sticky. */
const worldWritable = 0o002;
const sticky = 0o1000;

/**
 * Where compiled code is kept between runs: `$XDG_CACHE_HOME/kith/compile`, else `~/.cache/kith/compile`. Node runs what lies there
 * without looking at it, hence it must be ours alone; undefined where it cannot be. Runs under old versions of Node itself.
 */
export function compileCacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  user: number | undefined = process.getuid?.(),
): string | undefined {
  const wished = environment['XDG_CACHE_HOME'];
  try {
    const caches = wished && isAbsolute(wished) ? wished : join(environment['HOME'] || homedir(), '.cache');
    mkdirSync(caches, { recursive: true, mode: privateMode });
    const { mode } = statSync(caches);
    if (mode & worldWritable && !(mode & sticky)) return undefined;
    const ours = join(caches, 'kith');
    const folder = join(ours, 'compile');
    return makeOurs(ours, user) && makeOurs(folder, user) ? folder : undefined;
  } catch {
    // Read-only, full, or somebody else's: kith starts a little slower.
    return undefined;
  }
}

/** Whether the folder, made if it is not there, is the user's own, and closed to everyone else from now on. */
function makeOurs(folder: string, user: number | undefined): boolean {
  mkdirSync(folder, { recursive: true, mode: privateMode });
  // Not through a link: where that leads may change.
  const found = lstatSync(folder);
  if (!found.isDirectory()) return false;
  if (user === undefined) return true;
  if (found.uid !== user) return false;
  // Where others could write until now, they may have.
  if (found.mode & 0o022) return false;
  if (found.mode & othersBits) chmodSync(folder, privateMode);
  return true;
}
