import assert from 'node:assert/strict';
import { Turns } from '../../../../controller/apiserver/http/turns.ts';
import { isApiError } from '../../../../api/errors.ts';
import { VirtualClock } from '../../../../process/virtual-clock.ts';

const long = 5_000;

describe('long lists take turns', () => {
  let clock: VirtualClock;
  let turns: Turns;
  let begun: string[];
  beforeEach(() => {
    clock = new VirtualClock();
    turns = new Turns(clock);
    begun = [];
  });

  const list = async (identity: string, objects = long, signal = new AbortController().signal) => {
    const end = await turns.take(identity, objects, signal);
    begun.push(identity);
    return end;
  };
  const settled = () => clock.advance(0);

  it('two of the longest at once, and the next when one has ended', async () => {
    const first = await list('anna');
    const second = await list('anna');
    const third = list('anna');
    await settled();
    assert.deepEqual(begun, ['anna', 'anna']);
    first();
    first();
    await third;
    void list('anna');
    await settled();
    assert.equal(begun.length, 3, 'ending twice gives the seats back once');
    second();
    await settled();
    assert.equal(begun.length, 4);
  });

  it('so that who comes later waits for one list, not for all of those that another has waiting', async () => {
    const running = [await list('flood'), await list('flood')];
    for (let at = 0; at < 48; at++) void list('flood');
    const late = list('ben');
    await settled();
    assert.equal(begun.includes('ben'), false);
    running[0]!();
    await late;
    assert.deepEqual(begun.slice(2), ['ben']);
  });

  it('and what is short waits for nobody', async () => {
    await Promise.all(Array.from({ length: 20 }, () => Promise.race([list('flood'), settled()])));
    assert.equal(begun.length, 2);
    await list('flood', 500);
    await list('system:node:attic', 1);
    assert.deepEqual(begun.slice(2), ['flood', 'system:node:attic']);
  });

  it('of one that is next and does not fit, a shorter one behind it does not take the place', async () => {
    const half = await list('anna', 2_500);
    const whole = await list('anna');
    void list('ben');
    void list('carl', 600);
    await settled();
    assert.deepEqual(begun, ['anna', 'anna'], '15 of 20 seats are taken, and the next needs ten');
    half();
    await settled();
    assert.deepEqual(begun.slice(2), ['ben']);
    whole();
    await settled();
    assert.deepEqual(begun.slice(2), ['ben', 'carl']);
  });

  it('up to a hundred of one identity wait; the next is told to come back, and others are not', async () => {
    for (let at = 0; at < 102; at++) void list('flood');
    await settled();
    await assert.rejects(list('flood'), (error) => {
      assert.ok(isApiError(error));
      assert.deepEqual([error.status.code, error.status.reason], [429, 'TooManyRequests']);
      assert.equal(error.status.details?.retryAfterSeconds, 1);
      return true;
    });
    void list('ben');
    await settled();
  });

  it('and whose reader is slow gives its seats away after five seconds', async () => {
    const slow = [await list('slow'), await list('slow')];
    void list('ben');
    await clock.advance(4_999);
    assert.equal(begun.includes('ben'), false);
    await clock.advance(1);
    assert.equal(begun.includes('ben'), true);
    for (const end of slow) end();
    void list('carl');
    void list('carl');
    await settled();
    assert.equal(begun.length, 4, 'who ends later gives nothing back a second time');
  });

  it('for 15 s at most; then it is told to come back', async () => {
    for (let at = 0; at < 2; at++) await list('slow');
    const waiting = Array.from({ length: 12 }, () => list('slow'));
    const outcomes = Promise.allSettled(waiting);
    await clock.advance(15_000);
    await clock.advance(15_000);
    const refused = (await outcomes).filter((each) => each.status === 'rejected');
    assert.ok(refused.length >= 6, `${refused.length} were refused`);
    for (const { reason } of refused) assert.ok(isApiError(reason) && reason.status.code === 429);
  });

  it('who leaves while it waits is forgotten, and those behind it move up', async () => {
    const running = [await list('anna', 9_000), await list('anna')];
    const leaving = new AbortController();
    const gone = list('ben', long, leaving.signal);
    const next = list('ben');
    leaving.abort();
    await assert.rejects(gone);
    running[0]!();
    await next;
    assert.deepEqual(begun, ['anna', 'anna', 'ben']);
    await assert.rejects(list('ben', long, AbortSignal.abort()));
  });
});
