import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCacheFolder } from '../../cli/compile-cache.ts';
import { binary } from './cluster.ts';

describe('the cache of compiled code', () => {
  const user = process.getuid!();
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-cache-'));
    environment = { XDG_CACHE_HOME: folder, HOME: '/nowhere' };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lies in a folder of the user’s that nobody else can reach into', () => {
    const path = compileCacheFolder(environment);
    assert.equal(path, join(folder, 'kith', 'compile'));
    assert.deepEqual([modeOf(path), modeOf(join(folder, 'kith'))], [0o700, 0o700]);
    assert.equal(compileCacheFolder(environment), path, 'and it is found again');
    assert.equal(
      compileCacheFolder({ HOME: folder, XDG_CACHE_HOME: 'not/absolute' }),
      join(folder, '.cache', 'kith', 'compile'),
    );
  });

  it('is done without where the folder is another user’s, a link, or was open to others', () => {
    assert.ok(compileCacheFolder(environment, user));
    assert.equal(compileCacheFolder(environment, user + 1), undefined);
    chmodSync(join(folder, 'kith', 'compile'), 0o777);
    assert.equal(compileCacheFolder(environment), undefined);
    rmSync(join(folder, 'kith', 'compile'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'kith', 'compile'));
    assert.equal(compileCacheFolder(environment), undefined);
    rmSync(join(folder, 'kith'), { recursive: true });
    assert.ok(compileCacheFolder(environment));
  });

  it('is done without where anybody may replace what lies there, or nothing can be made', () => {
    chmodSync(folder, 0o777);
    assert.equal(compileCacheFolder(environment), undefined);
    chmodSync(folder, 0o1777);
    assert.ok(compileCacheFolder(environment), 'a sticky folder, such as /tmp, keeps ours ours');
    assert.equal(compileCacheFolder({ XDG_CACHE_HOME: '/dev/null/cache' }), undefined);
  });

  it('is where kith puts it, and not in the temporary folder of all', () => {
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const run = (more: NodeJS.ProcessEnv) =>
      spawnSync(process.execPath, [binary, 'version'], {
        env: { ...process.env, ...environment, TMPDIR: temporary, KITH_HOME: folder, ...more },
        encoding: 'utf8',
      });
    assert.equal(run({}).status, 0);
    assert.ok(readdirSync(join(folder, 'kith', 'compile')).length > 0);
    // Without such a folder it runs all the same.
    assert.equal(run({ XDG_CACHE_HOME: '/dev/null/cache' }).status, 0);
    assert.deepEqual(readdirSync(temporary), []);
  });
});
