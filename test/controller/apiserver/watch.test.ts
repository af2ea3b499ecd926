import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isGone } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import type { ConfigMap, Pod } from '../../../api/types.ts';
import type { KubeObject, WatchEvent } from '../../../client/client.ts';
import { SharedBytes } from '../../../controller/apiserver/storage/shared-bytes.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';
import { configMap, pod, testCluster, type TestCluster } from './cluster.ts';

/** Everything a watch tells until it is still. */
async function collect(
  cluster: TestCluster,
  clock: VirtualClock,
  kind: string,
  options: { resourceVersion?: string; labelSelector?: string; fieldSelector?: string; namespace?: string },
  meanwhile: () => Promise<void> = async () => {},
): Promise<WatchEvent<KubeObject>[]> {
  const stop = new AbortController();
  const events: WatchEvent<KubeObject>[] = [];
  const reading = (async () => {
    for await (const event of cluster.client.watch(kind, { ...options, signal: stop.signal }))
      events.push(event);
  })();
  // Whoever awaits the outcome hears of a refusal; until then it is no one's.
  reading.catch(() => {});
  await clock.advance(1);
  await meanwhile();
  await clock.advance(1);
  stop.abort();
  await reading;
  return events.filter(({ type }) => type !== 'BOOKMARK');
}

type Step = { name: number; verb: 'put' | 'delete'; tier: 'web' | 'db' };
const anyStep: fc.Arbitrary<Step> = fc.record({
  name: fc.integer({ min: 0, max: 4 }),
  verb: fc.constantFrom('put', 'put', 'delete'),
  tier: fc.constantFrom('web', 'db'),
});

describe('a watch', () => {
  let cluster: TestCluster;
  let clock: VirtualClock;
  beforeEach(async () => {
    clock = new VirtualClock();
    cluster = await testCluster(clock);
  });
  afterEach(() => cluster.close());

  async function take({ name, verb, tier }: Step): Promise<void> {
    const ref = { kind: 'ConfigMap', namespace: 'default', name: `c${name}` };
    const isThere = cluster.apiServer.registry.reader.find(kindNamed('ConfigMap'), 'default', ref.name);
    if (verb === 'delete') {
      if (isThere) await cluster.client.delete(ref);
    } else if (isThere) {
      await cluster.client.patch(ref, 'merge', {
        metadata: { labels: { tier } },
        data: { at: String(cluster.store.revision) },
      });
    } else await cluster.client.create(configMap(ref.name, {}, { tier }));
  }

  it('that begins with a list taken at any moment ends with the list taken later, whatever the selector', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { maxLength: 12 }),
        fc.array(anyStep, { maxLength: 12 }),
        fc.constantFrom('', 'tier=web', 'tier!=web'),
        async (before, after, labelSelector) => {
          for (const step of before) await take(step);
          const query = { namespace: 'default', labelSelector };
          const first = await cluster.client.list<ConfigMap>('ConfigMap', query);
          const half = Math.floor(after.length / 2);
          for (const step of after.slice(0, half)) await take(step);
          const { resourceVersion } = first.metadata;
          const events = await collect(
            cluster,
            clock,
            'ConfigMap',
            { ...query, resourceVersion },
            async () => {
              for (const step of after.slice(half)) await take(step);
            },
          );
          const copy = new Map(first.items.map((item) => [item.metadata!.name!, item as KubeObject]));
          let last = Number(resourceVersion);
          for (const { type, object } of events) {
            const { name, resourceVersion: version } = (object as KubeObject).metadata!;
            assert.ok(Number(version) > last, 'versions rise');
            last = Number(version);
            assert.equal(copy.has(name!), type !== 'ADDED', `${type} ${name} fits what was seen before`);
            if (type === 'DELETED') copy.delete(name!);
            else copy.set(name!, object as KubeObject);
          }
          const later = await cluster.client.list<ConfigMap>('ConfigMap', query);
          const byName = (items: KubeObject[]) =>
            items.toSorted((a, b) => (a.metadata!.name! < b.metadata!.name! ? -1 : 1));
          assert.deepEqual(byName([...copy.values()]), byName(later.items));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells that a pod came to a node, and that it left the selection, as ADDED and DELETED', async () => {
    await cluster.client.create(pod('a'));
    const { resourceVersion } = (await cluster.client.list('Pod')).metadata;
    const onAttic = { fieldSelector: 'spec.nodeName=attic', resourceVersion };
    const events = await collect(cluster, clock, 'Pod', onAttic, async () => {
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'a', namespace: 'default' },
        target: { name: 'attic' },
      };
      await cluster.client.create(binding, { subresource: 'binding' });
    });
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED'],
    );
    assert.equal((events[0]!.object as Pod).spec!.nodeName, 'attic');

    const pending = { fieldSelector: 'status.phase=Pending', resourceVersion };
    const left = await collect(cluster, clock, 'Pod', pending, async () => {
      await cluster.client.patch(
        { kind: 'Pod', namespace: 'default', name: 'a' },
        'merge',
        { status: { phase: 'Running' } },
        { subresource: 'status' },
      );
    });
    assert.deepEqual(
      left.map(({ type }) => type),
      ['MODIFIED', 'DELETED'],
    );
    assert.equal((left[1]!.object as Pod).status!.phase, 'Pending', 'as it was last seen');
    assert.equal((left[1]!.object as Pod).metadata!.resourceVersion, String(cluster.store.revision));
  });

  it('is refused with 410 from before what is kept, and works from a fresh list', async () => {
    for (let index = 0; index < 5; index++) await cluster.client.create(configMap(`c${index}`));
    await cluster.store.compact(cluster.store.revision);
    await assert.rejects(collect(cluster, clock, 'ConfigMap', { resourceVersion: '2' }), isGone);
    const { resourceVersion } = (await cluster.client.list('ConfigMap')).metadata;
    const events = await collect(cluster, clock, 'ConfigMap', { resourceVersion }, async () => {
      await cluster.client.create(configMap('new'));
    });
    assert.equal(events.length, 1);
    const overHttp = await cluster.ask('GET', '/api/v1/configmaps?watch=true&resourceVersion=2');
    assert.equal(overHttp.status, 410);
    assert.equal(overHttp.json.reason, 'Expired');
  });

  it('from a version that does not exist yet waits for it, then says that it is too large', async () => {
    const future = String(cluster.store.revision + 1);
    const waiting = cluster.client.list('ConfigMap', { resourceVersion: future });
    await clock.advance(500);
    await cluster.client.create(configMap('a'));
    await clock.advance(500);
    assert.equal((await waiting).items.length, 1);
    const late = cluster.client.list('ConfigMap', { resourceVersion: '999999' });
    late.catch(() => {});
    await clock.advance(4_000);
    await assert.rejects(late, /Too large resource version/);
  });

  it('sends the state first where asked, and marks its end by an annotated bookmark', async () => {
    await cluster.client.create(configMap('a'));
    const path =
      '/api/v1/configmaps?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1';
    const answer = cluster.ask('GET', path);
    await clock.advance(1_100);
    const events = (await answer).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WatchEvent<KubeObject>);
    assert.deepEqual(
      events.slice(0, 2).map(({ type }) => type),
      ['ADDED', 'BOOKMARK'],
    );
    assert.deepEqual((events[1]!.object as KubeObject).metadata!.annotations, {
      'k8s.io/initial-events-end': 'true',
      'kubernetes.io/initial-events-list-blueprint': Buffer.from(
        '{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":null}\n',
      ).toString('base64'),
    });
  });

  it('hears a bookmark when nothing else happens, never ahead of what it was told', async () => {
    const stop = new AbortController();
    const events: WatchEvent<KubeObject>[] = [];
    const reading = (async () => {
      for await (const event of cluster.client.watch('ConfigMap', {
        resourceVersion: String(cluster.store.revision),
        signal: stop.signal,
      }))
        events.push(event);
    })();
    await clock.advance(1);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['BOOKMARK'],
      'at once, so that the watcher knows it is heard',
    );
    await cluster.client.create(pod('elsewhere'));
    await clock.advance(20_000);
    const last = events.at(-1)!;
    assert.equal(last.type, 'BOOKMARK');
    assert.equal((last.object as KubeObject).metadata!.resourceVersion, String(cluster.store.revision));
    stop.abort();
    await reading;
  });

  it('whose reader stands still is held back, and goes on without a gap', async () => {
    const { reader } = cluster.apiServer.registry;
    const stream = await reader.watch(kindNamed('ConfigMap'), {
      resourceVersion: String(cluster.store.revision),
    });
    for (let index = 0; index < 1_500; index++) await cluster.client.create(configMap(`c${index}`));
    let seen = 0;
    const first = (await stream.take())!;
    assert.ok(first.length <= 1_000, `${first.length} waited`);
    seen += first.length;
    while (seen < 1_500) seen += (await stream.take())!.length;
    assert.equal(seen, 1_500);
    stream.end();
  });

  it('whose reader stands still for longer than history is kept is cut with 410', async () => {
    const { reader } = cluster.apiServer.registry;
    const stream = await reader.watch(kindNamed('ConfigMap'), {
      resourceVersion: String(cluster.store.revision),
    });
    for (let index = 0; index < 1_200; index++) await cluster.client.create(configMap(`c${index}`));
    await cluster.store.compact(cluster.store.revision);
    await stream.take();
    await assert.rejects(async () => {
      while (await stream.take());
    }, isGone);
  });

  it('writes an event as bytes once, however many watch', () => {
    const shared = new SharedBytes();
    const object = configMap('a');
    const line = shared.line({ type: 'ADDED', object });
    assert.equal(shared.line({ type: 'ADDED', object }), line);
    assert.equal(JSON.parse(line.toString()).type, 'ADDED');
  });

  it('ends in good order when the server stops', async () => {
    const reading = (async () => {
      for await (const event of cluster.client.watch('ConfigMap', { signal: new AbortController().signal }))
        void event;
    })();
    await clock.advance(1);
    await cluster.apiServer.close();
    await reading;
  });
});

describe('a list', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
    for (let index = 0; index < 10; index++) await cluster.client.create(configMap(`c${index}`));
  });
  afterEach(() => cluster.close());

  it('in pages shows one moment, whatever is written between them', async () => {
    const first = await cluster.client.list('ConfigMap', { limit: 4 });
    assert.equal(first.items.length, 4);
    assert.equal(first.metadata.remainingItemCount, 6);
    await cluster.client.delete({ kind: 'ConfigMap', namespace: 'default', name: 'c7' });
    await cluster.client.create(configMap('c45'));
    const names = first.items.map(({ metadata }) => metadata!.name);
    let next = first.metadata.continue;
    while (next) {
      const page = await cluster.client.list('ConfigMap', { limit: 4, continue: next });
      assert.equal(page.metadata.resourceVersion, first.metadata.resourceVersion);
      names.push(...page.items.map(({ metadata }) => metadata!.name));
      next = page.metadata.continue;
    }
    assert.deepEqual(
      names,
      Array.from({ length: 10 }, (_, index) => `c${index}`),
    );
  });

  it('whose first page is forgotten is refused with 410 and a token to go on from now', async () => {
    const token = (rv: number) =>
      Buffer.from(
        JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: '/core/configmaps/default/c3\0' }),
      ).toString('base64url');
    const refused = await cluster.ask('GET', `/api/v1/configmaps?limit=4&continue=${token(1)}`);
    assert.equal(refused.status, 410);
    const { continue: fresh } = refused.json['metadata'] as { continue: string };
    const answer = await cluster.ask('GET', `/api/v1/configmaps?limit=4&continue=${fresh}`);
    assert.equal((answer.json['items'] as unknown[]).length, 4);
    assert.equal((await cluster.ask('GET', '/api/v1/configmaps?continue=nonsense')).status, 400);
  });

  it('refuses a field that the kind cannot be selected by', async () => {
    const answer = await cluster.ask('GET', '/api/v1/configmaps?fieldSelector=data.x%3Dy');
    assert.equal(answer.status, 400);
    assert.match(answer.json.message!, /"data.x" is not a known field selector/);
    assert.equal(
      (await cluster.ask('GET', '/api/v1/configmaps?fieldSelector=metadata.name%3Dc1')).status,
      200,
    );
  });
});
