import { isDeepStrictEqual } from 'node:util';
import {
  alreadyExists,
  ApiError,
  conflict,
  internal,
  notFound,
  tooManyRequests,
  unavailable,
} from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { isStoreClosed, isStoreConflict, StoreError, StoreOverloaded } from '../../store/errors.ts';
import type { Entry } from '../../store/store.ts';
import { served, storedForm } from '../custom/served.ts';
import { objectKey } from '../storage/keys.ts';
import type { Storage } from '../storage/storage.ts';
import { isReleased } from './deletion.ts';
import { frozen } from './frozen.ts';
import { atRevision, type Resource } from './metadata.ts';

/** A write without a version is tried again when another came first; a queue of writers this long is a fault of theirs. */
const attemptsMax = 50;

export interface ChangeOptions {
  dryRun: boolean;
  /** Where the writer named the version that it has seen: never try again on another. */
  pinned?: boolean;
}

/** What `change` is to take away, as it is shown for the last time. */
export class Removal {
  readonly last: Resource;

  constructor(last: Resource) {
    this.last = last;
  }
}

/** What became of an object: its new state, or its last one where the write removed it. */
export interface Written {
  object: Resource;
  removed: boolean;
}

/** Puts objects into the store, by compare-and-swap, and words its refusals as the API does. */
export class Writer {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** @throws ApiError (already exists) */
  async create(kind: Kind, object: Resource, { dryRun }: { dryRun: boolean }): Promise<Resource> {
    const { namespace, name } = object.metadata!;
    const shelf = this.#storage.shelf(kind, namespace);
    const key = objectKey(kind, namespace, name!);
    if (dryRun) {
      if (shelf.get(key)) throw alreadyExists(kind, name!);
      return object;
    }
    try {
      const stored = storedForm(kind, object);
      const entry = await shelf.put(key, (revision) => frozen(atRevision(stored, revision)), {
        absent: true,
      });
      return served(kind, entry.value as Resource);
    } catch (error) {
      if (isStoreConflict(error)) throw alreadyExists(kind, name!);
      throw apiErrorOf(error);
    }
  }

  /**
   * Replaces an object by what `compute` makes of it; `compute` runs again on each newer state that gets in between. What
   * changes nothing is not written. What lets go of an object marked for deletion removes it.
   *
   * @throws ApiError (not found, conflict), or what `compute` throws
   */
  async change(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    { dryRun, pinned = false }: ChangeOptions,
    compute: (old: Resource) => Resource | Removal,
  ): Promise<Written> {
    const shelf = this.#storage.shelf(kind, namespace);
    const key = objectKey(kind, namespace, name);
    let entry = shelf.get(key);
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (!entry) throw notFound(kind, name);
      const old = served(kind, entry.value as Resource);
      const next = compute(old);
      const expect = { revision: entry.modRevision };
      try {
        if (next instanceof Removal) {
          const revision = dryRun ? undefined : await shelf.delete(key, expect);
          return { object: revision ? atRevision(next.last, revision) : next.last, removed: true };
        }
        if (isReleased(kind, next)) {
          if (!dryRun) await shelf.delete(key, expect);
          // As in Kubernetes, who lets go is shown what was let go of, at the version that it had.
          return { object: next, removed: true };
        }
        if (dryRun || isSame(old, next)) return { object: next, removed: false };
        const stored = storedForm(kind, next);
        const written: Entry = await shelf.put(
          key,
          (revision) => frozen(atRevision(stored, revision)),
          expect,
        );
        return { object: served(kind, written.value as Resource), removed: false };
      } catch (error) {
        if (!isStoreConflict(error)) throw apiErrorOf(error);
        if (pinned) throw conflict(kind, name);
        // The head may not be durable yet. Our write comes behind it in the log, so ours stands only if it does.
        entry = error.head;
      }
    }
    throw conflict(kind, name, 'too many others write this object at the same moment; please try again');
  }
}

function isSame(old: Resource, next: Resource): boolean {
  if (old === next) return true;
  const version = old.metadata?.resourceVersion;
  return isDeepStrictEqual(old, { ...next, metadata: { ...next.metadata, resourceVersion: version } });
}

/**
 * The store's refusals in the API's words. Clients repeat by themselves what carries a delay, and kubectl for ten seconds without
 * a word: so it goes only with what is surely unwritten and soon over. A full disk waits for a person, and whether a write that
 * failed has survived is unknown: they are told at once.
 */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreOverloaded) return tooManyRequests(error.message);
  if (error instanceof StoreError) return unavailable(error.message, isStoreClosed(error) ? 1 : undefined);
  const failure = internal(error instanceof Error ? error.message : String(error));
  failure.cause = error;
  return failure;
}
