import assert from 'node:assert/strict';
import { UsageMeter, type Measured, type Sample } from '../../../agent/node/usage.ts';
import type { RunningContainer } from '../../../agent/sandbox/sandbox.ts';

const container = (id: string, stats: RunningContainer['stats']): RunningContainer =>
  ({ name: 'web', id, pid: 7, stats }) as RunningContainer;

describe('the meter of what is in use', () => {
  let nowMs: number;
  let machine: Sample;
  let meter: UsageMeter;
  beforeEach(() => {
    nowMs = 1000;
    machine = { cpuMillisTotal: 500_000, memoryBytes: 7 };
    meter = new UsageMeter(
      () => nowMs,
      () => ({ ...machine }),
    );
  });

  it('tells the mean of the time between two looks, and nothing at the first', async () => {
    const used: Sample = { cpuMillisTotal: 100, memoryBytes: 1024 };
    const pods: Measured[] = [{ uid: 'u', containers: [container('a', async () => ({ ...used }))] }];
    assert.equal(await meter.measure(pods), undefined);
    nowMs += 10_000;
    used.cpuMillisTotal += 2_500;
    used.memoryBytes = 4096;
    machine.cpuMillisTotal += 15_000;
    assert.deepEqual(await meter.measure(pods), {
      windowMs: 10_000,
      node: { cpuMillis: 1500, memoryBytes: 7 },
      pods: [{ uid: 'u', containers: { web: { cpuMillis: 250, memoryBytes: 4096 } } }],
    });
  });

  it('tells of a container that was started anew once it has been there for a whole time', async () => {
    const pods = (id: string, total: number): Measured[] => [
      { uid: 'u', containers: [container(id, async () => ({ cpuMillisTotal: total, memoryBytes: 1 }))] },
    ];
    await meter.measure(pods('a', 9_000));
    nowMs += 1000;
    assert.deepEqual((await meter.measure(pods('b', 100)))!.pods, []);
    nowMs += 1000;
    assert.deepEqual((await meter.measure(pods('b', 200)))!.pods[0]!.containers['web']!.cpuMillis, 100);
  });

  it('leaves out what cannot tell, and tells of the others', async () => {
    const pods: Measured[] = [
      { uid: 'gone', containers: [container('a', () => Promise.reject(new Error('it has ended')))] },
      { uid: 'mute', containers: [container('b', undefined)] },
      { uid: 'good', containers: [container('c', async () => ({ cpuMillisTotal: 1, memoryBytes: 1 }))] },
    ];
    await meter.measure(pods);
    nowMs += 1000;
    assert.deepEqual(
      (await meter.measure(pods))!.pods.map(({ uid }) => uid),
      ['good'],
    );
  });

  it('asks this machine by itself', async () => {
    const real = new UsageMeter(() => nowMs);
    await real.measure([]);
    const until = Date.now() + 300;
    while (Date.now() < until);
    nowMs += 300;
    const { node } = (await real.measure([]))!;
    assert.ok(node.cpuMillis > 500, `one core was busy, and ${node.cpuMillis} m are told`);
    assert.ok(node.memoryBytes > 50 * 2 ** 20);
  });
});
