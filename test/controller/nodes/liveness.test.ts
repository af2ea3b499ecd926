import assert from 'node:assert/strict';
import type { Node } from '../../../api/types.ts';
import type { Hearing } from '../../../controller/nodes/liveness.ts';
import { presenceOf } from '../../../controller/nodes/presence.ts';
import { aNode } from '../support/objects.ts';
import { startControl, type Control } from '../support/api.ts';

describe('liveness', () => {
  let control: Control;
  /** When each host fell silent; others are heard all the time. */
  const silentSince = new Map<string, number>();
  const goodbyes = new Set<string>();
  const probes: string[] = [];
  let reachable = false;
  beforeEach(async () => {
    silentSince.clear();
    goodbyes.clear();
    probes.length = 0;
    reachable = false;
    const hearing = (clock: { now(): number }): Hearing => ({
      lastHeardAt: (name) => silentSince.get(name) ?? clock.now(),
      goodbye: (name) => goodbyes.has(name),
      async probe(via, target) {
        probes.push(`${via}→${target}`);
        return reachable;
      },
    });
    control = await startControl({ hearing });
    for (const name of ['attic', 'cellar', 'shed']) {
      const { status } = aNode(name);
      await control.wait(control.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
      await control.wait(
        control.client.patch({ kind: 'Node', name }, 'strategic', { status }, { subresource: 'status' }),
      );
    }
    await control.clock.advance(1_000);
  });
  afterEach(() => control.stop());

  const node = (name = 'attic') => control.client.get<Node>({ kind: 'Node', name });
  const is = (presence: string) => async () => presenceOf(await node()) === presence;
  const taints = async () => (await node()).spec!.taints?.map(({ key, effect }) => `${key}:${effect}`) ?? [];
  const fallSilent = (name = 'attic') => silentSince.set(name, control.clock.now());

  it('marks a silent host suspect within 3.1 s, unknown within 8.1 s, and takes it back at once', async () => {
    fallSilent();
    const suspectMs = await control.until(is('suspect'));
    assert.ok(suspectMs >= 2_990 && suspectMs <= 3_120, `${suspectMs} ms`);
    await control.clock.advance(50);
    assert.deepEqual(await taints(), ['kith.home.arpa/suspect:NoSchedule']);
    const unknownMs = suspectMs + (await control.until(is('unknown')));
    assert.ok(unknownMs <= 8_200, `${unknownMs} ms`);
    await control.clock.advance(50);
    assert.ok((await taints()).includes('node.kubernetes.io/unreachable:NoExecute'));
    silentSince.delete('attic');
    assert.ok((await control.until(is('ready'))) <= 120);
    await control.clock.advance(50);
    assert.deepEqual(await taints(), []);
  });

  it('asks helpers before it accuses, and believes them', async () => {
    reachable = true;
    fallSilent();
    await control.clock.advance(10_000);
    assert.equal(presenceOf(await node()), 'ready');
    assert.ok(probes.length > 0 && probes.every((probe) => probe.endsWith('→attic')));
    reachable = false;
    assert.ok((await control.until(is('suspect'))) <= 4_200);
  });

  it('gives up a host that it has not heard itself for 15 s, whatever helpers say', async () => {
    reachable = true;
    fallSilent();
    await control.clock.advance(10_000);
    const givenUpMs = 10_000 + (await control.until(is('unknown')));
    assert.ok(givenUpMs >= 14_990 && givenUpMs <= 15_200, `${givenUpMs} ms`);
    silentSince.delete('attic');
    assert.ok((await control.until(is('ready'))) <= 120);
  });

  it('tells a goodbye from a cut, at once', async () => {
    goodbyes.add('attic');
    fallSilent();
    assert.ok((await control.until(is('goodbye'))) <= 120);
    const ready = (await node()).status!.conditions!.find(({ type }) => type === 'Ready');
    assert.deepEqual([ready!.status, ready!.reason], ['False', 'Goodbye']);
  });

  it('evicts nobody when two of three fall silent at once, and says so in an Event', async () => {
    fallSilent('attic');
    fallSilent('cellar');
    await control.clock.advance(30_000);
    assert.equal(presenceOf(await node('attic')), 'ready');
    assert.equal(presenceOf(await node('cellar')), 'ready');
    const events = (await control.client.list('Event', { fieldSelector: 'reason=OwnLinkSuspect' })).items;
    assert.ok(events.length >= 1);
  });

  it('suspects each of two that fall silent one after the other', async () => {
    fallSilent('attic');
    await control.clock.advance(15_000);
    fallSilent('cellar');
    await control.clock.advance(5_000);
    assert.equal(presenceOf(await node('cellar')), 'suspect');
  });
});
