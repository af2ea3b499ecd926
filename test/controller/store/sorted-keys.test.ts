import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SortedKeys } from '../../../controller/store/sorted-keys.ts';

describe('sorted keys', () => {
  it('walk like a sorted array, whatever was added and removed', () => {
    const key = fc.integer({ min: 0, max: 3000 }).map((n) => `/k/${n}`);
    const change = fc.tuple(fc.boolean(), key);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3000, size: 'max' }), key, (changes, from) => {
        const keys = new SortedKeys();
        const model = new Set<string>();
        for (const [isAdded, name] of changes) {
          keys[isAdded ? 'add' : 'remove'](name);
          model[isAdded ? 'add' : 'delete'](name);
        }
        assert.equal(keys.size, model.size);
        assert.deepEqual([...keys.from(from)], [...model].filter((name) => name >= from).toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('hold tens of thousands', () => {
    const keys = new SortedKeys();
    for (let n = 0; n < 50_000; n++) keys.add(`/k/${(n * 7919) % 50_000}`);
    assert.equal(keys.size, 50_000);
    assert.equal([...keys.from('')].length, 50_000);
    for (let n = 0; n < 50_000; n++) keys.remove(`/k/${n}`);
    assert.deepEqual([...keys.from('')], []);
  });
});
