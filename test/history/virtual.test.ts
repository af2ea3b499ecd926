import assert from 'node:assert/strict';
import { seededRandom } from '../../process/random.ts';
import { check } from './checker/check.ts';
import type { History } from './checker/history.ts';
import { faults, faultyDriver, faultyStore, type Fault } from './faults/faulty-store.ts';
import { keep } from './record/keep.ts';
import { record } from './record/record.ts';
import { VirtualController, type Tampering } from './record/virtual.ts';

const isLong = process.env['KITH_TEST_LONG'] === '1';
const first = Number(process.env['KITH_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const seeds = (count: number) => Array.from({ length: count }, (_, at) => first + at);

async function virtualHistory(seed: number, tampering: Tampering = {}): Promise<History> {
  const server = new VirtualController(seed, tampering);
  await server.settle(server.start());
  return server.settle(
    record(server, { seed, clients: 12, watchers: 4, operations: 1_500, kills: 5, awayMsMax: 200 }),
  );
}

function withFault(fault: Fault, seed: number): Tampering {
  const random = seededRandom(seed);
  return {
    store: (store, clock) => faultyStore(fault, store, { clock, random }),
    driver: (driver, clock) => faultyDriver(fault, driver, { clock, random }),
  };
}

async function assertSound(seed: number, tampering?: Tampering): Promise<History> {
  const history = await virtualHistory(seed, tampering);
  const violations = check(history);
  assert.deepEqual(violations, [], violations.length > 0 ? keep(history, violations, 'virtual') : '');
  return history;
}

/** The API server on the store in memory, in virtual time: the same seed gives the same history, to the last version. */
describe(`histories of the API server on the store in memory (KITH_TEST_SEED=${first})`, function () {
  this.timeout(600_000);

  it('are those of one correct store, however often it crashes with or without its last batch', async () => {
    for (const seed of seeds(isLong ? 200 : 10)) await assertSound(seed);
  });

  it('are so too where history is short: watches that fall behind are told 410, list again and miss nothing', async () => {
    let gone = 0;
    for (const seed of seeds(isLong ? 50 : 4)) {
      const history = await assertSound(seed, { history: { stepsMax: 40, stepsMin: 5 } });
      gone += history.watchers
        .flat()
        .filter((chapter) => chapter.is === 'events' && chapter.end === 'gone').length;
    }
    assert.ok(gone > 0, 'no watch was told 410');
  });

  it('replay from their seed', async () => {
    assert.deepEqual(await virtualHistory(first), await virtualHistory(first));
  });

  for (const fault of faults)
    it(`are found out where the store has the fault: ${fault}`, async () => {
      const some = seeds(isLong ? 50 : 4);
      const found: number[] = [];
      for (const seed of some)
        if (check(await virtualHistory(seed, withFault(fault, seed))).length > 0) found.push(seed);
      assert.deepEqual(found, some);
    });
});
