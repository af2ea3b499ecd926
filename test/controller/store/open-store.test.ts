import assert from 'node:assert/strict';
import {
  isStoreCorrupt,
  isStoreFailed,
  isStoreFull,
  StoreDeposed,
  StoreOverloaded,
} from '../../../controller/store/errors.ts';
import { memoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import { silentLog } from '../../../process/log.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { record } from './rig.ts';

describe('an open store', () => {
  let clock: VirtualClock;
  let driver: ReturnType<typeof memoryLog>;
  const open = (options: { epoch?: number; snapshotEveryMs?: number } = {}) =>
    openStore({ driver, clock, log: silentLog, snapshotEveryMs: 0, ...options });
  beforeEach(() => {
    clock = new VirtualClock();
    driver = memoryLog(clock);
  });

  it('forgets by itself what is older than five minutes, but for a few hundred steps', async () => {
    const store = await open();
    for (let n = 0; n < 600; n++) await store.put('/a', () => n);
    await clock.advance(240_000);
    assert.equal(store.compactedRevision, 0);
    await clock.advance(120_000);
    assert.equal(store.compactedRevision, 100);
    await store.close();
  });

  it('keeps a copy each hour in which something was written', async () => {
    const store = await open({ snapshotEveryMs: 3_600_000 });
    await store.put('/a', () => 1);
    assert.throws(() => driver.restore(), /no snapshot/);
    await clock.advance(3_600_000);
    await store.put('/a', () => 2);
    await store.close();
    driver.restore();
    const restored = await open();
    assert.equal(restored.get('/a')?.value, 1);
    assert.ok(restored.revision > 1_000_000);
    await restored.close();
  });

  it('fails every write that waits when a batch fails, and goes on from what the disk has', async () => {
    driver.syncDelayMs = 2;
    const store = await open();
    driver.nextFault = { error: 'EIO' };
    const first = store.put('/a', () => 'first');
    await clock.advance(1);
    const second = store.put('/a', () => 'second', { revision: 1 });
    const failed = Promise.allSettled([first, second]);
    await clock.advance(2);
    for (const result of await failed)
      assert.ok(result.status === 'rejected' && isStoreFailed(result.reason));
    assert.ok(store.trouble, 'it tells that something is wrong');
    assert.equal(store.revision, 0);
    const third = store.put('/a', () => 'third', { absent: true });
    await clock.advance(2);
    assert.equal((await third).modRevision, 1);
    assert.equal(store.trouble, undefined);
    await store.close();
  });

  it('shows a write whose answer was lost on the way, as the disk has it', async () => {
    const store = await open();
    const watch = record(store, '/', 0);
    driver.nextFault = { error: 'EIO', kept: true };
    await assert.rejects(
      store.put('/a', () => 1),
      isStoreFailed,
    );
    await clock.advance(1);
    assert.equal(store.get('/a')?.value, 1);
    assert.equal(watch.heard.length, 1);
    await store.close();
  });

  it('is read-only on a full disk, and tries again by itself once a second', async () => {
    const store = await open();
    await store.put('/a', () => 1);
    driver.full = true;
    const refused = () =>
      assert.rejects(
        store.put('/b', () => 2),
        isStoreFull,
      );
    await refused();
    driver.full = false;
    await refused();
    assert.equal(store.get('/a')?.value, 1);
    await clock.advance(1000);
    await store.put('/b', () => 2);
    assert.equal(store.trouble, undefined);
    await store.close();
  });

  it('refuses a damaged log by its first bad record', async () => {
    const store = await open();
    for (const key of ['/a', '/b', '/c']) await store.put(key, () => 1);
    await store.close();
    driver.damage(2, '{"type":"delete","key":"/a"}');
    await assert.rejects(open(), (error) => isStoreCorrupt(error) && error.revision === 2);
  });

  it('does not write to a log of a later epoch', async () => {
    const store = await open({ epoch: 3 });
    await store.put('/a', () => 1);
    await store.close();
    await assert.rejects(open({ epoch: 2 }), StoreDeposed);
    await (await open({ epoch: 3 })).close();
    await (await open()).close();
  });

  it('takes on no more writes than it can hold', async () => {
    driver.syncDelayMs = 1;
    const store = await open();
    const writes = Array.from({ length: 50_001 }, (_, n) => store.put(`/${n}`, () => n));
    await assert.rejects(writes.pop()!, StoreOverloaded);
    const all = Promise.all(writes);
    await clock.advance(20);
    assert.equal((await all).length, 50_000);
    await store.close();
  });
});
