import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigMap, Event, Pod } from '../../../api/types.ts';
import { systemClock } from '../../../process/clock.ts';
import { lineLog } from '../../../process/log.ts';
import { until } from '../../support/wait.ts';
import { noteAgainMs } from '../../../agent/pods/worker/worker.ts';
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

describe('an agent that cannot note a pod on disk', () => {
  const lines: string[] = [];
  const host = new Host();
  /** How often it was about to try again; seconds are shortened. */
  let tries = 0;
  const clock = {
    ...systemClock,
    after(ms: number, act: () => void) {
      if (ms !== noteAgainMs) return systemClock.after(ms, act);
      tries += 1;
      return systemClock.after(20, act);
    },
  };
  after(() => host.close());

  it('says so once, tries again by itself, and says when it is over', async () => {
    await host.ready({ clock, log: lineLog({ name: 'agent', clock, write: (line) => lines.push(line) }) });
    host.api.put(pod('web'));
    await host.untilReady('web');
    const { uid } = host.api.find<Pod>('Pod', 'web', 'default')!.metadata!;
    const noted = join(host.folder, 'pods', uid!, 'assignment.sealed');
    rmSync(noted);
    // Nothing can take the place of a folder that holds something.
    mkdirSync(join(noted, 'in-the-way'), { recursive: true });
    host.sandbox.container('web').exit(1);
    await until('it was tried again and again', () => tries >= 5);
    const told = () => lines.filter((line) => /could not be noted on disk/.test(line));
    assert.equal(told().length, 1, told().join(''));
    assert.match(told()[0]!, /pod=default\/web pods=1 error=.*assignment\.sealed/);
    rmSync(noted, { recursive: true });
    await until('it says that it is over', () => lines.some((line) => /noted on disk again/.test(line)));
    assert.ok(statSync(noted).isFile());
    assert.equal(told().length, 1);
  });
});

describe('an agent whose surroundings fail', () => {
  let host: Host;
  beforeEach(async () => {
    host = new Host();
    await host.ready();
  });
  afterEach(() => host.close());
  const app = (name = 'web') => host.statusOf(name)?.containerStatuses?.[0];

  it('holds a container whose ConfigMap is missing, says so, and starts it when it appears', async () => {
    host.api.put(pod('web', { container: { env: [fromConfigMap('COLOUR', 'theme', 'colour')] } }));
    await until('it waits', () => app()?.state?.waiting?.reason === 'CreateContainerConfigError');
    assert.equal(app()!.state!.waiting!.message, 'configmap "theme" not found');
    host.api.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theme', namespace: 'default' },
      data: { colour: 'green' },
    } as ConfigMap);
    await host.untilReady('web');
    assert.equal(host.sandbox.container('web').spec.env['COLOUR'], 'green');
  });

  it('restarts a container that ends, and shows how it ended', async () => {
    host.api.put(pod('web'));
    await host.untilReady('web');
    host.sandbox.container('web').exit(3);
    await until('it runs again', () => app()?.restartCount === 1 && app()?.state?.running);
    assert.equal(app()!.lastState!.terminated!.exitCode, 3);
    host.sandbox.container('web').exit(4);
    await until('it waits', () => app()?.state?.waiting?.reason === 'CrashLoopBackOff');
    assert.equal(app()!.lastState!.terminated!.exitCode, 4);
    assert.match(app()!.state!.waiting!.message!, /^back-off 10s restarting failed container=app/);
    await until('it is told', () => host.api.of<Event>('Event').some(({ reason }) => reason === 'BackOff'));
  });

  it('tries a failed start again, and names the reason', async () => {
    host.sandbox.nextStartError = new Error('no such entry point');
    host.api.put(pod('web'));
    await host.untilReady('web');
    assert.deepEqual(
      [app()!.restartCount, app()!.lastState!.terminated!.reason, app()!.lastState!.terminated!.message],
      [1, 'StartError', 'no such entry point'],
    );
  });

  it('ends a pod that was deleted while it pulled for ever', async () => {
    host.images.hang = true;
    host.api.put(pod('web'));
    await until('it pulls', () => host.images.pulls.length === 1);
    await host.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' });
    await until('it is gone', () => !host.api.find('Pod', 'web', 'default'));
  });

  it('ends the old pod when its name comes back with another uid', async () => {
    host.api.put(pod('web'));
    await host.untilReady('web');
    const [old] = host.sandbox.pods.keys();
    host.api.evict('Pod', 'web', 'default');
    const again = pod('web');
    host.api.put(again);
    await host.untilReady('web');
    await until('the old one is gone', () => !host.sandbox.pods.has(old!));
    assert.deepEqual([...host.sandbox.pods.keys()], [again.metadata!.uid]);
  });

  it('says again what someone else has overwritten', async () => {
    host.api.put(pod('web'));
    await host.untilReady('web');
    const held = host.api.find<Pod>('Pod', 'web', 'default')!;
    const conditions = held.status!.conditions!.map((each) =>
      each.type === 'Ready' ? { ...each, status: 'False', reason: 'NodeLost' } : each,
    );
    host.api.put({ ...held, status: { ...held.status, conditions } });
    await host.untilReady('web');
  });

  it('refuses by name what does not fit or is never granted, whatever the controller says', async () => {
    host.api.put(pod('big', { container: { resources: { requests: { cpu: '64' } } } }));
    host.api.put(pod('root', { container: { securityContext: { privileged: true } } }));
    host.api.put(pod('netted', { spec: { hostNetwork: true } }));
    host.api.put(pod('fits', { container: { resources: { requests: { cpu: '1' } } } }));
    await host.untilReady('fits');
    for (const [name, reason, message] of [
      ['big', 'OutOfcpu', /requested: 64000, used: 0, capacity: 2000/],
      ['root', 'Forbidden', /spec\.containers\[0\]\.securityContext\.privileged/],
      ['netted', 'Forbidden', /spec\.hostNetwork/],
    ] as const) {
      await until(`${name} is refused`, () => host.statusOf(name)?.phase === 'Failed');
      assert.equal(host.statusOf(name)!.reason, reason);
      assert.match(host.statusOf(name)!.message!, message);
    }
    assert.equal(host.sandbox.pods.size, 1);
    const reasons = () => host.api.of<Event>('Event').map((event) => event.reason);
    await until('it is told', () => reasons().includes('OutOfcpu') && reasons().includes('Forbidden'));
  });

  it('refuses a container by name that asks for what this sandbox has not', async () => {
    host.api.put(pod('web', { container: { lifecycle: { preStop: { exec: { command: ['x'] } } } } }));
    await until('it waits', () => app()?.state?.waiting?.reason === 'CreateContainerConfigError');
    assert.match(
      app()!.state!.waiting!.message!,
      /spec\.containers\[0\]\.lifecycle\.preStop is not supported/,
    );
  });
});

describe('an agent that was away', () => {
  let host: Host;
  beforeEach(async () => {
    host = new Host();
    await host.ready();
    host.api.put(pod('web', { container: { env: [fromConfigMap('COLOUR', 'theme', 'colour')] } }));
    host.api.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'theme', namespace: 'default' },
      data: { colour: 'a-secret-colour' },
    } as ConfigMap);
    await host.untilReady('web');
  });
  afterEach(() => host.close());

  it('adopts the sandboxes that lived on and restarts nothing', async () => {
    await host.agent.stop({ keep: true });
    const calls = host.sandbox.calls.length;
    await host.start();
    const before = host.sandbox.container('web');
    await until('it is known again', () => host.agent.pods()[0]?.ready);
    host.api.put(pod('second'));
    await host.untilReady('second');
    assert.deepEqual(host.sandbox.calls.slice(calls), ['create second', 'start second/app']);
    assert.equal(host.sandbox.container('web'), before);
    assert.equal(host.agent.pods().find(({ name }) => name === 'web')!.restarts, 0);
    // An adopted container is looked after like any other.
    before.print('still here\n');
    await until('its log goes on', () => host.logsOf('web').includes('still here'));
    before.exit(1);
    await until('it is restarted', () => host.statusOf('web')?.containerStatuses?.[0]?.restartCount === 1);
  });

  it('starts its pods again after a reboot with no controller in reach, with their configuration', async () => {
    const { podIP } = host.statusOf('web')!;
    await host.agent.stop();
    host.sandbox.reboot();
    host.api.away = true;
    await host.start({ offlineStartMs: 200 });
    await until('it runs', () => host.agent.pods()[0]?.ready);
    const { env } = host.sandbox.container('web').spec;
    assert.equal(env['COLOUR'], 'a-secret-colour');
    assert.equal(host.agent.pods()[0]!.podIP, podIP);
    host.api.away = false;
    await until(
      'the API hears of it',
      () => host.statusOf('web')?.containerStatuses?.[0]?.restartCount === 1,
    );
  });

  it('ends what was deleted meanwhile, and a sandbox that nobody asked for', async () => {
    await host.agent.stop({ keep: true });
    host.api.evict('Pod', 'web', 'default');
    await host.sandbox.create({ uid: 'stray', namespace: 'default', name: 'stray', directory: '/' });
    await host.start();
    await until('all are gone', () => host.sandbox.pods.size === 0 && host.agent.pods().length === 0);
  });

  it('keeps no secret on disk that another could read, and survives a file that was damaged', async () => {
    await host.agent.stop();
    const files = readdirSync(host.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const sealed = files.filter((file) => file.endsWith('.sealed'));
    assert.equal(sealed.length, 1);
    for (const file of files) {
      assert.ok(!readFileSync(file).includes('a-secret-colour'), `${file} tells the secret`);
      assert.equal(statSync(file).mode & 0o077, 0);
    }
    writeFileSync(sealed[0]!, 'damaged');
    host.sandbox.reboot();
    await host.start();
    await until('it runs', () => host.sandbox.pods.size === 1 && host.agent.pods()[0]?.ready);
    const ran = () => host.statusOf('web')?.containerStatuses?.[0]?.restartCount === 1;
    await until('the API remembers that it ran before', ran);
  });

  it('does not run a job again that may have done its work before the disk was lost', async () => {
    host.api.put(pod('job', { spec: { restartPolicy: 'Never' } }));
    await host.untilReady('job');
    await host.agent.stop();
    host.sandbox.reboot();
    rmSync(join(host.folder, 'pods'), { recursive: true });
    await host.start();
    await until('it failed', () => host.statusOf('job')?.phase === 'Failed');
    assert.equal(
      host.statusOf('job')!.containerStatuses![0]!.state!.terminated!.reason,
      'ContainerStatusUnknown',
    );
  });

  it('starts the very image it ran before when nobody can be asked for a newer one', async () => {
    host.api.put(pod('moving', { container: { image: 'hello' } }));
    await host.untilReady('moving');
    host.images.errors.push(Object.assign(new Error('nobody answers'), { reason: 'ErrImagePull' }));
    host.sandbox.container('moving').exit(1);
    await until('it runs again', () => host.statusOf('moving')?.containerStatuses?.[0]?.restartCount === 1);
    const [refused, pinned] = host.images.pulls.slice(-2);
    assert.deepEqual([refused!.policy, pinned!.policy], ['Always', 'Never']);
    assert.match(pinned!.reference, /^hello@sha256:1+$/);
  });

  it('goes on without its controller, and reports what happened when it is back', async () => {
    host.api.away = true;
    host.sandbox.container('web').exit(1);
    await until('it runs again', () => host.agent.pods()[0]?.restarts === 1 && host.agent.pods()[0]?.ready);
    host.api.away = false;
    await until('it is reported', () => host.statusOf('web')?.containerStatuses?.[0]?.restartCount === 1);
  });
});

function fromConfigMap(name: string, map: string, key: string) {
  return { name, valueFrom: { configMapKeyRef: { name: map, key } } };
}
