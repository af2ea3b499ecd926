import type { Kind } from '../../../api/kinds.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Store } from '../../store/store.ts';
import { ephemeralStore } from './ephemeral-store.ts';
import { collectionKey } from './keys.ts';

/** The part of a store that resources need. */
export type Shelf = Pick<
  Store,
  'revision' | 'get' | 'list' | 'put' | 'delete' | 'head' | 'settled' | 'watch'
>;

/** Renewed by every node all the time, and worth nothing after a restart: these are not written to disk. */
export const ephemeralNamespace = 'kube-node-lease';

/** Which shelf an object lies on: the durable store, or memory alone. */
export class Storage {
  readonly durable: Store;
  readonly #ephemeral: ReturnType<typeof ephemeralStore>;

  constructor(store: Store, clock: Clock) {
    this.durable = store;
    // Wall-clock milliseconds grow over restarts, so a version from before one is known to be too old.
    this.#ephemeral = ephemeralStore(clock.date().getTime());
  }

  /** Where one object, or one namespace's objects, lie. */
  shelf(kind: Kind, namespace: string | undefined): Shelf {
    return kind.type === 'Lease' && namespace === ephemeralNamespace ? this.#ephemeral : this.durable;
  }

  /**
   * The shelves that a collection spans. The first one's revision is the list's; a list of Leases over all namespaces spans
   * two, and a watch on it that resumes begins the second one anew.
   */
  shelves(kind: Kind, namespace: string | undefined): Shelf[] {
    if (kind.type === 'Lease' && namespace === undefined) return [this.durable, this.#ephemeral];
    return [this.shelf(kind, namespace)];
  }

  count(kind: Kind): number {
    return this.shelves(kind, undefined).reduce(
      (sum, shelf) => sum + shelf.list(collectionKey(kind)).entries.length,
      0,
    );
  }

  close(): Promise<void> {
    return this.#ephemeral.close();
  }
}
