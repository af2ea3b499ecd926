import type { KubeObject } from './client.ts';

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
  /** Calls `listener` on every change, with the new (or last) object. Returns how to stop listening. */
  onChange(
    listener: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T, old: T | undefined) => void,
  ): () => void;
  stop(): Promise<void>;
}
