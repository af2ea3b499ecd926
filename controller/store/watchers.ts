import { StoreCompacted } from './errors.ts';
import type { History } from './history.ts';
import type { StoreListener } from './store.ts';

interface Watcher {
  prefix: string;
  /** Everything up to here was delivered or did not concern it. */
  cursor: number;
  listener: StoreListener;
  onEnd: (error: Error) => void;
  /** Delivering, or waiting for its listener: only one delivery at a time keeps the order. */
  isBusy: boolean;
}

/**
 * Hands durable events to listeners. Each watcher has its own cursor in the one history, so nothing is queued per watcher, and
 * one whose listener returns a promise is waited for without holding up the rest; if it falls behind the history it ends.
 */
export class Watchers {
  readonly #history: History;
  readonly #durableRevision: () => number;
  readonly #watchers = new Set<Watcher>();

  constructor(history: History, durableRevision: () => number) {
    this.#history = history;
    this.#durableRevision = durableRevision;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** Begins after `fromRevision`; the first event arrives after the caller has its way to cancel. */
  add(
    prefix: string,
    fromRevision: number,
    listener: StoreListener,
    onEnd: (error: Error) => void,
  ): () => void {
    this.#refuseTooOld(fromRevision);
    const watcher: Watcher = { prefix, cursor: fromRevision, listener, onEnd, isBusy: false };
    this.#watchers.add(watcher);
    void Promise.resolve().then(() => this.#deliver(watcher));
    return () => void this.#watchers.delete(watcher);
  }

  deliver(): void {
    for (const watcher of this.#watchers) void this.#deliver(watcher);
  }

  endAll(error: Error): void {
    for (const watcher of this.#watchers) this.#end(watcher, error);
  }

  async #deliver(watcher: Watcher): Promise<void> {
    if (watcher.isBusy) return;
    watcher.isBusy = true;
    try {
      while (this.#watchers.has(watcher) && watcher.cursor < this.#durableRevision()) {
        this.#refuseTooOld(watcher.cursor);
        const pause = this.#run(watcher);
        if (pause) await pause;
      }
    } catch (error) {
      this.#end(watcher, error instanceof Error ? error : new Error(String(error)));
    } finally {
      watcher.isBusy = false;
    }
  }

  /** Delivers until the end of history, or until the listener asks to be waited for. */
  #run(watcher: Watcher): Promise<void> | undefined {
    const until = this.#durableRevision();
    for (const event of this.#history.after(watcher.cursor)) {
      watcher.cursor = event.revision;
      const key = event.entry.key;
      if (!key.startsWith(watcher.prefix)) continue;
      const pause = watcher.listener(event);
      if (pause) return pause;
      if (!this.#watchers.has(watcher)) return undefined;
    }
    watcher.cursor = Math.max(watcher.cursor, until);
    return undefined;
  }

  #refuseTooOld(cursor: number): void {
    const { compactedRevision } = this.#history;
    if (cursor < compactedRevision) throw new StoreCompacted(cursor, compactedRevision);
  }

  #end(watcher: Watcher, error: Error): void {
    if (this.#watchers.delete(watcher)) watcher.onEnd(error);
  }
}
