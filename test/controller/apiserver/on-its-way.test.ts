import assert from 'node:assert/strict';
import { isAlreadyExists, isConflict, isForbidden, isNotFound } from '../../../api/errors.ts';
import type { ConfigMap } from '../../../api/types.ts';
import { createApiServer } from '../../../controller/apiserver/create.ts';
import { memoryLog, type MemoryLog } from '../../../controller/store/memory/memory-log.ts';
import { openStore } from '../../../controller/store/open-store.ts';
import type { Client } from '../../../client/client.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { configMap, pod } from './cluster.ts';
import { widget, widgetDefinition } from './custom/widgets.ts';

const syncMs = 10;
const ref = { kind: 'ConfigMap', namespace: 'default', name: 'a' };

/** Whoever is told something of an object must not be told the contrary by the next read: also where a write was still on its way to disk. */
describe('beside a write that is on its way to disk', () => {
  let clock: VirtualClock;
  let memory: MemoryLog;
  let client: Client;
  beforeEach(async () => {
    clock = new VirtualClock();
    memory = memoryLog(clock);
    const store = await openStore({ driver: memory, clock, log: silentLog, snapshotEveryMs: 0 });
    client = (await createApiServer({ store, clock, random: seededRandom(7), log: silentLog })).client();
    memory.syncDelayMs = syncMs;
  });

  /** Settles both, and reads at the very moment at which the second is answered. */
  async function race(first: Promise<unknown>, second: Promise<unknown>) {
    const reading = second.then(
      async (answer) => ({ answer, error: undefined, read: await readNow() }),
      async (error: unknown) => ({ answer: undefined, error, read: await readNow() }),
    );
    first.catch(() => {});
    await clock.advance(syncMs * 3);
    return reading;
  }
  const readNow = () =>
    client.get<ConfigMap>(ref).catch((error: unknown) => {
      assert.ok(isNotFound(error), String(error));
      return undefined;
    });
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    await clock.advance(syncMs * 3);
    return promise;
  };

  it('a name is taken only once the object with that name can be read', async () => {
    const { error, read } = await race(client.create(configMap('a')), client.create(configMap('a')));
    assert.ok(isAlreadyExists(error), String(error));
    assert.ok(read);
  });

  it('a name is not taken by an object that could not be written', async () => {
    memory.nextFault = { error: 'EIO' };
    const first = client.create(configMap('a', { by: 'first' }));
    const { error, read } = await race(first, client.create(configMap('a', { by: 'second' })));
    await assert.rejects(first, /Could not write/);
    assert.match(String(error), /another a was on its way, and did not last/);
    assert.equal(read, undefined);
    assert.ok(await settled(client.create(configMap('a', { by: 'third' }))));
  });

  it('a change that changes nothing any more is answered once that can be read', async () => {
    await settled(client.create(configMap('a', { x: '1' })));
    const change = () => client.patch<ConfigMap>(ref, 'merge', { data: { x: '2' } });
    const { answer, read } = await race(change(), change());
    assert.equal((answer as ConfigMap).data!['x'], '2');
    assert.deepEqual(read, answer);
  });

  it('an update that was too late says conflict once the newer state can be read', async () => {
    const old = await settled(client.create(configMap('a', { x: '1' })));
    const update = (x: string) => client.update({ ...old, data: { x } });
    const { error, read } = await race(update('2'), update('3'));
    assert.ok(isConflict(error), String(error));
    assert.equal(read!.data!['x'], '2');
  });

  it('an update of what is deleted meanwhile is told that it is not there, and not before it is gone', async () => {
    const old = await settled(client.create(configMap('a', { x: '1' })));
    const { error, read } = await race(client.delete(ref), client.update({ ...old, data: { x: '2' } }));
    assert.ok(isNotFound(error), String(error));
    assert.equal(read, undefined);
  });

  it('a second deletion finds nothing once the first one is durable', async () => {
    await settled(client.create(configMap('a')));
    const { error, read } = await race(client.delete(ref), client.delete(ref));
    assert.ok(isNotFound(error), String(error));
    assert.equal(read, undefined);
  });

  it('a namespace that is to go takes nothing more: whoever empties it would not see it', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ending' } };
    await settled(client.create(namespace));
    const late = { ...configMap('late'), metadata: { name: 'late', namespace: 'ending' } };
    const { error } = await race(client.delete({ kind: 'Namespace', name: 'ending' }), client.create(late));
    assert.match(String(error), /because it is being terminated/);
  });

  it('a definition that is to go lets nothing more be made of its kind, however long ago that was asked for', async () => {
    await settled(client.create(widgetDefinition()));
    const definition = { kind: 'CustomResourceDefinition', name: 'widgets.example.com' };
    const { error } = await race(client.delete(definition), client.create(widget({}, 'late')));
    assert.match(String(error), /create not allowed while custom resource definition is terminating/);
  });

  it('what a quota counts is the most that any of the writers of an object may take', async () => {
    const hard = { 'requests.cpu': '9' };
    await settled(
      client.create({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'q', namespace: 'default' },
        spec: { hard },
      }),
    );
    const asking = (name: string, cpu: string) =>
      pod(name, { containers: [{ name: 'web', image: 'hello:1', resources: { requests: { cpu } } }] });
    const first = client.create(asking('x', '8'));
    const second = client.create(asking('x', '1'));
    second.catch(() => {});
    const { error } = await race(first, client.create(asking('y', '7')));
    assert.ok(isForbidden(error), String(error));
    await assert.rejects(second, isAlreadyExists);
    assert.ok(await settled(first));
  });

  it('twenty changes of one object still go to disk together', async () => {
    await settled(client.create(configMap('a')));
    const begun = clock.now();
    const changes = Promise.all(
      Array.from({ length: 20 }, (_, at) => client.patch(ref, 'merge', { data: { [`x${at}`]: '1' } })),
    );
    let endedAt = Infinity;
    void changes.then(() => (endedAt = clock.now()));
    await clock.advance(syncMs * 30);
    await changes;
    assert.ok(endedAt - begun <= syncMs * 3, `${endedAt - begun} ms`);
    assert.equal(Object.keys((await readNow())!.data!).length, 20);
  });
});
