import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/wait.ts';
import { binary } from './cluster.ts';

describe('kith image build', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-image-'));
    for (const name of ['app', 'home', 'tmp']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'app', 'index.js'), 'export default { fetch: () => new Response() };\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const build = () =>
    spawn(process.execPath, [binary, 'image', 'build', join(folder, 'app')], {
      env: { ...process.env, KITH_HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') },
      stdio: 'ignore',
      // A group of its own, which Ctrl-C reaches as a whole.
      detached: true,
    });
  const left = () => readdirSync(join(folder, 'tmp'));

  it('leaves nothing in the temporary folder, whether it comes to its end or is ended by Ctrl-C', async () => {
    const stopped = build();
    const ended = once(stopped, 'exit');
    await until(
      'it builds in its folder',
      () =>
        left().some(
          (name) => name.startsWith('kith-build-') && readdirSync(join(folder, 'tmp', name)).length > 1,
        ),
      30_000,
    );
    process.kill(-stopped.pid!, 'SIGINT');
    const [code, signal] = (await ended) as [number | null, string | null];
    assert.ok(signal === 'SIGINT' || code === 1, `${code} ${signal}`);
    assert.deepEqual(left(), []);

    const [done] = (await once(build(), 'exit')) as [number | null];
    assert.equal(done, 0);
    assert.deepEqual(left(), []);
  });
});
