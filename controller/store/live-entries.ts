import type { Change } from './change.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { Entry, StoreEvent } from './store.ts';

/** Every live key in memory, sorted: the state that the durable records add up to. */
export class LiveEntries {
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new SortedKeys();

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  list(prefix: string, after: string | undefined, limit: number): { entries: Entry[]; more: boolean } {
    const entries: Entry[] = [];
    // No string sorts between `after` and `after` with a zero behind it.
    const from = after !== undefined && after >= prefix ? `${after}\0` : prefix;
    for (const key of this.#keys.from(from)) {
      if (!key.startsWith(prefix)) break;
      if (entries.length >= limit) return { entries, more: true };
      entries.push(this.#entries.get(key)!);
    }
    return { entries, more: false };
  }

  count(prefix: string): number {
    // No key has the last of all letters.
    return this.#keys.rank(`${prefix}\uffff`) - this.#keys.rank(prefix);
  }

  /** Takes the next durable change in, and says what watchers are to hear of it. */
  apply(revision: number, change: Change): StoreEvent | undefined {
    if (change.type === 'restore') return undefined;
    const key = change.type === 'put' ? change.entry.key : change.key;
    const previous = this.#entries.get(key);
    if (change.type === 'delete') {
      if (!previous) return undefined;
      this.#entries.delete(key);
      this.#keys.remove(key);
      return { type: 'delete', entry: previous, revision };
    }
    const { entry } = change;
    this.#entries.set(key, entry);
    if (!previous) this.#keys.add(key);
    return { type: 'put', entry, previous, revision };
  }
}
