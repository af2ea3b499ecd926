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

  it('builds with a newer Go where the one at hand is too old, which that one fetches', () => {
    const newer = join(folder, 'newer');
    mkdirSync(join(newer, 'bin'), { recursive: true });
    const fetched = join(newer, 'bin', 'go');
    writeFileSync(fetched, '#!/bin/sh\n[ "$1" = build ] && [ -z "$GOROOT" ] && : > "$7"\n');
    chmodSync(fetched, 0o444);
    writeFileSync(
      join(folder, 'go'),
      `#!/bin/sh\ncase "$*" in\n'env GOVERSION') echo go1.19.8;;\n'mod download -json golang.org/toolchain@v0.0.1-go1.'*) echo '{"Dir":"${newer}"}';;\n*) exit 9;;\nesac\n`,
      { mode: 0o755 },
    );
    const { status, stdout, stderr } = peers('kubectl');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /go1\.19\.8 is too old to build peers: it fetches Go 1\.\d+/);
    assert.equal(stdout, peers('kubectl', '--built').stdout);
    assert.match(stdout, /kubectl$/m);
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
