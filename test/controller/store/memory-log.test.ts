import assert from 'node:assert/strict';
import { memoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import { silentLog } from '../../../process/log.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { storeConformance } from './conformance.ts';
import { memoryRig, plain } from './rig.ts';

describe('a store on the memory log', () => {
  storeConformance(memoryRig, { numRuns: 150, maxLength: 60 });
});

describe('the memory log', () => {
  it('answers a write only when its sync delay has passed', async () => {
    const clock = new VirtualClock();
    const driver = memoryLog(clock, { syncDelayMs: 5 });
    const store = await openStore({ driver, clock, log: silentLog });
    let answered = false;
    const write = store.put('/a', () => 1).then(() => (answered = true));
    await clock.advance(4);
    assert.equal(answered, false);
    assert.equal(store.get('/a'), undefined, 'reads see only what is durable');
    await clock.advance(1);
    await write;
    assert.deepEqual(plain(store.get('/a')), { key: '/a', value: 1, createRevision: 1, modRevision: 1 });
    await store.close();
  });

  it('loses in a crash what was not yet synced, and keeps the rest', async () => {
    const clock = new VirtualClock();
    const driver = memoryLog(clock, { syncDelayMs: 5 });
    const store = await openStore({ driver, clock, log: silentLog, snapshotEveryMs: 0 });
    const first = store.put('/a', () => 1);
    await clock.advance(5);
    await first;
    const second = assert.rejects(store.put('/b', () => 2));
    await clock.advance(1);
    assert.deepEqual(driver.counts, { durable: 1, unsynced: 1 });
    driver.crash();
    await clock.advance(10);
    await second;
    const again = await openStore({ driver, clock, log: silentLog, snapshotEveryMs: 0 });
    assert.deepEqual(
      again.list('/').entries.map(({ key }) => key),
      ['/a'],
    );
    await again.close();
    void store.close();
    await clock.advance(5000);
  });

  it('holds after a compaction only what lives, and what came later', async () => {
    const clock = new VirtualClock();
    const driver = memoryLog(clock);
    const store = await openStore({ driver, clock, log: silentLog, snapshotEveryMs: 0 });
    for (let n = 0; n < 10; n++) await store.put(`/${n % 3}`, () => n);
    await store.delete('/0');
    await store.put('/later', () => 1);
    assert.equal(driver.counts.durable, 12);
    await store.compact(11);
    assert.equal(driver.counts.durable, 3, '/1, /2 and /later');
    await store.close();
  });
});
