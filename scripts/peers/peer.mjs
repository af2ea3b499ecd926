import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goProgram } from './go.mjs';
import { peers } from './list.mjs';

/** Where built peers are kept, for all checkouts of one user. */
export function peersFolder() {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kith', 'peers');
}

/** Where this peer is, or would be once it is built. Throws for a name that is not in the list. */
export function peerPath(name) {
  const found = Object.hasOwn(peers, name) ? peers[name] : undefined;
  if (!found) throw new Error(`There is no peer ${name}; there are ${Object.keys(peers).join(', ')}.`);
  return join(peersFolder(), `${name}-${found.version}`, name);
}

/** Whether it is built. */
export function havePeer(name) {
  return existsSync(peerPath(name));
}

/**
 * The path of a peer, which is built first where it is not there yet; `say` is told when that takes time.
 * Throws where it cannot be built, with what to install.
 */
export function peer(name, say = () => {}) {
  const path = peerPath(name);
  const { version, folder, main, ldflags, minutes, isOwn = false } = peers[name];
  const isThere = existsSync(path);
  if (isThere && !isOwn) return path;
  const go = goProgram(say);
  if (!isThere) say(`Building ${name} ${version} into ${path}: about ${minutes} minutes, once.`);
  mkdirSync(join(path, '..'), { recursive: true });
  // Built beside its place and then renamed: who finds it there finds all of it.
  const building = `${path}.${process.pid}.building`;
  const { status, error } = spawnSync(
    go,
    ['build', '-trimpath', '-mod=readonly', '-ldflags', ldflags, '-o', building, main],
    {
      cwd: fileURLToPath(new URL(folder, import.meta.url)),
      // Another's GOROOT would give it that one's libraries.
      env: { ...process.env, CGO_ENABLED: '0', ...(go !== 'go' && { GOROOT: '' }) },
      stdio: ['ignore', 2, 2],
    },
  );
  if (error || status !== 0)
    throw new Error(
      `${name} ${version} could not be built (go build: ${error?.message ?? `exit code ${status}`}).`,
    );
  renameSync(building, path);
  return path;
}
