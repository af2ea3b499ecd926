import assert from 'node:assert/strict';
import { VirtualClock } from '../../process/virtual-clock.ts';

describe('the virtual clock', () => {
  it('fires timers in order of their time, then of their creation', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push('b'));
    clock.after(10, () => fired.push('a'));
    clock.after(20, () => fired.push('c'));
    await clock.advance(20);
    assert.deepEqual(fired, ['a', 'b', 'c']);
  });

  it('lets promises settle between two timers', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const walk = async () => {
      for (let step = 0; step < 3; step++) {
        await clock.sleep(1000);
        seen.push(clock.now());
      }
    };
    void walk();
    await clock.advance(10_000);
    assert.deepEqual(seen, [1000, 2000, 3000]);
  });

  it('repeats until cancelled, also from within', async () => {
    const clock = new VirtualClock();
    let ticks = 0;
    const timer = clock.every(100, () => {
      if (++ticks === 3) timer.cancel();
    });
    await clock.advance(1000);
    assert.equal(ticks, 3);
  });

  it('ends a sleep with the reason of the signal', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const sleeping = assert.rejects(clock.sleep(1000, abort.signal), /stopped/);
    abort.abort(new Error('stopped'));
    await sleeping;
  });
});
