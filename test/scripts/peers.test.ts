import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../scripts/peers.mjs', import.meta.url));

describe('scripts/peers.mjs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-peers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Without anything on the PATH: no Go. */
  const peers = (...names: string[]) =>
    spawnSync(process.execPath, [program, ...names], {
      encoding: 'utf8',
      env: { PATH: folder, HOME: folder, XDG_CACHE_HOME: folder },
    });

  it('says where a peer is that was built, and builds nothing', () => {
    const { stdout } = peers('kubectl');
    assert.equal(stdout, '');
    const version = /kubectl-[\d.]+/.exec(built('kubectl'))![0];
    const path = join(folder, 'kith', 'peers', version, 'kubectl');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '');
    chmodSync(path, 0o755);
    assert.equal(peers('kubectl').stdout, `${path}\n`);
  });

  it('says what to install where there is no Go to build it with', () => {
    const { status, stderr } = peers('kubectl');
    assert.equal(status, 1);
    assert.match(stderr, /no `go` on the PATH: install Go .*go\.dev/);
  });

  it('names the peers that there are', () => {
    assert.match(peers('nothing').stderr, /There is no peer nothing; there are kubectl, .*kube-apiserver/);
    assert.match(peers().stderr, /Name what to build: kubectl/);
  });

  function built(name: string): string {
    const list = fileURLToPath(new URL('../../scripts/peers/peer.mjs', import.meta.url));
    const code = `import(${JSON.stringify(list)}).then((m) => console.log(m.peerPath(${JSON.stringify(name)})))`;
    return spawnSync(process.execPath, ['--eval', code], { encoding: 'utf8' }).stdout;
  }
});
