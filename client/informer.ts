import { isApiError, isGone } from '../api/errors.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { jittered, type Random } from '../process/random.ts';
import type { Client, KubeObject, ListOptions } from './client.ts';

export type InformerListener<T extends KubeObject> = (
  type: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: T,
  old: T | undefined,
) => void;

/**
 * A live copy of one list: list, then watch, then list again whenever the watch cannot go on. It never gives up; while
 * the server is away it keeps the last state and `lastSyncAt` tells its age.
 */
export interface Informer<T extends KubeObject> {
  /** The current copy, in no particular order. */
  all(): T[];
  get(namespace: string | undefined, name: string): T | undefined;
  /** True once the first list is in. */
  readonly synced: boolean;
  /** Resolves once the first list is in. */
  ready(): Promise<void>;
  /** `clock.now()` of the last word from the server (event, bookmark or list). */
  readonly lastSyncAt: number;
  /** Why the watch is down, while it is. */
  readonly lastError: Error | undefined;
  /** `clock.now()` at which the server is asked again, while it is waited for. */
  readonly nextTryAt?: number | undefined;
  /** Calls `listener` on every change, with the new (or last) object. Returns how to stop listening. */
  onChange(listener: InformerListener<T>): () => void;
  stop(): Promise<void>;
}

/** Back within 5 s of the server's return, whatever happened before: the longest wait, jittered, stays below that. */
const retryMs = { first: 250, max: 3_000 };
/** The server sends bookmarks every 15 s. A watch that is silent for longer than two of them is not alive. */
const silenceMsMax = 40_000;

/**
 * Starts an informer.
 *
 * @example
 *     const pods = informer<Pod>(client, 'Pod', { fieldSelector: 'spec.nodeName=attic' }, { clock, random, log });
 *     pods.onChange((type, pod) => reconcile(type, pod));
 *     await pods.ready();
 */
export function informer<T extends KubeObject>(
  client: Client,
  kind: string,
  options: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>,
  { clock, random, log }: { clock: Clock; random: Random; log: Log },
): Informer<T> {
  const objects = new Map<string, T>();
  const listeners = new Set<InformerListener<T>>();
  const stopping = new AbortController();
  let synced = false;
  let lastSyncAt = clock.now();
  let lastError: Error | undefined;
  let nextTryAt: number | undefined;
  let resourceVersion = '';
  let announceReady!: () => void;
  const firstList = new Promise<void>((resolve) => (announceReady = resolve));

  const heard = () => {
    lastSyncAt = clock.now();
    lastError = undefined;
  };
  const tell: InformerListener<T> = (type, object, old) => {
    for (const listener of listeners) {
      try {
        listener(type, object, old);
      } catch (error) {
        log.error(`a listener to ${kind} failed`, { type, name: object.metadata?.name, error });
      }
    }
  };
  const set = (object: T) => {
    const key = keyOf(object.metadata?.namespace, object.metadata?.name);
    const old = objects.get(key);
    // After a new list or a resumed watch the same version may come again: nothing has changed.
    if (old && old.metadata?.resourceVersion === object.metadata?.resourceVersion) return;
    objects.set(key, object);
    tell(old ? 'MODIFIED' : 'ADDED', object, old);
  };
  const remove = (key: string, last: T) => {
    const old = objects.get(key);
    if (objects.delete(key)) tell('DELETED', last, old);
  };

  async function relist(): Promise<void> {
    const list = await client.list<T>(kind, { ...options, signal: stopping.signal });
    if (stopping.signal.aborted) return;
    const present = new Map(
      list.items.map((item) => [keyOf(item.metadata?.namespace, item.metadata?.name), item]),
    );
    for (const [key, old] of objects) {
      const now = present.get(key);
      // Gone, or deleted and made again under the same name while we did not look: the old one must be seen to go.
      if (!now || now.metadata?.uid !== old.metadata?.uid) remove(key, old);
    }
    for (const item of present.values()) set(item);
    resourceVersion = list.metadata.resourceVersion;
    heard();
    synced = true;
    announceReady();
  }

  async function watchOn(): Promise<void> {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    stopping.signal.addEventListener('abort', stop, { once: true });
    let silent = false;
    let lastWordAt = clock.now();
    const silence = clock.every(silenceMsMax / 4, () => {
      if (clock.now() - lastWordAt < silenceMsMax) return;
      silent = true;
      attempt.abort();
    });
    try {
      for await (const event of client.watch<T>(kind, {
        ...options,
        resourceVersion,
        signal: attempt.signal,
      })) {
        lastWordAt = clock.now();
        heard();
        if (event.type === 'ERROR') throw new Error(event.object.message ?? 'the watch failed');
        resourceVersion = event.object.metadata?.resourceVersion ?? resourceVersion;
        if (event.type === 'BOOKMARK') continue;
        if (event.type === 'DELETED')
          remove(keyOf(event.object.metadata?.namespace, event.object.metadata?.name), event.object);
        else set(event.object);
      }
      if (silent) throw new Error(`no word on ${kind} for ${silenceMsMax / 1000} s`);
    } finally {
      silence.cancel();
      stopping.signal.removeEventListener('abort', stop);
    }
  }

  async function run(): Promise<void> {
    let waitMs = retryMs.first;
    let listed = false;
    while (!stopping.signal.aborted) {
      // Without a link there is nothing to try; with a new one nothing to wait for.
      await client.reachable?.(stopping.signal).catch(() => {});
      if (stopping.signal.aborted) return;
      const startedAt = clock.now();
      try {
        if (!listed) {
          await relist();
          listed = true;
          waitMs = retryMs.first;
        }
        if (stopping.signal.aborted) return;
        await watchOn();
        // The server ended the watch in good order. If it does so at once, again and again, we still wait in between.
        if (clock.now() - startedAt > retryMs.max) continue;
      } catch (error) {
        if (stopping.signal.aborted) return;
        lastError = error as Error;
        if (isGone(error) || isFuture(error)) {
          listed = false;
          log.debug(`${kind} is listed again`, { why: lastError.message });
        } else {
          log.debug(`the watch on ${kind} is down`, { why: lastError.message });
        }
        if (clock.now() - startedAt > retryMs.max) waitMs = retryMs.first;
      }
      if (stopping.signal.aborted) return;
      const pauseMs = jittered(random, waitMs);
      nextTryAt = clock.now() + pauseMs;
      await clock.sleep(pauseMs, stopping.signal).catch(() => {});
      nextTryAt = undefined;
      waitMs = Math.min(waitMs * 2, retryMs.max);
    }
  }
  const running = run();

  return {
    all: () => [...objects.values()],
    get: (namespace, name) => objects.get(keyOf(namespace, name)),
    get synced() {
      return synced;
    },
    ready: () => firstList,
    get lastSyncAt() {
      return lastSyncAt;
    },
    get lastError() {
      return lastError;
    },
    get nextTryAt() {
      return nextTryAt;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopping.abort();
      listeners.clear();
      await running;
    },
  };
}

/** The server has lost, or not yet read, the version that we saw last: it was restored, or another one answers. */
function isFuture(error: unknown): boolean {
  return isApiError(error) && error.status.code === 504;
}

function keyOf(namespace: string | undefined, name: string | undefined): string {
  return `${namespace ?? ''}/${name ?? ''}`;
}
