import assert from 'node:assert/strict';
import type { Clock } from '../../../process/clock.ts';
import { Attention, lagMemoryMs, returnGraceMs, tickMs } from '../../../controller/nodes/attention.ts';

/** A clock that a test sets by hand, as a stopped process would find it. */
function handClock(): { clock: Clock; pass(ms: number): void } {
  let now = 0;
  return { clock: { now: () => now } as Clock, pass: (ms) => void (now += ms) };
}

describe('the observer’s attention', () => {
  it('sees how late its own ticks come, and remembers it for a second', () => {
    const { clock, pass } = handClock();
    const attention = new Attention(clock);
    pass(tickMs + 400);
    attention.tick();
    assert.equal(attention.lagMs, 400);
    for (let at = 0; at < lagMemoryMs; at += tickMs) {
      pass(tickMs);
      attention.tick();
    }
    assert.equal(attention.lagMs, 0);
  });

  it('counts silence only from when it began to watch, with time for hosts to dial back', () => {
    const { clock, pass } = handClock();
    const attention = new Attention(clock);
    pass(returnGraceMs);
    assert.equal(attention.silenceMs(undefined), 0);
    pass(3_000);
    assert.equal(attention.silenceMs(undefined), 3_000);
  });

  it('counts the silence of a host heard since in full, even right after its own start', () => {
    const { clock, pass } = handClock();
    const attention = new Attention(clock);
    pass(1_000);
    const heardAt = clock.now();
    pass(3_000);
    assert.equal(attention.silenceMs(heardAt), 3_000);
  });

  it('does not take its own sleep for the hosts’ silence', () => {
    const { clock, pass } = handClock();
    const attention = new Attention(clock);
    for (let at = 0; at < 20_000; at += tickMs) {
      pass(tickMs);
      attention.tick();
    }
    const heardAt = clock.now();
    pass(3_600_000);
    attention.tick();
    assert.equal(attention.silenceMs(heardAt), 0);
    pass(returnGraceMs + 2_000);
    assert.equal(attention.silenceMs(heardAt), 2_000);
  });
});
