import assert from 'node:assert/strict';
import { seededRandom } from '../../process/random.ts';
import { faultyDriver, faultyStore } from './faults/faulty-store.ts';
import { Candidate, rivals, type Reign } from './lives/candidate.ts';
import { VirtualController, type Tampering } from './record/virtual.ts';

const isLong = process.env['KITH_TEST_LONG'] === '1';
const first = Number(process.env['KITH_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const seeds = Array.from({ length: isLong ? 40 : 3 }, (_, at) => first + at);

const candidates = 8;
const kills = 20;
/** Longer than a term lasts, mostly. */
const betweenMsMax = 4_000;
const lookEveryMs = 2;

/** Who led, while the controller was killed again and again. */
async function elected(seed: number, tampering: Tampering = {}): Promise<Reign[]> {
  const server = new VirtualController(seed, tampering);
  return server.settle(
    (async () => {
      await server.start();
      const { place } = server;
      await place.connect().ask('POST', '/api/v1/namespaces', {
        type: 'application/json',
        value: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'history' } },
      });
      const random = seededRandom(seed);
      const all = Array.from(
        { length: candidates },
        (_, at) => new Candidate(place, `c${at}`, seededRandom(seed + at + 1)),
      );
      const terms = () => Math.max(-1, ...all.map((each) => each.reigns.at(-1)?.term ?? -1));
      let isOver = false;
      const running = all.map((each) => each.run(() => isOver));
      for (let kill = 0; kill < kills; kill++) {
        await place.sleep(random.next() * betweenMsMax);
        // Half of the kills fall where one has just come to lead: that is what must not be lost.
        const before = terms();
        if (kill % 2 === 0) while (terms() === before) await place.sleep(lookEveryMs);
        await server.kill();
        await server.start();
      }
      isOver = true;
      await Promise.all(running);
      const reigns = all.flatMap((each) => each.reigns);
      const cut = all.reduce((sum, each) => sum + each.cut, 0);
      assert.ok(terms() >= 5, 'the control: leaders came and went');
      assert.ok(cut > 0, 'the control: kills cut off requests');
      return reigns;
    })(),
  );
}

describe(`leaders elected by a Lease, under kills (KITH_TEST_SEED=${first})`, function () {
  this.timeout(600_000);
  for (const seed of seeds)
    it(`are never two in one term, nor two at one time (seed ${seed})`, async () => {
      assert.deepEqual(rivals(await elected(seed)), []);
    });

  it('are found to be two where compare-and-swap does not compare', async () => {
    const found = await elected(first, { store: faulty });
    assert.ok(rivals(found).length > 0, `seed ${first}`);
    function faulty(...[store, clock]: Parameters<NonNullable<Tampering['store']>>) {
      return faultyStore('lost update', store, { clock, random: seededRandom(first) });
    }
  });

  it('are found to be two where a kill drops what was answered', async () => {
    const found = await elected(first, { driver: faulty });
    assert.ok(rivals(found).length > 0, `seed ${first}`);
    function faulty(...[driver, clock]: Parameters<NonNullable<Tampering['driver']>>) {
      return faultyDriver('write dropped by a kill', driver, { clock, random: seededRandom(first) });
    }
  });
});
