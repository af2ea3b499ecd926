import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name: string) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

function run(command: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(bin(command), args, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.slice(-4000) };
}

describe('the sources', function () {
  this.timeout(120_000);

  it('have no error of types', () => {
    const { status, output } = run('tsc', '--noEmit');
    assert.equal(status, 0, output);
  });

  it('have nothing that the linter forbids', () => {
    const { status, output } = run('oxlint', '--quiet');
    assert.equal(status, 0, output);
  });

  it('would be refused if one read the clock outside process/', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kith-lint-'));
    writeFileSync(
      join(folder, 'ambient.ts'),
      `import { setTimeout as sleep } from 'node:timers/promises';
       await sleep(1); setTimeout(() => {}, 1); console.log(Date.now(), Math.random(), new Date());`,
    );
    const { output } = run('oxlint', '--quiet', '-c', join(root, '.oxlintrc.json'), folder);
    rmSync(folder, { recursive: true });
    for (const ambient of ['Date.now', 'Math.random', 'setTimeout', 'new Date\\(\\)', 'node:timers/promises'])
      assert.match(output, new RegExp(`${ambient} is ambient`));
  });

  it('are formatted', () => {
    const { status, output } = run('prettier', '--check', '.');
    assert.equal(status, 0, output);
  });
});
