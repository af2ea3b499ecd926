import assert from 'node:assert/strict';
import {
  conditionOf,
  isConditionTrue,
  microTimestamp,
  removeCondition,
  setCondition,
} from '../../api/conditions.ts';
import type { PodCondition } from '../../api/types.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, seconds));

describe('conditions', () => {
  it('tell when their status last changed, not when they were last written', () => {
    const first = setCondition<PodCondition>(
      undefined,
      { type: 'Ready', status: 'False', reason: 'Starting' },
      at(0),
    );
    const again = setCondition(first, { type: 'Ready', status: 'False', reason: 'Waiting' }, at(10));
    const ready = setCondition(again, { type: 'Ready', status: 'True' }, at(20));
    assert.equal(first[0]!.lastTransitionTime, '2026-11-20T12:00:00Z');
    assert.deepEqual(again[0], {
      type: 'Ready',
      status: 'False',
      reason: 'Waiting',
      lastTransitionTime: '2026-11-20T12:00:00Z',
    });
    assert.equal(ready[0]!.lastTransitionTime, '2026-11-20T12:00:20Z');
    assert.ok(isConditionTrue(ready, 'Ready'));
  });

  it('stay the very same list where nothing changes, so that no write is made', () => {
    const list = setCondition<PodCondition>([], { type: 'Ready', status: 'True' }, at(0));
    assert.equal(setCondition(list, { type: 'Ready', status: 'True', reason: undefined }, at(5)), list);
    assert.equal(removeCondition(list, 'Other'), list);
    assert.deepEqual(removeCondition(list, 'Ready'), []);
    assert.equal(conditionOf(undefined, 'Ready'), undefined);
  });

  it('leave the others in their places', () => {
    const list: PodCondition[] = [
      { type: 'A', status: 'True' },
      { type: 'B', status: 'True' },
    ];
    assert.deepEqual(
      setCondition(list, { type: 'A', status: 'False' }, at(0)).map(({ type, status }) => [type, status]),
      [
        ['A', 'False'],
        ['B', 'True'],
      ],
    );
  });

  it('can be told to the microsecond', () => {
    assert.equal(microTimestamp(new Date(1_700_000_000_123)), '2023-11-14T22:13:20.123000Z');
  });
});
