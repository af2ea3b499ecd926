import type { ObjectMeta, Status } from '../api/types.ts';

/** Any API object: what every kind has in common. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

/** Names one object. `kind` is enough to find its group and version (`api/kinds.ts`). */
export interface ObjectRef {
  kind: string;
  namespace?: string;
  name: string;
}

export interface ListOptions {
  /** Absent: all namespaces. */
  namespace?: string;
  /** As in kubectl: `app=hello,tier!=db`. */
  labelSelector?: string;
  /** As in kubectl: `spec.nodeName=attic`. */
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  signal?: AbortSignal;
}

export interface ObjectList<T extends KubeObject> {
  items: T[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

export type WatchEvent<T extends KubeObject> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; object: KubeObject }
  | { type: 'ERROR'; object: Status };

export type PatchType = 'json' | 'merge' | 'strategic';
export type Subresource = 'status' | 'scale' | 'binding' | 'eviction' | 'finalize';

export interface WriteOptions {
  subresource?: Subresource;
  fieldManager?: string;
  /** Judge the write, and answer as if it were done, but store nothing. */
  dryRun?: boolean;
  /** Only with `dryRun`: judge it as if its namespace were there, because the same input is about to make it. */
  isNamespaceToCome?: boolean;
  /** What becomes of fields that the schema does not know. @default 'Strict' */
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  signal?: AbortSignal;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}

/**
 * The API as every program of kith sees it: over TLS (`cli`), over Noise (`agent`, `gateway`) or by a direct call (the
 * controllers inside the controller). Every refusal is an `ApiError` (`api/errors.ts`) that callers ask about by
 * `isNotFound(error)`, `isConflict(error)` and the like.
 */
export interface Client {
  get<T extends KubeObject>(ref: ObjectRef): Promise<T>;
  list<T extends KubeObject>(kind: string, options?: ListOptions): Promise<ObjectList<T>>;
  create<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T>;
  /** Replaces; `metadata.resourceVersion`, where set, must be the stored one. */
  update<T extends KubeObject>(object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions,
  ): Promise<T>;
  /** Resolves once the deletion is recorded; "already gone" is success where `isNotFound` is caught by the caller. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /**
   * Yields events after `resourceVersion` until `signal` aborts or the server ends the watch. Throws an `ApiError` with
   * `isGone(error)` where the version is too old: list again. Bookmarks are yielded.
   */
  watch<T extends KubeObject>(
    kind: string,
    options: Omit<ListOptions, 'limit' | 'continue'> & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>;
  /**
   * Resolves once a request has a chance of reaching the server; rejects with the signal's reason. Absent where only a request
   * can tell. Who waits so needs no backoff for the time without a link, and asks as soon as there is one.
   */
  reachable?(signal: AbortSignal): Promise<unknown>;
}
