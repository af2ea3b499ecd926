/** One stored value with the revision that wrote it. */
export interface Entry {
  key: string;
  /** A plain JSON value; never mutated by anyone. */
  value: unknown;
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
  /** Resolves with the new revision once durable. Rejects with `StoreConflict` (carrying the head), `StoreFull`, `StoreClosed`. */
  put(key: string, value: (revision: number) => unknown, expect?: Expectation): Promise<Entry>;
  delete(key: string, expect?: Expectation): Promise<number>;
  /** Every event after `fromRevision` under `prefix`, in order, each once. Throws `StoreCompacted` if that is too old. */
  watch(
    prefix: string,
    fromRevision: number,
    listener: (event: StoreEvent) => void,
    onEnd: (error: Error) => void,
  ): () => void;
  /** Forgets history up to and including `revision`; the live entries stay. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}
