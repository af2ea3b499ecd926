import { StoreClosed, StoreCompacted, StoreConflict } from '../../store/errors.ts';
import { StoredEntry } from '../../store/entry.ts';
import type { Entry, Expectation, Store, StoreEvent } from '../../store/store.ts';

/** A watcher further behind than this lists again; at one renewal per node each 10 s it is minutes for a thousand nodes. */
const historyEventsMax = 2_000;

type Listener = Parameters<Store['watch']>[2];

interface Watcher {
  prefix: string;
  cursor: number;
  listener: Listener;
  onEnd: (error: Error) => void;
  isBusy: boolean;
}

/**
 * A store in memory alone, for what is renewed all the time and worth nothing after a restart: node leases. Its revisions
 * are its own; `firstRevision` must grow from one start to the next (wall-clock milliseconds do), so that a version from
 * before the restart is known to be too old.
 */
export function ephemeralStore(
  firstRevision: number,
): Pick<
  Store,
  'revision' | 'get' | 'list' | 'count' | 'put' | 'delete' | 'head' | 'settled' | 'watch' | 'close'
> {
  const live = new Map<string, Entry>();
  let history: StoreEvent[] = [];
  let compactedRevision = firstRevision;
  let revision = firstRevision;
  let isClosed = false;
  const watchers = new Set<Watcher>();

  const judge = (key: string, expect: Expectation | undefined): Entry | undefined => {
    if (isClosed) throw new StoreClosed();
    const head = live.get(key);
    if (expect && 'absent' in expect && head) throw new StoreConflict(key, head, 'it not to exist');
    if (expect && 'revision' in expect && head?.modRevision !== expect.revision)
      throw new StoreConflict(key, head, `revision ${expect.revision}`);
    return head;
  };

  const record = (event: StoreEvent) => {
    revision = event.revision;
    history.push(event);
    // Cut in halves, so that the copy is rare.
    if (history.length > historyEventsMax * 2) {
      compactedRevision = history[historyEventsMax - 1]!.revision;
      history = history.slice(historyEventsMax);
    }
    for (const watcher of watchers) void deliver(watcher);
  };

  const deliver = async (watcher: Watcher) => {
    if (watcher.isBusy) return;
    watcher.isBusy = true;
    try {
      while (watchers.has(watcher) && watcher.cursor < revision) {
        if (watcher.cursor < compactedRevision) throw new StoreCompacted(watcher.cursor, compactedRevision);
        const event = history[watcher.cursor - compactedRevision]!;
        watcher.cursor = event.revision;
        const pause = event.entry.key.startsWith(watcher.prefix) ? watcher.listener(event) : undefined;
        if (pause) await pause;
      }
    } catch (error) {
      if (watchers.delete(watcher)) watcher.onEnd(error as Error);
    } finally {
      watcher.isBusy = false;
    }
  };

  return {
    get revision() {
      return revision;
    },
    get: (key) => live.get(key),
    list(prefix, { after, limit = Infinity } = {}) {
      const found = [...live.values()]
        .filter(({ key }) => key.startsWith(prefix) && (after === undefined || key > after))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1));
      return { entries: found.slice(0, limit), revision, more: found.length > limit };
    },
    count: (prefix) => [...live.keys()].filter((key) => key.startsWith(prefix)).length,
    async put(key, value, expect) {
      const previous = judge(key, expect);
      const next = revision + 1;
      const given = value(next);
      const revisions = { createRevision: previous?.createRevision ?? next, modRevision: next };
      const entry = new StoredEntry(key, revisions, JSON.stringify(given), { value: given });
      live.set(key, entry);
      record({ type: 'put', entry, previous, revision: next });
      return entry;
    },
    async delete(key, expect) {
      const entry = judge(key, expect);
      if (!entry) return revision;
      live.delete(key);
      record({ type: 'delete', entry, revision: revision + 1 });
      return revision;
    },
    head: (key) => live.get(key),
    async settled() {},
    watch(prefix, fromRevision, listener, onEnd) {
      if (isClosed) throw new StoreClosed();
      if (fromRevision < compactedRevision) throw new StoreCompacted(fromRevision, compactedRevision);
      const watcher: Watcher = { prefix, cursor: fromRevision, listener, onEnd, isBusy: false };
      watchers.add(watcher);
      void Promise.resolve().then(() => deliver(watcher));
      return () => void watchers.delete(watcher);
    },
    async close() {
      isClosed = true;
      for (const watcher of watchers) watcher.onEnd(new StoreClosed());
      watchers.clear();
    },
  };
}
