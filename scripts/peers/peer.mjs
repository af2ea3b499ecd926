import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  refuseWithoutGo(name);
  if (!isThere) say(`Building ${name} ${version} into ${path}: about ${minutes} minutes, once.`);
  mkdirSync(join(path, '..'), { recursive: true });
  // Built beside its place and then renamed: who finds it there finds all of it.
  const building = `${path}.${process.pid}.building`;
  const { status, error } = spawnSync(
    'go',
    ['build', '-trimpath', '-mod=readonly', '-ldflags', ldflags, '-o', building, main],
    {
      cwd: fileURLToPath(new URL(folder, import.meta.url)),
      env: { ...process.env, CGO_ENABLED: '0' },
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

/** From this version on `go` fetches the toolchain that a module asks for by itself. */
const oldestGo = [1, 21];

function refuseWithoutGo(name) {
  const { stdout, error } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const advice =
    "install Go 1.24 or newer from https://go.dev/dl/ (or your system's package golang), then try again";
  if (error)
    throw new Error(`${name} is built from its Go modules, and there is no \`go\` on the PATH: ${advice}.`);
  const [major, minor] = (/go(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
  if (major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1]))
    throw new Error(`${name} is built from its Go modules, and this ${stdout.trim()} is too old: ${advice}.`);
}
