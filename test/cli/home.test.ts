import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from './cluster.ts';

/** What a command that must fail says, run in `folder` with this environment. */
function failed(folder: string, args: string[], environment: NodeJS.ProcessEnv, exit = 2): string {
  const { KITH_HOME: _home, ...inherited } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [binary, ...args], {
    env: { ...inherited, KUBECONFIG: join(folder, 'kubeconfig'), ...environment },
    cwd: folder,
    encoding: 'utf8',
    timeout: 15_000,
  });
  assert.equal(status, exit, stderr);
  assert.doesNotMatch(stderr, /KITH_FAULT/);
  return stderr;
}

describe('what KITH_HOME names', function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-home-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;

  it('stays as it was where the command is refused', () => {
    mkdirSync(join(folder, 'd'));
    chmodSync(join(folder, 'd'), 0o755);
    assert.match(failed(folder, ['join', 'kith1abc'], { KITH_HOME: 'd' }), /KITH_INVITE_/);
    assert.equal(modeOf('d'), 0o755);
    assert.deepEqual(readdirSync(join(folder, 'd')), []);
    writeFileSync(join(folder, 'afile'), '', { mode: 0o644 });
    assert.match(
      failed(folder, ['up'], { KITH_HOME: './afile' }),
      /^Error \(KITH_BAD_FOLDER\): \.\/afile is no folder\nTry: another KITH_HOME: an empty folder/,
    );
    assert.equal(modeOf('afile'), 0o644);
    writeFileSync(join(folder, 'd', 'letter'), '');
    assert.match(failed(folder, ['up'], { KITH_HOME: 'd' }), /KITH_BAD_FOLDER\): d is no home of kith's/);
    assert.equal(modeOf('d'), 0o755);
  });
});
