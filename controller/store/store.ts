/** One stored value with the revision that wrote it. */
export interface Entry {
  key: string;
  /** A plain JSON value; never mutated by anyone. */
  readonly value: unknown;
  /** The same as JSON. */
  readonly json: string;
  createRevision: number;
  modRevision: number;
}

export type StoreEvent =
  | { type: 'put'; entry: Entry; previous: Entry | undefined; revision: number }
  | { type: 'delete'; entry: Entry; revision: number };

export type Expectation =
  /** Must not exist. */
  | { absent: true }
  /** Must exist at this very revision. */
  | { revision: number };

/**
 * Hears one event. If it returns a promise, this watch waits for it before the next event; other watches do not. One that
 * throws, rejects or falls behind the history ends, and `onEnd` is told why.
 */
export type StoreListener = (event: StoreEvent) => void | Promise<void>;

/**
 * What the API server builds on: keys and JSON values under one revision counter, which is the `resourceVersion` clients see.
 *
 * Compare-and-swap is judged against the pending head, so two writes in flight cannot both win. Reads and watches see only
 * what is durable. If a batch cannot be written, every pending write fails and the store reloads what is on disk.
 */
export interface Store {
  /** The last durable revision. */
  readonly revision: number;
  /** Watches from before this are refused. */
  readonly compactedRevision: number;
  get(key: string): Entry | undefined;
  /** Entries whose key begins with `prefix`, sorted by key, as one consistent cut at `revision`. */
  list(
    prefix: string,
    options?: { after?: string; limit?: number },
  ): { entries: Entry[]; revision: number; more: boolean };
  /** How many keys begin with `prefix`; costs next to nothing. */
  count(prefix: string): number;
  /**
   * Resolves with the new entry once durable. `value` gets the revision it will have and must return plain JSON.
   * Rejects with `StoreConflict` (carrying the head), `StoreFull`, `StoreFailed` (outcome unknown), `StoreClosed`.
   */
  put(key: string, value: (revision: number) => unknown, expect?: Expectation): Promise<Entry>;
  /** Resolves with the revision that removed the key, once durable. Already gone is success, unless `expect` names a revision. */
  delete(key: string, expect?: Expectation): Promise<number>;
  /** What stands there once all that is on its way is durable: for what must not be overtaken, never to be shown. */
  head(key: string): Entry | undefined;
  /** Resolves once each write that was let in before is durable or has failed: what a `StoreConflict` told of is then to be read, or void. */
  settled(): Promise<void>;
  /** Every event after `fromRevision` under `prefix`, in order, each once. Throws `StoreCompacted` if that is too old. */
  watch(
    prefix: string,
    fromRevision: number,
    listener: StoreListener,
    onEnd: (error: Error) => void,
  ): () => void;
  /** Forgets history up to and including `revision`; the live entries stay. */
  compact(revision: number): Promise<void>;
  /** Why writes are refused at the moment (a full disk, a failing one); undefined while all is well. For readiness probes. */
  readonly trouble: Error | undefined;
  /** Keeps a copy for a later restore beside the log, besides those made by itself; says where. */
  snapshot(): Promise<string>;
  /** Waits for what is on its way to disk, ends every watch with `StoreClosed`, gives the log free. */
  close(): Promise<void>;
}
