import assert from 'node:assert/strict';
import { isStoreBusy } from '../../../controller/store/errors.ts';
import { assertNothingLost, FaultyDisk, lost, WritingProcess } from './disk/writing-process.ts';

describe('the store under kill -9', () => {
  let disk: FaultyDisk;
  let writing: WritingProcess;
  beforeEach(() => (disk = new FaultyDisk()));
  afterEach(async () => {
    await writing.kill();
    disk.remove();
  });

  it('has every acknowledged write, life after life, wherever it was killed', async () => {
    const all = new Map<number, string>();
    for (let life = 0; life < 5; life++) {
      writing = new WritingProcess(disk.folder, { writers: 8 });
      const count = Math.floor(Math.random() * 400);
      await writing.until(() => writing.acknowledged.size > count);
      await writing.kill();
      for (const [revision, key] of writing.acknowledged) {
        assert.ok(!all.has(revision), `revision ${revision} was given out twice`);
        all.set(revision, key);
      }
    }
    assertNothingLost(await lost(disk.folder, all), all.size);
  });

  it('can be opened again at once after the process that held it was killed, and names it until then', async () => {
    writing = new WritingProcess(disk.folder, { mode: 'idle' });
    await writing.ready();
    await assert.rejects(lost(disk.folder, new Map()), (error) => {
      assert.ok(isStoreBusy(error), String(error));
      assert.match(error.message, new RegExp(`process ${writing.pid}`));
      return true;
    });
    await writing.kill();
    assert.deepEqual(await lost(disk.folder, new Map()), []);
  });
});
