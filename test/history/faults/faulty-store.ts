import type { LogDriver, LogRecord } from '../../../controller/store/log.ts';
import type { Entry, Store } from '../../../controller/store/store.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Random } from '../../../process/random.ts';

/** What a store could do wrong, each as a wrapper of the real one: the checker must find it in what clients see of the server on top. */
export const faults = [
  'stale read',
  'lost update',
  'skipped watch event',
  'write dropped by a kill',
] as const;
export type Fault = (typeof faults)[number];

/** Only the objects of the histories, so that the server itself stays sound. */
const ofHistory = (key: string) => /^\/(core\/configmaps|coordination\.k8s\.io\/leases)\/history\//.test(key);

/** Reads that are answered from a copy instead, and how old that copy may be. */
const staleShare = 0.05;
const staleMs = 20;
const skippedShare = 0.01;
/** How much later than its answer a write reaches the disk. */
const lateMs = 25;

interface Chance {
  clock: Clock;
  random: Random;
  /** Which keys the fault is in. @default those of the recorded histories */
  hits?: (key: string) => boolean;
}

export function faultyStore(fault: Fault | undefined, store: Store, chance: Chance): Store {
  if (fault === 'stale read') return withStaleReads(store, chance);
  if (fault === 'lost update') return withLostUpdates(store, chance);
  if (fault === 'skipped watch event') return withSkippedEvents(store, chance);
  return store;
}

export function faultyDriver(fault: Fault | undefined, driver: LogDriver, { clock }: Chance): LogDriver {
  return fault === 'write dropped by a kill' ? withEarlyAnswers(driver, clock) : driver;
}

/** As a cache that lags behind its source. */
function withStaleReads(store: Store, { clock, random, hits = ofHistory }: Chance): Store {
  let copy = { entries: new Map<string, Entry>(), revision: 0, at: -Infinity };
  const refresh = () => {
    if (clock.now() - copy.at < staleMs) return;
    const { entries, revision } = store.list('/');
    copy = { entries: new Map(entries.map((entry) => [entry.key, entry])), revision, at: clock.now() };
  };
  const isStale = (key: string) => {
    refresh();
    return hits(key) && random.next() < staleShare;
  };
  return over(store, {
    get: (key) => (isStale(key) ? copy.entries.get(key) : store.get(key)),
    list: (prefix, options = {}) =>
      isStale(prefix)
        ? {
            entries: [...copy.entries.values()].filter(({ key }) => key.startsWith(prefix)),
            revision: copy.revision,
            more: false,
          }
        : store.list(prefix, options),
  });
}

/** Compare-and-swap without the comparison: of two who change the same state, the second wins too. */
function withLostUpdates(store: Store, { hits = ofHistory }: Chance): Store {
  return over(store, {
    put: (key, value, expect) =>
      hits(key) && expect && 'revision' in expect ? store.put(key, value) : store.put(key, value, expect),
  });
}

function withSkippedEvents(store: Store, { random, hits = ofHistory }: Chance): Store {
  return over(store, {
    watch: (prefix, from, listener, onEnd) =>
      store.watch(
        prefix,
        from,
        (event) => (hits(event.entry.key) && random.next() < skippedShare ? undefined : listener(event)),
        onEnd,
      ),
  });
}

/** Answers as if the disk had it, a moment before it is handed to the system at all: only a kill can tell. */
function withEarlyAnswers(driver: LogDriver, clock: Clock): LogDriver {
  return {
    name: driver.name,
    async open() {
      const log = await driver.open();
      let waiting: LogRecord[] = [];
      let last = log.state.last.revision;
      let writing: Promise<void> | undefined;
      const write = async () => {
        while (waiting.length > 0) {
          await clock.sleep(lateMs);
          const batch = waiting;
          waiting = [];
          await log.append(batch, last);
          last = batch.at(-1)!.revision;
        }
        writing = undefined;
      };
      const after = <T>(work: () => Promise<T>): Promise<T> => (writing ?? Promise.resolve()).then(work);
      return {
        state: log.state,
        async append(batch) {
          waiting.push(...batch);
          writing ??= write();
          // What fails so late fails for nobody.
          writing.catch(() => {});
        },
        read: (from) => log.read(from),
        compact: (revision, dropped) => after(() => log.compact(revision, dropped)),
        snapshot: () => after(() => log.snapshot()),
        close: () => after(() => log.close()),
      };
    },
  };
}

/** The store with some of its methods replaced; what it tells of itself stays live. */
function over(store: Store, some: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(name in some ? some : target, name) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
