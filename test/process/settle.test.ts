import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { settle } from '../../process/settle.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { until } from '../support/wait.ts';

describe('a program that has started', () => {
  it('gives back what its start used up, once, after a while', async () => {
    const used = new WeakRef({ of: 'the start' });
    const clock = new VirtualClock();
    settle(clock);
    // A reference that was just made holds until the turn is over.
    await turn();
    await clock.advance(19_000);
    await turn();
    assert.ok(used.deref(), 'not yet (control)');
    await turn();
    await clock.advance(1_000);
    await until('it is collected', async () => {
      await turn();
      return used.deref() === undefined;
    });
  });
});
