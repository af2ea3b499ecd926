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
import type { Shelf, Storage } from '../storage/storage.ts';
import { isReleased } from './deletion.ts';
import { frozen } from './frozen.ts';
import { atRevision, type Resource } from './metadata.ts';

/** A write without a version is tried again when another came first; a queue of writers this long is a fault of theirs. */
const attemptsMax = 50;

const tooMany = 'too many others write this object at the same moment; please try again';

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
    const stored = storedForm(kind, object);
    if (shelf.get(key)) throw alreadyExists(kind, name!);
    if (dryRun) return object;
    try {
      const entry = await shelf.put(key, (revision) => frozen(atRevision(stored, revision)), {
        absent: true,
      });
      return served(kind, entry.value as Resource);
    } catch (error) {
      if (!isStoreConflict(error)) throw apiErrorOf(error);
      // Another one on its way to disk has the name: it is taken once any reader sees that.
      await shelf.settled();
      if (shelf.get(key)) throw alreadyExists(kind, name!);
      // Not tried again from here: what let this one in may no longer hold.
      throw unavailable(`another ${name} was on its way, and did not last`, 1);
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
    { dryRun }: { dryRun: boolean },
    compute: (old: Resource) => Resource | Removal,
  ): Promise<Written> {
    const shelf = this.#storage.shelf(kind, namespace);
    const key = objectKey(kind, namespace, name);
    let entry = shelf.get(key);
    /** Judged by a write that is still on its way to disk. Our own comes behind that one in the log, so ours stands only if it does. */
    let isAhead = false;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      let written: Written | Promise<Written> | undefined;
      try {
        if (!entry) throw notFound(kind, name);
        written = this.#replace(kind, shelf, entry, dryRun, compute);
      } catch (refusal) {
        if (!isAhead) throw refusal;
      }
      if (written instanceof Promise)
        try {
          return await written;
        } catch (error) {
          if (!isStoreConflict(error)) throw apiErrorOf(error);
          entry = error.head;
          isAhead = true;
          continue;
        }
      if (written && !isAhead) return written;
      // A refusal, or that there is nothing to write, would be told of a state that no reader sees yet and a kill may take back.
      await shelf.settled();
      entry = shelf.get(key);
      isAhead = false;
    }
    throw conflict(kind, name, tooMany);
  }

  /** A promise where there is something to write, which rejects as the store does. @throws what `compute` throws */
  #replace(
    kind: Kind,
    shelf: Shelf,
    { key, value, modRevision }: Entry,
    dryRun: boolean,
    compute: (old: Resource) => Resource | Removal,
  ): Written | Promise<Written> {
    const old = served(kind, value as Resource);
    const next = compute(old);
    const expect = { revision: modRevision };
    if (next instanceof Removal) {
      if (dryRun) return { object: next.last, removed: true };
      return shelf
        .delete(key, expect)
        .then((revision) => ({ object: atRevision(next.last, revision), removed: true }));
    }
    if (isReleased(kind, next)) {
      // As in Kubernetes, who lets go is shown what was let go of, at the version that it had.
      const released = { object: next, removed: true };
      return dryRun ? released : shelf.delete(key, expect).then(() => released);
    }
    if (dryRun || isSame(old, next)) return { object: next, removed: false };
    const stored = storedForm(kind, next);
    return shelf
      .put(key, (revision) => frozen(atRevision(stored, revision)), expect)
      .then((entry) => ({ object: served(kind, entry.value as Resource), removed: false }));
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
