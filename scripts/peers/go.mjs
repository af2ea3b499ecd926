import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** From this version on `go` fetches the toolchain that a module asks for by itself. */
const oldestGo = [1, 21];
/** What an older one fetches, as the module that newer ones take their toolchains from: enough for every peer. */
const toolchain = '1.26.8';
const architectures = { x64: 'amd64', arm64: 'arm64' };
const advice =
  "install Go 1.21 or newer from https://go.dev/dl/ (or your system's package golang), then try again";

/**
 * A `go` that can build peers: the one on the PATH, or where that is too old to fetch toolchains itself (Debian 12 has 1.19), one
 * that it downloads as any module, checked against Go's checksum database. Throws with what to install.
 */
export function goProgram(say) {
  const { stdout, error } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (error)
    throw new Error(`peers are built from Go modules, and there is no \`go\` on the PATH: ${advice}.`);
  return isNewEnough(stdout) ? 'go' : fetched(stdout.trim(), say);
}

export function isNewEnough(version) {
  const [major, minor] = (/go(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  return major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1]);
}

function fetched(old, say) {
  const module = `golang.org/toolchain@v0.0.1-go${toolchain}.${process.platform}-${architectures[process.arch]}`;
  // Outside of any module, so that none is changed by it.
  const nowhere = mkdtempSync(join(tmpdir(), 'kith-go-'));
  say(`This ${old} is too old to build peers: it fetches Go ${toolchain} (70 MB, once).`);
  const { status, stdout, error } = spawnSync('go', ['mod', 'download', '-json', module], {
    cwd: nowhere,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  rmSync(nowhere, { recursive: true, force: true });
  if (error || status !== 0) throw new Error(`${module} could not be fetched by this ${old}: ${advice}.`);
  const folder = JSON.parse(stdout).Dir;
  makeExecutable(join(folder, 'bin'));
  makeExecutable(join(folder, 'pkg', 'tool'));
  return join(folder, 'bin', 'go');
}

/** Modules are unpacked without the right to run what is in them. */
function makeExecutable(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeExecutable(path);
    else chmodSync(path, 0o555);
  }
}
