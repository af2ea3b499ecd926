import assert from 'node:assert/strict';
import { resolveIntOrPercent } from '../../api/int-or-percent.ts';

describe('a count or a share', () => {
  it('is itself, or that part of the whole, rounded as asked', () => {
    assert.equal(resolveIntOrPercent(3, 10, 'up'), 3);
    assert.equal(resolveIntOrPercent('25%', 10, 'up'), 3);
    assert.equal(resolveIntOrPercent('25%', 10, 'down'), 2);
    assert.equal(resolveIntOrPercent('100%', 7, 'down'), 7);
    assert.equal(resolveIntOrPercent('many', 7, 'down'), undefined);
  });
});
