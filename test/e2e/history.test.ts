import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { check } from '../history/checker/check.ts';
import type { History, Violation } from '../history/checker/history.ts';
import { faults, type Fault } from '../history/faults/faulty-store.ts';
import { KilledController } from '../history/record/controller.ts';
import { keep } from '../history/record/keep.ts';
import { record, type Recording } from '../history/record/record.ts';

const isLong = process.env['KITH_TEST_LONG'] === '1';
const seed = Number(process.env['KITH_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Several of a length that the checker decides: with very many lost answers on one key it gives up, loudly. */
const rounds = isLong ? 5 : 1;
const whole = isLong ? { operations: 20_000, kills: 30 } : { operations: 10_000, kills: 20 };
const clients = 16;
const watchers = 4;

/** Puts a fault into the program that runs; see `faults/into-controller.ts`. */
const intoController = fileURLToPath(new URL('../history/faults/into-controller.ts', import.meta.url));
const environmentOf = (fault: Fault) => ({
  NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${intoController}`,
  KITH_TEST_FAULT: fault,
  KITH_TEST_SEED: String(seed),
});

async function recorded(controller: KilledController, recording: Partial<Recording>): Promise<History> {
  try {
    return await record(controller, { seed, clients, watchers, ...whole, ...recording });
  } finally {
    await controller.stop();
  }
}

/** What is wrong with it; a history in which something is wrong is kept as data. */
function judged(history: History, name: string): Violation[] {
  const violations = check(history);
  if (violations.length > 0) console.log(`      seed ${history.seed}: ${keep(history, violations, name)}`);
  return violations;
}

describe(`histories of kith controller under kill -9 (KITH_TEST_SEED=${seed})`, function () {
  this.timeout(isLong ? 1_800_000 : 180_000);

  for (let round = 0; round < rounds; round++)
    it(`of ${whole.operations} operations and ${whole.kills} kills are those of one correct store`, async () => {
      const history = await recorded(await KilledController.found(), { seed: seed + round });
      const { operations, kills } = history;
      const count = (is: string) => operations.filter(({ answer }) => answer.is === is).length;
      console.log(
        `      ${operations.length} operations, ${kills} kills; ${count('lost')} answers lost, ${count('conflict')} conflicts, ${count('listed')} lists, ` +
          `${history.watchers.flat().reduce((sum, chapter) => sum + (chapter.is === 'events' ? chapter.events.length : 0), 0)} watch events`,
      );
      assert.ok(operations.length >= whole.operations && kills >= whole.kills);
      assert.deepEqual(judged(history, 'sound'), []);
    });

  for (const fault of faults)
    it(`are found out where the controller has the fault: ${fault}`, async () => {
      const controller = await KilledController.found(environmentOf(fault));
      const history = await recorded(controller, { operations: 2_000, kills: 4 });
      const violations = check(history);
      console.log(
        `      ${violations.length} violations, such as: ${violations[0]?.rule}: ${violations[0]?.what.slice(0, 160)}`,
      );
      assert.ok(violations.length > 0, `seed ${seed}: ${keep(history, violations, fault)}`);
    });
});
