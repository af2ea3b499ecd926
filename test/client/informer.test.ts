import assert from 'node:assert/strict';
import { gone, unavailable } from '../../api/errors.ts';
import type { ConfigMap } from '../../api/types.ts';
import type { Client, KubeObject, ListOptions, ObjectList, WatchEvent } from '../../client/client.ts';
import { informer, type Informer } from '../../client/informer.ts';
import { silentLog } from '../../process/log.ts';
import { seededRandom } from '../../process/random.ts';
import { VirtualClock } from '../../process/virtual-clock.ts';

/** A server that a test can take away, make forget, or fall silent. */
class Upstream {
  objects = new Map<string, ConfigMap>();
  revision = 1;
  isAway = false;
  isForgetful = false;
  isSilent = false;
  lists = 0;
  /** Resolved while there is a link; absent while there is none. */
  link: Promise<void> | undefined = Promise.resolve();
  #connected: (() => void)[] = [];
  watchedFrom: string[] = [];
  #feeds = new Set<{ queue: WatchEvent<KubeObject>[]; wake: () => void; end?: Error | 'ended' }>();

  put(name: string, data: Record<string, string> = {}, uid = `uid-${name}`): void {
    const type = this.objects.has(name) ? 'MODIFIED' : 'ADDED';
    const object: ConfigMap = {
      metadata: { name, namespace: 'default', uid, resourceVersion: String(++this.revision) },
      data,
    };
    this.objects.set(name, object);
    this.tell({ type, object });
  }

  remove(name: string): void {
    const object = this.objects.get(name)!;
    this.objects.delete(name);
    this.tell({
      type: 'DELETED',
      object: { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.revision) } },
    });
  }

  tell(event: WatchEvent<KubeObject>): void {
    if (this.isAway || this.isSilent) return;
    for (const feed of this.#feeds) {
      feed.queue.push(event);
      feed.wake();
    }
  }

  cut(end: Error | 'ended'): void {
    for (const feed of this.#feeds) {
      feed.end = end;
      feed.wake();
    }
  }

  connect(): void {
    this.link = Promise.resolve();
    for (const tell of this.#connected.splice(0)) tell();
  }

  readonly client = {
    reachable: () => this.link ?? new Promise<void>((resolve) => this.#connected.push(resolve)),
    list: async (_kind: string, _options?: ListOptions): Promise<ObjectList<KubeObject>> => {
      this.lists++;
      if (this.isAway) throw unavailable('away');
      return { items: [...this.objects.values()], metadata: { resourceVersion: String(this.revision) } };
    },
    watch: (_kind: string, { resourceVersion, signal }: { resourceVersion?: string; signal: AbortSignal }) =>
      this.#watch(resourceVersion ?? '', signal),
  } as unknown as Client;

  async *#watch(resourceVersion: string, signal: AbortSignal): AsyncGenerator<WatchEvent<KubeObject>> {
    this.watchedFrom.push(resourceVersion);
    if (this.isAway) throw unavailable('away');
    if (this.isForgetful) {
      this.isForgetful = false;
      throw gone('too old');
    }
    const feed: { queue: WatchEvent<KubeObject>[]; wake: () => void; end?: Error | 'ended' } = {
      queue: [],
      wake: () => {},
    };
    this.#feeds.add(feed);
    signal.addEventListener('abort', () => feed.wake(), { once: true });
    try {
      while (!signal.aborted) {
        const next = feed.queue.shift();
        if (next) yield next;
        else if (feed.end === 'ended') return;
        else if (feed.end) throw feed.end;
        else await new Promise<void>((resolve) => (feed.wake = resolve));
      }
    } finally {
      this.#feeds.delete(feed);
    }
  }
}

describe('an informer', () => {
  let clock: VirtualClock;
  let upstream: Upstream;
  let copy: Informer<ConfigMap>;
  let changes: string[];
  const begin = () => {
    copy = informer<ConfigMap>(
      upstream.client,
      'ConfigMap',
      {},
      { clock, random: seededRandom(1), log: silentLog },
    );
    copy.onChange((type, object, old) =>
      changes.push(`${type} ${object.metadata!.name}${old ? ` was ${old.metadata!.resourceVersion}` : ''}`),
    );
  };
  const names = () =>
    copy
      .all()
      .map(({ metadata }) => metadata!.name)
      .toSorted();
  beforeEach(() => {
    clock = new VirtualClock();
    upstream = new Upstream();
    changes = [];
  });
  afterEach(() => copy.stop());

  it('lists, then follows what happens', async () => {
    upstream.put('a');
    begin();
    assert.equal(copy.synced, false);
    await clock.advance(1);
    await copy.ready();
    upstream.put('b');
    upstream.put('a', { x: 'y' });
    upstream.remove('b');
    await clock.advance(1);
    assert.deepEqual(changes, ['ADDED a', 'ADDED b', 'MODIFIED a was 2', 'DELETED b was 3']);
    assert.deepEqual(copy.get('default', 'a')!.data, { x: 'y' });
    assert.equal(upstream.lists, 1);
  });

  it('goes on from where it was when the watch breaks, without a new list', async () => {
    upstream.put('a');
    begin();
    await clock.advance(1);
    upstream.cut(unavailable('reset'));
    await clock.advance(1_000);
    upstream.put('b');
    await clock.advance(1);
    assert.deepEqual(names(), ['a', 'b']);
    assert.equal(upstream.lists, 1);
    assert.deepEqual(upstream.watchedFrom, ['2', '2']);
  });

  it('lists again after 410, and tells exactly what changed meanwhile', async () => {
    for (const name of ['stays', 'changes', 'goes', 'returns']) upstream.put(name);
    begin();
    await clock.advance(1);
    changes = [];
    upstream.isSilent = true;
    upstream.put('changes', { x: 'y' });
    upstream.remove('goes');
    upstream.remove('returns');
    upstream.put('returns', {}, 'another-uid');
    upstream.put('comes');
    upstream.isSilent = false;
    upstream.isForgetful = true;
    upstream.cut(unavailable('reset'));
    await clock.advance(2_000);
    assert.deepEqual(changes.toSorted(), [
      'ADDED comes',
      'ADDED returns',
      'DELETED goes was 4',
      'DELETED returns was 5',
      'MODIFIED changes was 3',
    ]);
    assert.equal(upstream.lists, 2);
  });

  it('keeps its last state while the server is away, tells its age and why, and is back within 5 s of its return', async () => {
    upstream.put('a');
    begin();
    await clock.advance(1);
    upstream.isAway = true;
    upstream.cut(unavailable('reset'));
    const since = copy.lastSyncAt;
    await clock.advance(600_000);
    assert.deepEqual(names(), ['a']);
    assert.equal(copy.lastSyncAt, since);
    assert.match(copy.lastError!.message, /away/);
    upstream.put('b');
    upstream.isAway = false;
    upstream.isForgetful = true;
    await clock.advance(5_000 * 2);
    assert.deepEqual(names(), ['a', 'b']);
    upstream.tell({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(upstream.revision) } } });
    await clock.advance(1);
    assert.equal(copy.lastError, undefined);
    assert.ok(clock.now() - copy.lastSyncAt <= 1);
  });

  it('does not knock more often than every few seconds on a server that is away', async () => {
    upstream.isAway = true;
    begin();
    await clock.advance(60_000);
    assert.ok(upstream.lists >= 15 && upstream.lists <= 60, `${upstream.lists} lists in a minute`);
  });

  it('asks nobody while there is no link, and at once when there is one again', async () => {
    upstream.put('a');
    upstream.isAway = true;
    upstream.link = undefined;
    begin();
    await clock.advance(600_000);
    assert.equal(upstream.lists, 0);
    upstream.isAway = false;
    upstream.connect();
    await clock.advance(1);
    assert.deepEqual(names(), ['a']);
    // The control: without a word about links only the next try finds out.
    upstream.isAway = true;
    upstream.cut(unavailable('reset'));
    await clock.advance(600_000);
    upstream.put('b');
    upstream.isAway = false;
    await clock.advance(1);
    assert.deepEqual(names(), ['a']);
  });

  it('takes a watch that is silent for too long for dead', async () => {
    upstream.put('a');
    begin();
    await clock.advance(1);
    upstream.isSilent = true;
    await clock.advance(60_000);
    assert.ok(upstream.watchedFrom.length >= 2);
    // The control: bookmarks keep one alive.
    upstream.isSilent = false;
    const before = upstream.watchedFrom.length;
    for (let second = 0; second < 120; second += 15) {
      upstream.tell({
        type: 'BOOKMARK',
        object: { metadata: { resourceVersion: String(upstream.revision) } },
      });
      await clock.advance(15_000);
    }
    assert.ok(upstream.watchedFrom.length <= before + 1);
  });

  it('goes on where a listener throws', async () => {
    begin();
    copy.onChange(() => {
      throw new Error('a listener of the test');
    });
    await clock.advance(1);
    upstream.put('a');
    upstream.put('b');
    await clock.advance(1);
    assert.deepEqual(names(), ['a', 'b']);
    assert.equal(upstream.lists, 1);
  });

  it('stops at once, also while it waits', async () => {
    upstream.isAway = true;
    begin();
    await clock.advance(1_000);
    await copy.stop();
    const { lists } = upstream;
    await clock.advance(60_000);
    assert.equal(upstream.lists, lists);
  });
});
