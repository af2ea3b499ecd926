import assert from 'node:assert/strict';
import { SaidAgain } from '../../../../agent/sandbox/podman/said-again.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';

describe("a terminal's size", () => {
  let clock: VirtualClock;
  let said: number[];
  let sizes: SaidAgain<number>;
  beforeEach(() => {
    clock = new VirtualClock();
    said = [];
    sizes = new SaidAgain(clock, async (size) => void said.push(size));
  });

  it('is said twice more, for who lost it, and only the last', async () => {
    await sizes.say(1);
    await sizes.say(2);
    assert.deepEqual(said, [1, 2]);
    await clock.advance(60_000);
    assert.deepEqual(said, [1, 2, 2, 2]);
  });

  it('is not said to a command that is over', async () => {
    await sizes.say(1);
    sizes.stop();
    await clock.advance(60_000);
    assert.deepEqual(said, [1]);
  });
});
