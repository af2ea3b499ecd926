import type { ConfigMap, Status } from '../../../api/types.ts';
import type { Chapter, Item, WatchEvent } from '../checker/history.ts';
import { NoAnswer, type Answered, type Connection, type Place } from './api.ts';
import { collection, itemOf } from './objects.ts';

const knockEveryMs = 20;
const initialEventsEnd = 'k8s.io/initial-events-end';

interface WireEvent {
  type: WatchEvent['type'] | 'ERROR';
  object: ConfigMap & Status;
}

/**
 * One watcher, as an informer is: a state, then events from its version; after each cut on from the last version that it heard of, after
 * a 410 from a new state. With `streams` the state comes by the watch itself (`sendInitialEvents`), else by a list.
 */
export class RecordedWatcher {
  readonly chapters: Chapter[] = [];
  /** How far it has come. */
  version = 0;
  readonly #place: Place;
  readonly #connection: Connection;
  readonly #streams: boolean;
  readonly #awayMs: () => number;
  readonly #stop = new AbortController();

  /** @param options.awayMs how long it stays away after a cut */
  constructor(place: Place, options: { streams: boolean; awayMs: () => number }) {
    this.#place = place;
    this.#streams = options.streams;
    this.#awayMs = options.awayMs;
    this.#connection = place.connect();
  }

  async run(): Promise<void> {
    let hasState = false;
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#streams) hasState = await this.#watch(hasState);
        else {
          hasState ||= await this.#list();
          if (hasState) hasState = await this.#watch(true);
        }
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        await this.#place.sleep(knockEveryMs);
      }
    }
    this.#connection.close();
  }

  stop(): void {
    this.#stop.abort();
  }

  async #list(): Promise<boolean> {
    const calledAt = this.#place.now();
    const { status, json } = await this.#connection.ask('GET', collection);
    if (status !== 200) {
      if (status >= 500 || status === 429) return false;
      throw new Error(`a list was answered ${status}: ${JSON.stringify(json)}`);
    }
    const { metadata, items } = json as { metadata: { resourceVersion: string }; items: ConfigMap[] };
    this.#begin(Number(metadata.resourceVersion), items.map(itemOf), calledAt);
    return true;
  }

  #begin(version: number, items: Item[], calledAt: number): void {
    this.version = version;
    this.chapters.push({ is: 'state', version, items, calledAt, returnedAt: this.#place.now() });
  }

  /** Whether what it knows is still a state to go on from. */
  async #watch(isResumed: boolean): Promise<boolean> {
    const query = new URLSearchParams({ watch: 'true', allowWatchBookmarks: 'true' });
    if (isResumed) query.set('resourceVersion', String(this.version));
    else {
      query.set('sendInitialEvents', 'true');
      query.set('resourceVersionMatch', 'NotOlderThan');
    }
    const calledAt = this.#place.now();
    let chapter: Extract<Chapter, { is: 'events' }> | undefined;
    const begin = () =>
      this.chapters.push((chapter = { is: 'events', from: this.version, events: [], end: 'cut' }));
    if (isResumed) begin();
    const initial: Item[] = [];
    let isGone = false;
    const hear = (line: string) => {
      const { type, object } = JSON.parse(line) as WireEvent;
      if (type === 'ERROR') {
        isGone = isExpiry({ status: object.code ?? 0, json: object });
        return;
      }
      const version = Number(object.metadata!.resourceVersion);
      const heardAt = this.#place.now();
      if (chapter) {
        const item = type === 'BOOKMARK' ? {} : { item: itemOf(object) };
        chapter.events.push({ type, version, heardAt, ...item });
        this.version = Math.max(this.version, version);
      } else if (type === 'BOOKMARK' && object.metadata!.annotations?.[initialEventsEnd] === 'true') {
        this.#begin(version, initial, calledAt);
        begin();
      } else if (type === 'ADDED') initial.push(itemOf(object));
      else throw new Error(`a ${type} before the state was told: ${line}`);
    };
    const { signal } = this.#stop;
    try {
      const answered = await this.#connection.watch(`${collection}?${query}`, hear, signal);
      isGone ||= isExpiry(answered);
      if (chapter) chapter.end = isGone ? 'gone' : 'closed';
      if (answered.status !== 200 && !isGone && answered.status < 500 && answered.status !== 429)
        throw new Error(`a watch was answered ${answered.status}: ${JSON.stringify(answered.json)}`);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (!signal.aborted) await this.#place.sleep(this.#awayMs());
    }
    return chapter !== undefined && !isGone;
  }
}

/** A 410 that a client can tell: code, and a reason that says so. */
function isExpiry({ status, json }: Answered): boolean {
  const { reason, code } = json as Status;
  return status === 410 && code === 410 && (reason === 'Expired' || reason === 'Gone');
}
