import { isConflict, isNotFound } from '../../../api/errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import { isConditionTrue } from '../../../api/conditions.ts';
import { sameJson } from '../../../api/plain-objects.ts';
import { storageKindOf } from '../../../api/structural/custom-kind.ts';
import type { CustomResourceDefinition } from '../../../api/types.ts';
import type { Clock, Timer } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Store, StoreEvent } from '../../store/store.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Writer } from '../resources/writer.ts';
import { collectionKey } from '../storage/keys.ts';
import {
  cleanupFinalizer,
  withEstablished,
  withNames,
  withoutCleanup,
  withProgress,
} from './definition-status.ts';
import type { KindTable } from './kind-table.ts';

/** How soon what is not done yet (objects that others hold, a write that failed) is looked at again. */
const againMs = 1_000;

const inProgress = {
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};
const completed = {
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
};
const neverServed = {
  status: 'False',
  reason: 'NeverEstablished',
  message: 'resource was never established',
};

export interface DefinitionsParts {
  store: Store;
  kinds: KindTable;
  writer: Writer;
  clock: Clock;
  log: Log;
  /** Writes the status of a definition, unless it has changed meanwhile. */
  writeStatus(definition: CustomResourceDefinition): Promise<unknown>;
  /** Told of a definition that serves its objects otherwise than before, or no more. */
  changed(definition: string): void;
  /** Deletes every object of a kind; resolves with how many there were. */
  deleteAll(kind: Kind): Promise<number>;
}

/**
 * Sees to the definitions of custom resources: gives each its names, establishes it, and empties it before it goes. Follows the
 * store, so what a controller that died left half done is done by the next.
 */
export class Definitions {
  readonly #parts: DefinitionsParts;
  readonly #unwatch: () => void;
  #again: Timer | undefined;
  #isDue = false;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: DefinitionsParts) {
    this.#parts = parts;
    const { store, log } = parts;
    this.#unwatch = store.watch(
      collectionKey(kindNamed('CustomResourceDefinition')),
      store.revision,
      (event) => {
        this.#wake();
        if (isOtherKind(event))
          parts.changed((event.entry.value as CustomResourceDefinition).metadata?.name ?? '');
      },
      (error) => {
        if (isStoreClosed(error)) return;
        log.error('custom resource definitions are no longer followed: restart the controller', { error });
      },
    );
    if (parts.kinds.definitions().length > 0) this.#wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unwatch();
    this.#again?.cancel();
    await this.#running;
  }

  #wake(): void {
    this.#isDue = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  async #run(): Promise<void> {
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false;
      for (const definition of this.#parts.kinds.definitions()) {
        if (this.#isStopped) return;
        try {
          await this.#seeTo(definition);
        } catch (error) {
          // Gone, or changed: the store tells of that too.
          if (isNotFound(error) || isConflict(error)) continue;
          this.#parts.log.warn('a custom resource definition was not seen to; it will be tried again', {
            definition: definition.metadata?.name,
            error,
          });
          this.#later();
        }
      }
    }
  }

  async #seeTo(definition: CustomResourceDefinition): Promise<void> {
    if (definition.metadata?.deletionTimestamp) return this.#empty(definition);
    // One step at a time: the store tells of each, and that is when the next is looked at.
    const named = withNames(definition, this.#parts.kinds.definitions(), this.#now());
    if (await this.#write(definition, named)) return;
    await this.#write(definition, withEstablished(definition, this.#now()));
  }

  /** Deletes the objects of a definition that is to go; it goes when none is left. */
  async #empty(definition: CustomResourceDefinition): Promise<void> {
    if (!definition.metadata?.finalizers?.includes(cleanupFinalizer)) return;
    const kind = storageKindOf(definition);
    if (kind && isConditionTrue(definition.status?.conditions, 'Established')) {
      if (await this.#write(definition, withProgress(definition, inProgress, this.#now()))) return;
      if ((await this.#parts.deleteAll(kind)) > 0 && this.#left(kind) > 0) return this.#later();
      await this.#change(definition, (old) => withoutCleanup(withProgress(old, completed, this.#now())));
    } else
      await this.#change(definition, (old) => withoutCleanup(withProgress(old, neverServed, this.#now())));
  }

  #left(kind: Kind): number {
    return this.#parts.store.list(collectionKey(kind), { limit: 1 }).entries.length;
  }

  /** Whether there was anything to write. */
  async #write(old: CustomResourceDefinition, next: CustomResourceDefinition): Promise<boolean> {
    if (sameJson(old.status, next.status)) return false;
    await this.#parts.writeStatus(next);
    return true;
  }

  async #change(
    { metadata }: CustomResourceDefinition,
    compute: (old: CustomResourceDefinition) => CustomResourceDefinition,
  ): Promise<void> {
    const kind = kindNamed('CustomResourceDefinition');
    await this.#parts.writer.change(
      kind,
      undefined,
      metadata?.name ?? '',
      { dryRun: false },
      (old) => compute(old as unknown as CustomResourceDefinition) as unknown as Resource,
    );
  }

  #later(): void {
    this.#again?.cancel();
    if (!this.#isStopped) this.#again = this.#parts.clock.after(againMs, () => this.#wake());
  }

  #now(): Date {
    return this.#parts.clock.date();
  }
}

/** Whether who watches the objects of a definition should look again: its spec has changed, or it is gone. */
function isOtherKind(event: StoreEvent): boolean {
  if (event.type === 'delete') return true;
  const [before, after] = [event.previous?.value, event.entry.value] as (
    CustomResourceDefinition | undefined
  )[];
  return before !== undefined && !sameJson(before.spec, after!.spec);
}
