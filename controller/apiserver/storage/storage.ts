import type { Kind } from '../../../api/kinds.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Store } from '../../store/store.ts';
import { ephemeralStore } from './ephemeral-store.ts';
import { collectionKey } from './keys.ts';

/** The part of a store that resources need. */
export type Shelf = Pick<
  Store,
  'revision' | 'get' | 'list' | 'count' | 'put' | 'delete' | 'head' | 'settled' | 'watch'
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

  /** How many objects of a kind there are, in all namespaces or in one. */
  count(kind: Kind, namespace?: string): number {
    const prefix = collectionKey(kind, namespace);
    return this.shelves(kind, namespace).reduce((sum, shelf) => sum + shelf.count(prefix), 0);
  }

  close(): Promise<void> {
    return this.#ephemeral.close();
  }
}
