import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderBusy, holderOf, lockFolder } from '../../process/lock.ts';

/** A process of its own that takes the lock and holds it until it is killed. */
async function holder(folder: string) {
  const module = new URL('../../process/lock.ts', import.meta.url).href;
  const script = `const { lockFolder } = await import(${JSON.stringify(module)});
    lockFolder(${JSON.stringify(folder)}, 'home'); console.log('held'); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the lock on a folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kith-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('names the process that holds it, and is gone with that process after kill -9', async () => {
    const child = await holder(folder);
    assert.deepEqual(holderOf(folder, 'home'), { pid: child.pid });
    assert.throws(
      () => lockFolder(folder, 'home'),
      (error: Error) => error instanceof FolderBusy && error.message.includes(`process ${child.pid}`),
    );
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.equal(holderOf(folder, 'home'), undefined);
    lockFolder(folder, 'home').release();
  });

  it('is free again once released, and asking who holds it takes nothing', () => {
    const lock = lockFolder(folder, 'agent');
    assert.deepEqual(holderOf(folder, 'agent'), { pid: process.pid });
    lock.release();
    lock.release();
    assert.equal(holderOf(folder, 'agent'), undefined);
    assert.equal(holderOf(folder, 'agent'), undefined);
    lockFolder(folder, 'agent').release();
  });

  it('tells who is refused what is in use and what holds it, and invents no name', () => {
    const refusal = (name: string, of?: string) => {
      try {
        lockFolder(folder, name, of === undefined ? {} : { of });
      } catch (error) {
        assert.ok(error instanceof FolderBusy);
        return error.message;
      }
      return 'it was free';
    };
    const locks = [lockFolder(folder, 'home', { by: 'kith join' }), lockFolder(folder, 'store')];
    try {
      const home = join(folder, '..');
      assert.ok(
        refusal('home', home).startsWith(`${home} is in use by process ${process.pid} (kith join). `),
      );
      assert.ok(refusal('store').startsWith(`${folder} is in use by process ${process.pid}. `));
      writeFileSync(join(folder, 'store.pid'), '');
      assert.match(refusal('store'), / is in use by a process that is just starting\. /);
    } finally {
      for (const lock of locks) lock.release();
    }
    assert.equal(refusal('home', folder), 'it was free');
  });

  it('of one name does not keep another name from being taken', () => {
    const first = lockFolder(folder, 'home');
    lockFolder(folder, 'agent').release();
    first.release();
    assert.ok(readdirSync(folder).every((name) => !name.endsWith('-journal')));
  });
});
