import assert from 'node:assert/strict';
import type { Event, Pod } from '../../../api/types.ts';
import { until } from '../../support/wait.ts';
import { Host, pod } from './support.ts';

describe('an agent with a pod', () => {
  let host: Host;
  beforeEach(() => {
    host = new Host();
  });
  afterEach(() => host.close());

  it('runs what is assigned to it and reports it ready, with an address of its range', async () => {
    await host.ready();
    host.api.put(pod('web'));
    await host.untilReady('web');
    const status = host.statusOf('web')!;
    assert.equal(status.phase, 'Running');
    assert.equal(status.podIP, '10.244.3.2');
    assert.equal(status.hostIP, '10.244.3.1');
    assert.equal(status.observedGeneration, 1);
    const [app] = status.containerStatuses!;
    assert.match(app!.containerID!, /^fake:/);
    assert.equal(app!.restartCount, 0);
    assert.ok(app!.state?.running?.startedAt);
    const reasons = () => host.api.of<Event>('Event').map(({ reason }) => reason);
    await until('events arrived', () => reasons().includes('Started'));
    assert.deepEqual(reasons(), ['Pulled', 'Created', 'Started']);
  });

  it('ends a deleted pod: not ready first, then stopped, then gone from the API', async () => {
    await host.ready();
    host.api.put(pod('web'));
    await host.untilReady('web');
    host.sandbox.ignoreStop = true;
    const { uid } = host.api.find<Pod>('Pod', 'web', 'default')!.metadata!;
    await host.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' }, { gracePeriodSeconds: 7 });
    await until('it is not ready', () => host.condition('web', 'Ready') === 'False');
    const container = host.sandbox.container('web');
    assert.deepEqual(container.stops, [7000]);
    assert.ok(host.api.find('Pod', 'web', 'default'), 'it stays in the API until it has ended');
    container.exit(0);
    await until('it is gone', () => !host.api.find('Pod', 'web', 'default'));
    assert.equal(host.sandbox.pods.size, 0);
    await until('it is forgotten', () => host.agent.pods().every((each) => each.uid !== uid));
  });
});
