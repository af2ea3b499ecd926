import assert from 'node:assert/strict';
import { concurrencyMax, retryMs, retryMsMax, retryMsMin, WorkQueue } from '../../controller/work-queue.ts';
import { seededRandom } from '../../process/random.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

function queueOf(work: (key: string) => Promise<void>): { queue: WorkQueue; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { queue: new WorkQueue(work, clock, seededRandom(1)), clock };
}

describe('work queue', () => {
  it('works on a key once at a time, and once more for what came meanwhile', async () => {
    let running = 0;
    let runs = 0;
    const { queue, clock } = queueOf(async () => {
      assert.equal(++running, 1);
      runs++;
      await clock.sleep(10);
      running--;
    });
    queue.add('a');
    for (let index = 0; index < 5; index++) queue.add('a');
    await clock.advance(100);
    assert.equal(runs, 2);
  });

  it('works on several keys together, but not on too many', async () => {
    let most = 0;
    let running = 0;
    const { queue, clock } = queueOf(async () => {
      most = Math.max(most, ++running);
      await clock.sleep(10);
      running--;
    });
    for (let index = 0; index < 100; index++) queue.add(`k${index}`);
    await clock.advance(1_000);
    assert.equal(most, concurrencyMax);
    assert.equal(running, 0);
  });

  it('tries again with growing pauses, and forgets failures after a success', async () => {
    const at: number[] = [];
    const { queue, clock } = queueOf(async () => {
      at.push(clock.now());
      if (at.length <= 4) throw new Error('not yet');
    });
    queue.add('a');
    await clock.advance(10_000);
    assert.equal(at.length, 5);
    assert.equal(queue.failures('a'), 0);
    assert.deepEqual([retryMs(1), retryMs(2), retryMs(30)], [retryMsMin, 2 * retryMsMin, retryMsMax]);
  });

  it('of several later looks takes the earliest', async () => {
    const at: number[] = [];
    const { queue, clock } = queueOf(async () => void at.push(clock.now()));
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 900);
    await clock.advance(2_000);
    assert.deepEqual(at, [100]);
  });

  it('when stopped finishes what is in work and begins nothing more', async () => {
    const done: string[] = [];
    const { queue, clock } = queueOf(async (key) => {
      await clock.sleep(50);
      done.push(key);
    });
    queue.add('a');
    queue.addAfter('later', 10);
    const stopped = queue.stop();
    queue.add('b');
    await clock.advance(1_000);
    await stopped;
    assert.deepEqual(done, ['a']);
  });
});
