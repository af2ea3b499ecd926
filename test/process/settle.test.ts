import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { settle } from '../../process/settle.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';
import { until } from '../support/wait.ts';

/** Something that only a whole collection finds; made in a turn of its own, since a reference that was just made holds until it is over. */
async function leftBehind(): Promise<WeakRef<object>> {
  const used = new WeakRef({ of: 'some work' });
  await turn();
  return used;
}

describe('a program', () => {
  let clock: VirtualClock;
  let workedMs: number;
  beforeEach(() => {
    clock = new VirtualClock();
    workedMs = 2_000;
    settle(clock, () => workedMs);
  });
  const collected = (used: WeakRef<object>) =>
    until('it is collected', async () => {
      await turn();
      return used.deref() === undefined;
    });
  const kept = async (used: WeakRef<object>) => {
    for (let turns = 0; turns < 20; turns++) await turn();
    return used.deref() !== undefined;
  };

  it('gives back what its start used up, after a while', async () => {
    const used = await leftBehind();
    await clock.advance(19_000);
    assert.ok(await kept(used), 'not yet (control)');
    await turn();
    await clock.advance(1_000);
    await collected(used);
  });

  it('gives back what work has used up, once it is at rest', async () => {
    await clock.advance(20_000);
    await turn();
    const used = await leftBehind();
    workedMs += 10_000;
    await clock.advance(20_000);
    assert.ok(await kept(used), 'it is at work');
    await turn();
    workedMs += 100;
    await clock.advance(20_000);
    await collected(used);
  });

  it('leaves off while there was next to nothing to do', async () => {
    await clock.advance(20_000);
    await turn();
    const used = await leftBehind();
    for (let times = 0; times < 10; times++) {
      workedMs += 100;
      await clock.advance(20_000);
    }
    assert.ok(await kept(used));
  });
});
