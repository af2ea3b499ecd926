import assert from 'node:assert/strict';
import { waitAtMost, within } from '../../process/bounded.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

describe('a bounded wait', () => {
  const never = new Promise<never>(() => {});
  const tooLate = () => new Error('too late');

  it('gives what the work gives, or its failure', async () => {
    const clock = new VirtualClock();
    assert.equal(await within(clock, 1000, Promise.resolve('done'), tooLate), 'done');
    await assert.rejects(within(clock, 1000, Promise.reject(new Error('broken')), tooLate), /broken/);
    await assert.rejects(waitAtMost(clock, 1000, Promise.reject(new Error('broken'))), /broken/);
    await waitAtMost(clock, 1000, Promise.resolve());
  });

  it('ends when its time is up, as a failure or not', async () => {
    const clock = new VirtualClock();
    const refused = assert.rejects(within(clock, 1000, never, tooLate), /too late/);
    const waited = waitAtMost(clock, 1000, never);
    await clock.advance(1000);
    await Promise.all([refused, waited]);
  });

  it('leaves no failure unheard that comes after its end', async () => {
    const clock = new VirtualClock();
    const { promise, reject } = Promise.withResolvers<never>();
    const waited = waitAtMost(clock, 1000, promise);
    await clock.advance(1000);
    await waited;
    // Mocha would fail the run on an unhandled rejection.
    reject(new Error('nobody waits any more'));
  });
});
