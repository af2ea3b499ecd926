import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isStoreBusy,
  isStoreClosed,
  isStoreCompacted,
  isStoreConflict,
} from '../../../controller/store/errors.ts';
import type { Store } from '../../../controller/store/store.ts';
import { compare, steps } from './model.ts';
import { plain, record, type Rig } from './rig.ts';

const keysOf = (result: ReturnType<Store['list']>) => result.entries.map(({ key }) => key);
const nothing = () => {};

/** What every driver must give a store. */
export function storeConformance(
  makeRig: () => Rig,
  modelRuns: { numRuns: number; maxLength: number },
): void {
  let rig: Rig;
  let store: Store;
  beforeEach(async () => {
    rig = makeRig();
    store = await rig.open();
  });
  afterEach(async () => {
    await rig.settle(store.close());
    await rig.end();
  });
  const put = (key: string, value: unknown = key) => rig.settle(store.put(key, () => value));

  it('gives each write the next revision, which its value may carry', async () => {
    const first = await rig.settle(store.put('/a', (revision) => ({ revision })));
    const second = await rig.settle(store.put('/a', (revision) => ({ revision })));
    assert.deepEqual(plain(first), { key: '/a', value: { revision: 1 }, createRevision: 1, modRevision: 1 });
    assert.deepEqual(plain(second), { key: '/a', value: { revision: 2 }, createRevision: 1, modRevision: 2 });
    assert.equal(store.revision, 2);
    assert.deepEqual(store.get('/a'), second);
  });

  it('lists by prefix in order, page by page', async () => {
    for (const key of ['/pods/b', '/pods/a', '/podsets/a', '/nodes/a', '/pods/c']) await put(key);
    assert.deepEqual(keysOf(store.list('/pods/')), ['/pods/a', '/pods/b', '/pods/c']);
    const page = store.list('/pods/', { limit: 2 });
    assert.deepEqual([keysOf(page), page.more, page.revision], [['/pods/a', '/pods/b'], true, 5]);
    const rest = store.list('/pods/', { limit: 2, after: '/pods/b' });
    assert.deepEqual([keysOf(rest), rest.more], [['/pods/c'], false]);
    assert.equal(store.list('/none').entries.length, 0);
  });

  it('lets only one of two writers win who expect the same', async () => {
    await put('/a', 0);
    const both = ['x', 'y'].map((value) => store.put('/a', () => value, { revision: 1 }));
    const results = await rig.settle(Promise.allSettled(both));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    const { reason } = results[1] as PromiseRejectedResult;
    assert.ok(
      isStoreConflict(reason) && reason.head?.value === 'x',
      'the conflict carries the head, though not yet durable',
    );
    assert.equal(store.get('/a')?.value, 'x');
    // The control: without an expectation both win, one after the other.
    await rig.settle(Promise.all(['p', 'q'].map((value) => store.put('/a', () => value))));
    assert.equal(store.revision, 4);
  });

  it('judges a write against a deletion that is still on its way', async () => {
    await put('/a');
    const writes = [
      store.delete('/a'),
      store.put('/a', () => 'new', { absent: true }),
      store.delete('/a', { revision: 3 }),
      store.put('/a', () => 'late', { revision: 3 }),
      store.delete('/a', { revision: 3 }),
    ];
    const results = await rig.settle(Promise.allSettled(writes));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
    );
    assert.equal(store.get('/a'), undefined);
  });

  it('takes "already gone" for success, once that is durable', async () => {
    await put('/a');
    const [first, second] = await rig.settle(Promise.all([store.delete('/a'), store.delete('/a')]));
    assert.deepEqual([first, second, store.revision], [2, 2, 2]);
    assert.equal(await rig.settle(store.delete('/never')), 2);
    await assert.rejects(rig.settle(store.delete('/never', { revision: 1 })), isStoreConflict);
  });

  it('shows nothing to readers and watchers before it is durable', async () => {
    const watch = record(store, '/', 0);
    const write = store.put('/a', () => 1);
    await Promise.resolve();
    assert.equal(store.get('/a'), undefined);
    assert.equal(store.revision, 0);
    assert.deepEqual(watch.heard, []);
    await rig.settle(write);
    assert.equal(store.get('/a')?.value, 1);
    await rig.settle(put('/b'));
    assert.equal(watch.heard.length, 2);
  });

  it('delivers each event once and in order, from any revision of history', async () => {
    await put('/a', 1);
    await put('/b', 2);
    const watch = record(store, '/a', 0);
    await put('/a', 3);
    await rig.settle(store.delete('/a'));
    await put('/b', 4);
    assert.deepEqual(watch.heard, [
      { type: 'put', key: '/a', value: 1, revision: 1, previous: undefined },
      { type: 'put', key: '/a', value: 3, revision: 3, previous: 1 },
      { type: 'delete', key: '/a', value: 3, revision: 4, previous: undefined },
    ]);
    watch.cancel();
    await put('/a', 5);
    assert.equal(watch.heard.length, 3);
  });

  it('replays history to a watcher that comes after a restart', async () => {
    await put('/a', 1);
    await put('/a', 2);
    await rig.settle(store.close());
    store = await rig.open();
    const watch = record(store, '/', 1);
    await put('/a', 3);
    assert.deepEqual(
      watch.heard.map(({ revision, previous }) => [revision, previous]),
      [
        [2, 1],
        [3, 2],
      ],
    );
  });

  it('waits for a slow listener without holding up the others, and ends one that throws', async () => {
    let release = nothing;
    const slow: number[] = [];
    store.watch(
      '/',
      0,
      (event) => {
        slow.push(event.revision);
        return new Promise<void>((resolve) => (release = resolve));
      },
      nothing,
    );
    const ended: string[] = [];
    store.watch(
      '/',
      0,
      () => {
        throw new Error('I am broken');
      },
      (error) => ended.push(error.message),
    );
    const quick = record(store, '/', 0);
    for (const key of ['/a', '/b', '/c']) await put(key);
    assert.equal(quick.heard.length, 3);
    assert.deepEqual(slow, [1]);
    assert.deepEqual(ended, ['I am broken']);
    for (const expected of [2, 3]) {
      release();
      await rig.settle(put('/other'));
      assert.equal(slow.at(-1), expected);
    }
  });

  it('forgets history on compaction, keeps what lives, and refuses watches from before', async () => {
    for (const value of [1, 2, 3]) await put('/a', value);
    await put('/b');
    await rig.settle(store.delete('/b'));
    await put('/c');
    await rig.settle(store.compact(5));
    assert.equal(store.compactedRevision, 5);
    assert.throws(() => record(store, '/', 4), isStoreCompacted);
    assert.deepEqual(
      store.list('/').entries.map(({ key }) => key),
      ['/a', '/c'],
    );
    await rig.settle(store.close());
    store = await rig.open();
    assert.deepEqual([store.compactedRevision, store.revision], [5, 6]);
    assert.throws(() => record(store, '/', 4), isStoreCompacted);
    assert.deepEqual(plain(store.get('/a')), { key: '/a', value: 3, createRevision: 1, modRevision: 3 });
    const watch = record(store, '/', 5);
    await put('/a', 4);
    assert.deepEqual(
      watch.heard.map(({ revision }) => revision),
      [6, 7],
    );
    await rig.settle(store.compact(7));
    await rig.settle(store.close());
    store = await rig.open();
    assert.deepEqual(
      store.list('/').entries.map(({ value }) => value),
      [4, '/c'],
    );
  });

  it('ends a watcher that fell behind the history', async () => {
    let release = nothing;
    const ended: Error[] = [];
    const waits = () => new Promise<void>((resolve) => (release = resolve));
    store.watch('/', 0, waits, (error) => ended.push(error));
    for (const key of ['/a', '/b', '/c']) await put(key);
    await rig.settle(store.compact(2));
    release();
    await put('/d');
    assert.ok(isStoreCompacted(ended[0]), String(ended[0]));
  });

  it('compacts by itself when history grows beyond its limit', async () => {
    await rig.settle(store.close());
    store = await rig.open({ history: { stepsMax: 20, stepsMin: 5 } });
    for (let n = 0; n < 25; n++) await put('/a', n);
    // The compaction that the 21st write set off is done before this one, which goes the same way.
    await rig.settle(store.compact(0));
    assert.ok(store.compactedRevision >= 11, `compacted to ${store.compactedRevision}`);
    assert.equal(store.get('/a')?.value, 24);
  });

  it('refuses a second store on the same log, and lets it in when the first is closed', async () => {
    await assert.rejects(rig.open(), isStoreBusy);
    await rig.settle(store.close());
    store = await rig.open();
  });

  it('finishes what is on its way when closed, then refuses', async () => {
    const watch = record(store, '/', 0);
    const write = store.put('/a', () => 1);
    await rig.settle(store.close());
    assert.equal((await write).modRevision, 1);
    await assert.rejects(
      store.put('/b', () => 1),
      isStoreClosed,
    );
    assert.ok(isStoreClosed(watch.ended[0]));
    assert.equal(watch.heard.length, 1);
    store = await rig.open();
    assert.equal(store.get('/a')?.value, 1);
  });

  it('refuses values that are not JSON without using up a revision', async () => {
    await assert.rejects(
      store.put('/a', () => undefined),
      /not JSON/,
    );
    await assert.rejects(
      store.put('/a', () => {
        throw new Error('no value today');
      }),
      /no value today/,
    );
    assert.equal((await put('/a')).modRevision, 1);
  });

  it('behaves like the model, whatever is written and whenever it crashes', async function () {
    this.timeout(60_000);
    const withFaults = rig.memory !== undefined;
    await fc.assert(
      fc.asyncProperty(steps(withFaults, modelRuns.maxLength), async (script) => {
        const other = makeRig();
        try {
          await compare(other, script);
        } finally {
          await other.end();
        }
      }),
      // Shrinking a failure on a real disk could take minutes: better a long example in time.
      { numRuns: modelRuns.numRuns, interruptAfterTimeLimit: 20_000 },
    );
  });
}
