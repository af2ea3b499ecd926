import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  jittered,
  nameSuffix,
  randomInteger,
  randomUid,
  seededRandom,
  systemRandom,
} from '../../process/random.ts';

describe('chance as an argument', () => {
  it('repeats from its seed, and differs from another seed', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });

  it('stays within its bounds for every seed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, below) => {
        const random = seededRandom(seed);
        for (const source of [random, systemRandom]) {
          const value = randomInteger(source, below);
          assert.ok(value >= 0 && value < below);
          const wait = jittered(source, 100, 0.5);
          assert.ok(wait >= 50 && wait <= 150);
        }
        assert.match(nameSuffix(random), /^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      }),
    );
  });

  it('gives uids that repeat from the seed and are version 4 UUIDs', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 100 }, () => randomUid(random));
    };
    assert.deepEqual(draw(7), draw(7));
    assert.equal(new Set([...draw(7), ...draw(8)]).size, 200);
    for (const uid of draw(7))
      assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
