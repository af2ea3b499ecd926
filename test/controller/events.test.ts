import assert from 'node:assert/strict';
import type { Event } from '../../api/types.ts';
import { burstMax, EventRecorder, refillMs, similarMax } from '../../controller/events.ts';
import { silentLog } from '../../process/log.ts';
import { seededRandom } from '../../process/random.ts';
import { aPod } from './support/objects.ts';
import { startControl, type Control } from './support/api.ts';

describe('events', () => {
  let control: Control;
  let recorder: EventRecorder;
  const pod = aPod('a');
  beforeEach(async () => {
    control = await startControl({ controllers: false });
    recorder = new EventRecorder({ ...control, random: seededRandom(1), log: silentLog });
  });
  afterEach(() => control.stop());

  async function recorded(): Promise<Event[]> {
    await control.wait(recorder.settled());
    return (await control.client.list<Event>('Event', { namespace: 'default' })).items;
  }
  const say = (message: string, about = pod) =>
    recorder.record(about, { type: 'Warning', reason: 'FailedScheduling', message }, 'scheduler');

  it('name the object, the reason and who says so', async () => {
    say('0/1 nodes are available: 1 Insufficient cpu.');
    const [event] = await recorded();
    assert.deepEqual([event!.involvedObject.name, event!.involvedObject.uid], ['a', 'pod-a']);
    assert.deepEqual([event!.type, event!.reason, event!.count], ['Warning', 'FailedScheduling', 1]);
    assert.equal(event!.source!.component, 'scheduler');
  });

  it('count what is said again', async () => {
    for (let index = 0; index < 5; index++) say('the same');
    const events = await recorded();
    assert.deepEqual(
      events.map(({ count }) => count),
      [5],
    );
  });

  it('combine what is only similar, once there is much of it', async () => {
    for (let index = 0; index < similarMax + 5; index++) say(`attempt ${index}`);
    const events = await recorded();
    assert.equal(events.length, similarMax + 1);
    const combined = events.filter(({ message }) => message!.startsWith('(combined from similar events)'));
    assert.deepEqual(
      combined.map(({ count }) => count),
      [5],
    );
  });

  it('let one object cause only so many writes, and others their own', async () => {
    const before = (await recorded()).length;
    for (let index = 0; index < burstMax + 20; index++) say('flapping');
    say('calm', aPod('b'));
    const events = await recorded();
    assert.equal(events.length - before, 2);
    assert.equal(events.find(({ message }) => message === 'flapping')!.count, burstMax);
    await control.clock.advance(refillMs);
    say('flapping');
    assert.equal((await recorded()).find(({ message }) => message === 'flapping')!.count, burstMax + 1);
  });

  it('begin anew where the counted one was deleted', async () => {
    say('once');
    const [event] = await recorded();
    await control.wait(
      control.client.delete({ kind: 'Event', namespace: 'default', name: event!.metadata.name! }),
    );
    say('once');
    assert.equal((await recorded()).length, 1);
  });
});
