import { badRequest, gone, notFound } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../client/client.ts';
import type { Clock, Timer } from '../../../process/clock.ts';
import { isStoreCompacted } from '../../store/errors.ts';
import type { Entry } from '../../store/store.ts';
import { served } from '../custom/served.ts';
import { collectionKey, objectKey } from '../storage/keys.ts';
import { decodeContinue, encodeContinue, Pages } from '../storage/pages.ts';
import { parseResourceVersion, reached } from '../storage/resource-version.ts';
import { selectionOf, type Selection } from '../storage/selection.ts';
import type { Storage } from '../storage/storage.ts';
import { WatchStream } from '../storage/watch-stream.ts';
import type { Resource } from './metadata.ts';

export interface ListQuery {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
  resourceVersion?: string | undefined;
  resourceVersionMatch?: string | undefined;
}

export interface WatchQuery extends Omit<ListQuery, 'limit' | 'continue'> {
  allowWatchBookmarks?: boolean;
  sendInitialEvents?: boolean;
}

export interface Listing {
  items: Resource[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

/** A list, or one page of it, as its objects lie in the store. */
export interface Page {
  entries: readonly Entry[];
  metadata: Listing['metadata'];
}

/** An informer's age is told by these when nothing else happens; half a minute of silence means a dead watch. */
const bookmarkEveryMs = 15_000;
/** Of a list to be held in memory so many are read at once: some 20 ms. */
const listedAtOnceMax = 1_000;
const initialEventsEnd = 'k8s.io/initial-events-end';
/** With the end of the state comes the empty list that it would have been, for clients that make a list of it. */
const blueprint = 'kubernetes.io/initial-events-list-blueprint';

/** Get, list and watch: what is durable, and nothing else. */
export class Reader {
  readonly storage: Storage;
  readonly #clock: Clock;
  readonly #pages = new Pages();
  readonly #watches = new Map<WatchStream, () => void>();
  readonly #bookmarks: Timer;

  constructor(storage: Storage, clock: Clock) {
    this.storage = storage;
    this.#clock = clock;
    this.#bookmarks = clock.every(bookmarkEveryMs, () => {
      for (const bookmark of this.#watches.values()) bookmark();
    });
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** @throws ApiError (not found) */
  get(kind: Kind, namespace: string | undefined, name: string): Resource {
    const found = this.find(kind, namespace, name);
    if (!found) throw notFound(kind, name);
    return found;
  }

  find(kind: Kind, namespace: string | undefined, name: string): Resource | undefined {
    const found = this.storage.shelf(kind, namespace).get(objectKey(kind, namespace, name))?.value;
    return found === undefined ? undefined : served(kind, found as Resource);
  }

  async list(kind: Kind, query: ListQuery = {}): Promise<Listing> {
    const { entries, metadata } = await this.page(kind, query);
    const items: Resource[] = [];
    for (const { value } of entries) {
      items.push(served(kind, value as Resource));
      // To be read from its letters each may take some twenty microseconds: others get their turn in between.
      if (items.length % listedAtOnceMax === 0) await this.#clock.sleep(0);
    }
    return { items, metadata };
  }

  async page(kind: Kind, query: ListQuery = {}): Promise<Page> {
    const { namespace, limit = 0 } = query;
    const selection = selectionOf(kind, query.labelSelector, query.fieldSelector);
    const [first] = this.storage.shelves(kind, namespace);
    const wanted = parseResourceVersion(query.resourceVersion);
    if (query.continue && wanted)
      throw badRequest('specifying resource version is not allowed when using continue');
    if (wanted) await reached(first!, wanted, this.#clock);
    if (wanted && query.resourceVersionMatch === 'Exact' && wanted !== first!.revision)
      throw gone(
        `too old resource version: ${wanted} (${first!.revision}); list without resourceVersionMatch=Exact`,
      );

    const prefix = collectionKey(kind, namespace);
    const now = this.#cut(kind, namespace);
    const token = query.continue ? decodeContinue(query.continue) : undefined;
    const entries = token ? this.#pages.recall(prefix, token, now) : now.entries;
    const revision = token && token.revision >= 0 ? token.revision : now.revision;
    const page = pageOf(kind, entries, selection, token && prefix + token.start, limit);
    if (page.next !== undefined && !token) this.#pages.remember(prefix, revision, entries);
    return {
      entries: page.entries,
      metadata: {
        resourceVersion: String(revision),
        ...(page.next !== undefined && {
          continue: encodeContinue({ revision, start: `${page.next.slice(prefix.length)}\0` }),
          ...(selection.all && { remainingItemCount: page.remaining }),
        }),
      },
    };
  }

  /**
   * Begins a watch; it ends with `signal`, or with its reader's `end`. Without a version it first tells what is there.
   *
   * @throws ApiError (gone) where the version is too old
   */
  async watch(kind: Kind, query: WatchQuery, signal?: AbortSignal): Promise<WatchStream> {
    const { namespace, allowWatchBookmarks = false } = query;
    const selection = selectionOf(kind, query.labelSelector, query.fieldSelector);
    const prefix = collectionKey(kind, namespace);
    const shelves = this.storage.shelves(kind, namespace);
    const wanted = parseResourceVersion(query.resourceVersion);
    if (wanted) await reached(shelves[0]!, wanted, this.#clock);

    const stream = new WatchStream(selection, kind);
    // sendInitialEvents asks for the state as of now; without a version, Kubernetes sends it too.
    const fromState = query.sendInitialEvents ?? !wanted;
    const froms = shelves.map((shelf, index) => (fromState || index > 0 ? shelf.revision : (wanted ?? 0)));
    const bookmark = (annotations?: Record<string, string>): KubeObject => ({
      kind: kind.kind,
      apiVersion: kind.apiVersion,
      metadata: { resourceVersion: String(shelves[0]!.revision), ...(annotations && { annotations }) },
    });
    if (fromState) {
      for (const { value } of this.#cut(kind, namespace).entries) {
        const object = served(kind, value as KubeObject);
        if (selection.matches(object)) stream.push({ type: 'ADDED', object });
      }
      if (query.sendInitialEvents && allowWatchBookmarks)
        stream.push({
          type: 'BOOKMARK',
          object: bookmark({ [initialEventsEnd]: 'true', [blueprint]: blueprintOf(kind) }),
        });
    }
    try {
      for (const [index, shelf] of shelves.entries())
        stream.onEnd(shelf.watch(prefix, froms[index]!, stream.hear, (error) => stream.end(error)));
    } catch (error) {
      stream.end();
      if (isStoreCompacted(error))
        throw gone(
          `too old resource version: ${wanted} (${error.compactedRevision}): list again and watch from there`,
        );
      throw error;
    }
    const tell = allowWatchBookmarks ? () => stream.bookmark(bookmark()) : () => {};
    this.#watches.set(stream, tell);
    stream.onEnd(() => this.#watches.delete(stream));
    // After the store has replayed what came since: the watcher then knows at once that it is heard.
    if (allowWatchBookmarks) void Promise.resolve().then(tell);
    const abort = () => stream.end();
    if (signal?.aborted) abort();
    else {
      signal?.addEventListener('abort', abort, { once: true });
      stream.onEnd(() => signal?.removeEventListener('abort', abort));
    }
    return stream;
  }

  /** Ends the watches on some kinds in good order: what they show has changed, and who comes back sees it. */
  endWatches(of: (kind: Kind) => boolean): void {
    for (const stream of this.#watches.keys()) if (of(stream.kind)) stream.end();
  }

  /** Ends all watches in good order: their readers come back, here or elsewhere. */
  close(): void {
    this.#bookmarks.cancel();
    for (const stream of this.#watches.keys()) stream.end();
  }

  #cut(kind: Kind, namespace: string | undefined): { entries: Entry[]; revision: number } {
    const prefix = collectionKey(kind, namespace);
    const [first, ...more] = this.storage.shelves(kind, namespace).map((shelf) => shelf.list(prefix));
    if (more.length === 0) return first!;
    const entries = [first!, ...more].flatMap((cut) => cut.entries);
    return { entries: entries.toSorted((a, b) => (a.key < b.key ? -1 : 1)), revision: first!.revision };
  }
}

/** Up to `limit` selected objects from the key `start` on; `next` is the last key given out, where more may follow. */
export function pageOf(
  kind: Kind,
  entries: readonly Entry[],
  selection: Selection,
  start: string | undefined,
  limit: number,
): { entries: Entry[]; next: string | undefined; remaining: number } {
  const found: Entry[] = [];
  let at = start === undefined ? 0 : placeOf(entries, start);
  for (; at < entries.length; at++) {
    const entry = entries[at]!;
    if (!selection.all && !selection.matches(served(kind, entry.value as Resource))) continue;
    if (limit > 0 && found.length === limit)
      return { entries: found, next: entries[at - 1]!.key, remaining: entries.length - at };
    found.push(entry);
  }
  return { entries: found, next: undefined, remaining: 0 };
}

function placeOf(entries: readonly Entry[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function blueprintOf(kind: Kind): string {
  const list = {
    kind: kind.custom?.listKind ?? `${kind.kind}List`,
    apiVersion: kind.apiVersion,
    metadata: {},
    items: null,
  };
  return Buffer.from(`${JSON.stringify(list)}\n`).toString('base64');
}
