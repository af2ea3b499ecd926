import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isStoreCompacted, isStoreCorrupt, type StoreCorrupt } from '../../../controller/store/errors.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import { sqliteLog } from '../../../controller/store/sqlite/sqlite-log.ts';
import type { Store } from '../../../controller/store/store.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';

/** The lock belongs to the process that looks, not to the store: it may name a new holder. */
const isLock = (name: string) => name === 'store.pid' || name.startsWith('store.lock');

function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .filter(({ name }) => !isLock(name))
      .map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
      }),
  );
}

const open = (folder: string): Promise<Store> =>
  openStore({ driver: sqliteLog(folder), clock: systemClock, log: silentLog, snapshotEveryMs: 0 });

/** Turns one bit over. */
function flip(file: string, at: number): void {
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, at);
  byte[0]! ^= 0x10;
  writeSync(handle, byte, 0, 1, at);
  closeSync(handle);
}

describe('a damaged store', () => {
  let root: string;
  let folder: string;
  let log: string;
  /** As a kill -9 leaves it: 30 revisions in the database, 30 more in the write-ahead log; a copy of the first 20. */
  let good: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'kith-damage-'));
    good = join(root, 'good');
    const first = await open(good);
    for (let n = 1; n <= 30; n++) {
      await first.put(`/pods/${n % 7}`, (revision) => ({ revision, filler: 'x'.repeat(500) }));
      if (n === 10) await first.compact(8);
      if (n === 20) await first.snapshot();
    }
    await first.close();
    const second = await open(good);
    for (let n = 31; n <= 60; n++)
      await second.put(`/pods/${n % 7}`, (revision) => ({ revision, filler: 'y'.repeat(500) }));
    cpSync(good, `${good}-killed`, { recursive: true });
    await second.close();
    good = `${good}-killed`;
    assert.ok(
      statSync(join(good, 'log.db-wal')).size > 30_000,
      'the newest records are in the write-ahead log',
    );
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  beforeEach(() => {
    folder = join(root, "it's a store");
    log = join(folder, 'log.db');
    cpSync(good, folder, { recursive: true });
  });
  afterEach(() => {
    for (const name of readdirSync(root))
      if (name.startsWith("it's")) rmSync(join(root, name), { recursive: true, force: true });
  });

  /** Opening is refused, and every byte is as it was. */
  async function refused(): Promise<StoreCorrupt> {
    const before = hashes(folder);
    const error: unknown = await open(folder).then(
      (store) => store.close().then(() => undefined),
      (reason: unknown) => reason,
    );
    assert.ok(isStoreCorrupt(error), `it was opened: ${String(error)}`);
    assert.deepEqual(hashes(folder), before);
    assert.equal(error.file, log);
    return error;
  }

  /** Changes a record behind the store's back, in files that SQLite itself finds sound. */
  function tamper(sql: string): void {
    const database = new DatabaseSync(log);
    database.exec(sql);
    database.close();
  }

  it('opens if it is not damaged after all', async () => {
    const store = await open(folder);
    assert.equal(store.revision, 60);
    await store.close();
  });

  it('names the file and the first bad record', async () => {
    tamper(`UPDATE records SET change = replace(change, 'xxx', 'xyx') WHERE revision IN (25, 27)`);
    const error = await refused();
    assert.equal(error.revision, 25);
    assert.match(error.message, /log\.db is damaged at revision 25: .*Nothing was changed/);
  });

  for (const [what, sql, revision] of [
    ['a record is missing', 'DELETE FROM records WHERE revision = 40', 40],
    ['the last record is missing', 'DELETE FROM records WHERE revision = 60', 60],
    ['a live record from before the compaction is missing', 'DELETE FROM records WHERE revision = 5', 8],
    [
      'a record was added',
      'INSERT INTO records SELECT 61, epoch, hash, change, hash FROM records WHERE revision = 60',
      61,
    ],
    ['the beginning of the chain is missing', 'DELETE FROM anchor', undefined],
    ['the beginning of the chain was moved', 'UPDATE anchor SET revision = 12', 12],
  ] as const)
    it(`is refused when ${what}`, async () => {
      tamper(sql);
      assert.equal((await refused()).revision, revision);
    });

  it('is refused whichever block of the database has a wrong bit, or is as good as new', async () => {
    const { size } = statSync(log);
    let refusals = 0;
    for (let at = 700; at < size; at += 4096 + 512) {
      cpSync(join(good, 'log.db'), log);
      flip(log, at);
      const before = hashes(folder);
      const copy = join(root, "it's opened");
      cpSync(folder, copy, { recursive: true });
      try {
        const store = await open(copy);
        // An unused part of a block was hit.
        assert.equal(store.revision, 60);
        assert.equal(store.list('/pods/').entries.length, 7);
        await store.close();
      } catch (error) {
        assert.ok(isStoreCorrupt(error), String(error));
        refusals++;
        cpSync(folder, copy, { recursive: true });
        await refused();
      }
      assert.deepEqual(hashes(folder), before);
      rmSync(copy, { recursive: true, force: true });
    }
    assert.ok(refusals >= 3, `only ${refusals} were refused`);
  });

  it('is refused when the write-ahead log has a wrong bit in the middle, which SQLite takes for its end', async () => {
    const size = statSync(`${log}-wal`).size;
    flip(`${log}-wal`, Math.floor(size / 2));
    const error = await refused();
    assert.ok(error.revision! > 30 && error.revision! < 60, error.message);
    assert.match(error.message, /yet revision 60 had been acknowledged/);
    // The control: without the mark of what was acknowledged, the loss would go unnoticed.
    rmSync(join(folder, 'log.seen'));
    const store = await open(folder);
    assert.ok(store.revision < 60);
    await store.close();
  });

  it('is not taken for damaged when a power loss tore an unacknowledged end', async () => {
    const wal = `${log}-wal`;
    truncateSync(wal, statSync(wal).size - 1000);
    // The mark as a power loss leaves it: from some moments before.
    writeFileSync(join(folder, 'log.seen'), `${'55'.padStart(16, '0')}\n`);
    const store = await open(folder);
    assert.equal(store.revision, 59);
    await store.close();
  });

  for (const [what, damage] of [
    ['cut short', () => truncateSync(log, 5000)],
    ['empty', () => truncateSync(log, 0)],
    ['not a database', () => writeFileSync(log, 'not a database'.repeat(1000))],
    ['missing', () => rmSync(log)],
    [
      'the database of another program',
      () => (rmSync(log), rmSync(`${log}-wal`), tamper('CREATE TABLE other(id)')),
    ],
  ] as const)
    it(`is refused when its file is ${what}`, async () => {
      damage();
      await refused();
    });

  it('is restored by the very commands that the error prints, and clients are told to list again', async () => {
    tamper(`UPDATE records SET epoch = 7 WHERE revision = 30`);
    const error = await refused();
    const commands = error.message.split('\n').filter((line) => /^ {2}(mv|mkdir|cp) /.test(line));
    assert.equal(commands.length, 3, error.message);
    execFileSync('sh', ['-e', '-c', commands.join('\n')]);
    const store = await open(folder);
    assert.equal(store.list('/pods/').entries.length, 7);
    assert.deepEqual((store.get('/pods/6')!.value as { revision: number }).revision, 20);
    // A client may hold any revision up to the loss: none is given out again, and a watch from one is refused.
    assert.ok(store.revision > 1_000_000);
    assert.throws(
      () =>
        store.watch(
          '/',
          55,
          () => {},
          () => {},
        ),
      isStoreCompacted,
    );
    await store.put('/pods/6', () => 'new');
    await store.close();
    const again = await open(folder);
    assert.equal(again.get('/pods/6')?.value, 'new');
    assert.ok(again.revision < 1_100_000, 'it is marked as restored only once');
    await again.close();
  });

  it('says so when there is no copy', async () => {
    rmSync(join(folder, 'backups'), { recursive: true });
    tamper(`UPDATE records SET epoch = 7 WHERE revision = 30`);
    assert.match((await refused()).message, /There is no copy/);
  });
});

describe('copies of the store', () => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kith-copies-'));
    store = await open(folder);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are consistent while writes go on, and only the newest few are kept', async () => {
    const paths: string[] = [];
    const until = { isDone: false };
    const writing = (async () => {
      for (let n = 0; !until.isDone; n++) await store.put(`/${n % 50}`, () => 'x'.repeat(3000));
    })();
    for (let n = 0; n < 5; n++) {
      await store.put('/marker', () => n);
      paths.push(await store.snapshot());
    }
    until.isDone = true;
    await writing;
    await store.close();
    assert.equal(new Set(paths).size, 5);
    assert.equal(readdirSync(join(folder, 'backups')).length, 3);
    const restored = mkdtempSync(join(tmpdir(), 'kith-copies-'));
    cpSync(paths.at(-1)!, join(restored, 'log.db'));
    const copy = await open(restored);
    assert.equal(copy.get('/marker')?.value, 4);
    await copy.close();
    rmSync(restored, { recursive: true, force: true });
  });

  it('notice damage that happens while the store is open', async () => {
    for (let n = 0; n < 50; n++) await store.put(`/${n}`, () => 'x'.repeat(500));
    await store.snapshot();
    const handle = openSync(join(folder, 'log.db'), 'r+');
    for (let at = 8192; at < fstatSync(handle).size; at += 700) writeSync(handle, 'rot', at);
    await store.put('/a', () => 1);
    await assert.rejects(store.snapshot(), isStoreCorrupt);
    assert.equal(readdirSync(join(folder, 'backups')).length, 1);
    closeSync(handle);
  });
});
