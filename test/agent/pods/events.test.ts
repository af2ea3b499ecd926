import assert from 'node:assert/strict';
import { recordEvents } from '../../../agent/pods/events.ts';
import type { Event } from '../../../api/types.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { FakeApi } from '../../support/fake-api.ts';

describe('events of a host', () => {
  const about = { kind: 'Pod', namespace: 'default', name: 'web', uid: 'u' };
  function scene() {
    const api = new FakeApi();
    const clock = new VirtualClock();
    const recorder = recordEvents({
      client: api,
      clock,
      random: seededRandom(1),
      log: silentLog,
      nodeName: 'attic',
    });
    return { api, clock, recorder, events: () => api.of<Event>('Event') };
  }

  it('are counted on one object while they say the same', async () => {
    const { clock, recorder, events } = scene();
    for (let count = 0; count < 3; count++) recorder.record(about, 'Warning', 'Unhealthy', 'no');
    recorder.record(about, 'Warning', 'Unhealthy', 'something else');
    await clock.advance(1000);
    assert.deepEqual(
      events().map(({ message, count }) => [message, count]),
      [
        ['no', 3],
        ['something else', 1],
      ],
    );
    assert.equal(events()[0]!.source!.host, 'attic');
  });

  it('are few, however much there is to tell', async () => {
    const { api, clock, recorder, events } = scene();
    for (let count = 0; count < 1000; count++) recorder.record(about, 'Warning', 'BackOff', `${count}`);
    await clock.advance(1000);
    assert.equal(events().length, 25);
    await clock.advance(20_000);
    for (let count = 0; count < 1000; count++) recorder.record(about, 'Warning', 'BackOff', `later ${count}`);
    await clock.advance(1000);
    assert.equal(events().length, 27);
    assert.equal(api.writes.length, 27);
  });

  it('wait for a controller that is away, and are told when it is back', async () => {
    const { api, clock, recorder, events } = scene();
    api.away = true;
    recorder.record(about, 'Normal', 'Started', 'Container started: app');
    await clock.advance(60_000);
    assert.equal(events().length, 0);
    api.away = false;
    await clock.advance(10_000);
    assert.equal(events().length, 1);
  });
});
