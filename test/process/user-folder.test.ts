import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl, serveControl } from '../../process/control.ts';
import { freePort } from '../../process/ports.ts';
import { isUserFolder, makeUserFolder, userFolders } from '../../process/user-folder.ts';

describe('what belongs to one user of the machine and to no home', () => {
  const user = process.getuid!();
  const { XDG_CACHE_HOME: caches, XDG_RUNTIME_DIR: runtime, TMPDIR: temporary, HOME: own } = process.env;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kith-user-'));
    for (const name of ['caches', 'runtime', 'tmp', 'home']) mkdirSync(join(folder, name));
  });
  afterEach(() => {
    for (const [name, value] of Object.entries({
      XDG_CACHE_HOME: caches,
      XDG_RUNTIME_DIR: runtime,
      TMPDIR: temporary,
      HOME: own,
    }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true });
  });

  it('lies under the folders that are the user’s, never in the temporary folder of all', () => {
    assert.deepEqual(userFolders({ HOME: '/home/me', XDG_RUNTIME_DIR: '/run/user/7' }), [
      '/home/me/.cache/kith',
      '/run/user/7/kith',
    ]);
    assert.deepEqual(userFolders({ HOME: '/home/me', XDG_CACHE_HOME: '/caches', XDG_RUNTIME_DIR: 'x' }), [
      '/caches/kith',
    ]);
    assert.deepEqual(userFolders({ HOME: 'not-absolute' }), []);
  });

  it('is closed to others, and is not used where another user was first', () => {
    const mine = join(folder, 'caches', 'kith');
    assert.equal(makeUserFolder(mine, 'ports'), join(mine, 'ports'));
    assert.deepEqual(
      [mine, join(mine, 'ports')].map((path) => statSync(path).mode & 0o777),
      [0o700, 0o700],
    );
    assert.ok(isUserFolder(mine));
    assert.equal(makeUserFolder(mine, '', user + 1), undefined);
    assert.ok(!isUserFolder(mine, user + 1));
    chmodSync(mine, 0o777);
    assert.equal(makeUserFolder(mine), undefined, 'others could write there until now');
    assert.ok(!isUserFolder(mine));
    rmSync(mine, { recursive: true });
    symlinkSync(join(folder, 'home'), mine);
    assert.equal(makeUserFolder(mine), undefined, 'a link may lead elsewhere later');
  });

  it('lets a program begin though somebody took its name in /tmp, or its first place', async () => {
    Object.assign(process.env, {
      XDG_CACHE_HOME: join(folder, 'caches'),
      XDG_RUNTIME_DIR: join(folder, 'runtime'),
      TMPDIR: join(folder, 'tmp'),
    });
    const home = join(folder, 'home', ...Array<string>(20).fill('deep'));
    const begin = async (...where: string[]) => {
      await freePort(40_000);
      const ear = await serveControl(home, 'agent', { leave: async () => ({ left: true }) });
      try {
        assert.deepEqual(await callControl(home, 'agent', 'leave'), { left: true });
        const inside = readdirSync(join(folder, ...where));
        assert.ok(inside.includes('ports') && inside.some((name) => name.endsWith('.sock')), inside.join());
      } finally {
        ear.close();
      }
    };
    writeFileSync(join(folder, 'tmp', `kith-${user}`), 'a stranger’s');
    await begin('caches', 'kith');
    assert.deepEqual(readdirSync(join(folder, 'tmp')), [`kith-${user}`]);
    rmSync(join(folder, 'caches', 'kith'), { recursive: true });
    writeFileSync(join(folder, 'caches', 'kith'), 'a stranger’s');
    await begin('runtime', 'kith');
  });

  it('is done without where there is no place for it: ports are not claimed, and a long home is refused', async () => {
    Object.assign(process.env, {
      HOME: '/dev/null',
      XDG_CACHE_HOME: '/dev/null/x',
      XDG_RUNTIME_DIR: '/dev/null',
    });
    assert.ok((await freePort(40_000)) > 0);
    const long = join(folder, ...Array<string>(30).fill('deep'));
    await assert.rejects(serveControl(long, 'agent', {}), /is too long for a socket in it/);
    assert.equal(await callControl(long, 'agent', 'leave'), undefined);
  });
});
