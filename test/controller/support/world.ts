import type { KubeObject } from '../../../client/client.ts';
import type { Informer, InformerListener } from '../../../client/informer.ts';
import { keyOf } from '../../../controller/object-key.ts';
import { cachedKinds } from '../../../controller/controllers.ts';
import { CachedWorld } from '../../../controller/world.ts';
import type { Clock } from '../../../process/clock.ts';
import { VirtualClock } from '../../../process/virtual-clock.ts';

/** An informer that shows what a test puts into it. */
export class HandInformer implements Informer<KubeObject> {
  readonly objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<InformerListener<KubeObject>>();
  readonly synced = true;
  readonly lastSyncAt = 0;
  readonly lastError = undefined;

  all(): KubeObject[] {
    return [...this.objects.values()];
  }
  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objects.get(keyOf({ metadata: { namespace, name } }));
  }
  async ready(): Promise<void> {}
  async stop(): Promise<void> {}
  onChange(listener: InformerListener<KubeObject>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  show(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    const old = this.objects.get(keyOf(object));
    if (type === 'DELETED') this.objects.delete(keyOf(object));
    else this.objects.set(keyOf(object), object);
    for (const listener of this.#listeners) listener(type, object, old);
  }
}

/** A world of just these objects. */
export function worldOf(
  objects: KubeObject[],
  clock: Clock = new VirtualClock(),
): { world: CachedWorld; informers: Map<string, HandInformer> } {
  const world = new CachedWorld(clock);
  const informers = new Map<string, HandInformer>(cachedKinds.map((kind) => [kind, new HandInformer()]));
  for (const object of objects) informers.get(object.kind!)!.objects.set(keyOf(object), object);
  for (const [kind, informer] of informers) world.follow(kind, informer);
  return { world, informers };
}
