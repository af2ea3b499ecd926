import assert from 'node:assert/strict';
import fc from 'fast-check';
import { faults } from '../faults/faulty-store.ts';
import { check } from './check.ts';
import { simulated, type Simulation } from './simulated.ts';

const runs = process.env['KITH_TEST_LONG'] ? 10_000 : 300;

const anySimulation: fc.Arbitrary<Simulation> = fc.record({
  seed: fc.nat(),
  clients: fc.integer({ min: 1, max: 12 }),
  watchers: fc.integer({ min: 0, max: 3 }),
  untilMs: fc.integer({ min: 10, max: 600 }),
  kills: fc.integer({ min: 0, max: 5 }),
});

describe('the checker of histories', function () {
  this.timeout(600_000);

  it('finds nothing in what a correct store does, whoever asks what at the same time and whenever it is killed', () => {
    let operations = 0;
    let lost = 0;
    fc.assert(
      fc.property(anySimulation, (simulation) => {
        const history = simulated(simulation);
        operations += history.operations.length;
        lost += history.operations.filter(({ answer }) => answer.is === 'lost').length;
        assert.deepEqual(check(history), []);
      }),
      { numRuns: runs },
    );
    assert.ok(operations > runs * 10 && lost > runs, `${operations} operations, ${lost} without an answer`);
  });

  // Some single faults nobody could tell: a stale read while the write is not yet answered, an end dropped that nobody was told of.
  const leastFound = {
    'stale read': 0.3,
    'lost update': 0.9,
    'skipped watch event': 0.9,
    'write dropped by a kill': 0.7,
  };
  for (const fault of faults)
    it(`finds a store with the fault "${fault}" always, and a single one mostly`, () => {
      const some = { clients: 8, watchers: 2, untilMs: 600, kills: 4 };
      const seeds = Array.from({ length: 100 }, (_, at) => at);
      const share = (more: Partial<Simulation>) =>
        seeds.filter((seed) => check(simulated({ seed, ...some, ...more })).length > 0).length / seeds.length;
      assert.equal(share({}), 0, 'the control: the same without the fault');
      const found = { always: share({ fault }), single: share({ fault, faultsMax: 1 }) };
      console.log(`      found in ${found.always * 100} %, a single one in ${found.single * 100} %`);
      assert.ok(found.always >= 0.98, `${found.always}`);
      assert.ok(found.single >= leastFound[fault], `${found.single}`);
    });
});
