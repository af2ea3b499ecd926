import assert from 'node:assert/strict';
import type { Event, Pod, PriorityClass } from '../../../api/types.ts';
import { aNode } from '../support/objects.ts';
import { startControl, type Control } from '../support/api.ts';

describe('scheduler', () => {
  let control: Control;
  beforeEach(async () => {
    control = await startControl();
  });
  afterEach(() => control.stop());

  const podRef = (name: string) => ({ kind: 'Pod', namespace: 'default', name });
  const get = (name: string) => control.client.get<Pod>(podRef(name));
  async function addNode(name: string, cpu = '4'): Promise<void> {
    const { status } = aNode(name, { cpu });
    await control.wait(control.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
    await control.wait(
      control.client.patch({ kind: 'Node', name }, 'strategic', { status }, { subresource: 'status' }),
    );
  }
  async function addPod(name: string, cpu: string, spec: Partial<Pod['spec']> = {}): Promise<void> {
    const containers = [{ name: 'main', image: 'hello:1', resources: { requests: { cpu } } }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name },
      spec: { containers, ...spec },
    };
    await control.wait(control.client.create<Pod>(pod));
  }
  const isOn = (name: string, node: string) => async () => (await get(name)).spec!.nodeName === node;

  it('binds a pod within moments of its creation', async () => {
    await addNode('attic');
    await addPod('a', '1');
    assert.ok((await control.until(isOn('a', 'attic'))) <= 50);
  });

  it('says why a pod waits, in its condition and in an Event, and only once', async () => {
    await addNode('attic', '1');
    await addPod('big', '2');
    await control.clock.advance(60_000);
    const message = '0/1 nodes are available: 1 Insufficient cpu.';
    const condition = (await get('big')).status!.conditions!.find(({ type }) => type === 'PodScheduled');
    assert.deepEqual(
      [condition!.status, condition!.reason, condition!.message],
      ['False', 'Unschedulable', message],
    );
    const events = (await control.client.list<Event>('Event', { namespace: 'default' })).items;
    const failed = events.filter(({ reason }) => reason === 'FailedScheduling');
    assert.deepEqual(
      failed.map(({ message: said, count }) => [said, count]),
      [[message, 1]],
    );
  });

  it('tries again as soon as a node joins that has the room', async () => {
    await addNode('attic', '1');
    await addPod('big', '2');
    await control.clock.advance(20_000);
    await addNode('cellar', '4');
    assert.ok((await control.until(isOn('big', 'cellar'))) <= 500);
  });

  it('gives what room there is to the more important first, whoever came earlier', async () => {
    await control.wait(
      control.client.create<PriorityClass>({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: 'high' },
        value: 1000,
      }),
    );
    await addPod('early', '1');
    await addPod('important', '1', { priorityClassName: 'high' });
    await control.clock.advance(20_000);
    await addNode('attic', '1');
    await control.until(isOn('important', 'attic'));
    await control.clock.advance(20_000);
    assert.equal((await get('early')).spec!.nodeName, undefined);
  });

  it('tries again when a pod makes room', async () => {
    await addNode('attic', '2');
    await addPod('first', '2');
    await control.until(isOn('first', 'attic'));
    await addPod('second', '2');
    await control.clock.advance(20_000);
    await control.wait(control.client.delete(podRef('first'), { gracePeriodSeconds: 0 }));
    assert.ok((await control.until(isOn('second', 'attic'))) <= 500);
  });

  it('never gives one node’s room away twice, however many come at once', async () => {
    await addNode('attic', '4');
    await Promise.all(Array.from({ length: 12 }, (_, index) => addPod(`p${index}`, '1')));
    await control.clock.advance(1_000);
    const pods = (await control.client.list<Pod>('Pod')).items;
    assert.equal(pods.filter(({ spec }) => spec!.nodeName === 'attic').length, 4);
  });

  it('leaves pods of other schedulers alone', async () => {
    await addNode('attic');
    const spec = { schedulerName: 'mine', containers: [{ name: 'main', image: 'hello:1' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name: 'a' }, spec };
    await control.wait(control.client.create<Pod>(pod));
    await control.clock.advance(1_000);
    assert.equal((await get('a')).spec!.nodeName, undefined);
  });
});
