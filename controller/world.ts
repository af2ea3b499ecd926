import type { KubeObject } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Clock } from '../process/clock.ts';
import { keyFor, keyOf } from './object-key.ts';

/**
 * How long a write of ours may stay unseen by the watch before it is doubted. Only a relist in just the wrong moment can hide
 * one (created and deleted within the gap), so this is a last resort; half a minute is far beyond any live watch's delay.
 */
export const unconfirmedMsMax = 30_000;

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';
export type ChangeListener = (type: ChangeType, object: KubeObject, old: KubeObject | undefined) => void;

/** What reconcilers see: the newest state of every cached kind, with their own writes already in it. */
export interface World {
  all<T extends KubeObject>(kind: string): T[];
  inNamespace<T extends KubeObject>(kind: string, namespace: string): T[];
  get<T extends KubeObject>(kind: string, namespace: string | undefined, name: string): T | undefined;
  /** Objects of `kind` whose controller (`ownerReferences[].controller`) has this uid. */
  controlledBy<T extends KubeObject>(kind: string, uid: string): T[];
  /** Objects of `kind` in `namespace` that no controller owns. */
  uncontrolled<T extends KubeObject>(kind: string, namespace: string): T[];
  /** Objects of any cached kind with an owner reference to this uid. */
  dependents(uid: string): KubeObject[];
  /** Pods bound to a node. */
  podsOn<T extends KubeObject>(nodeName: string): T[];
  has(kind: string): boolean;
}

/**
 * A World fed by informers and by the results of our own writes.
 *
 * A watch is always a little late. A controller that decided on a copy without its own last writes would create the same pod
 * twice; Kubernetes counts "expectations" against that. Here a write's result goes into the world at once, the newest
 * `resourceVersion` wins, and what was deleted stays marked as deleting until the watch agrees.
 */
export class CachedWorld implements World {
  readonly #clock: Clock;
  readonly #kinds = new Map<string, Map<string, KubeObject>>();
  readonly #informers = new Map<string, Informer<KubeObject>>();
  readonly #byController = new Map<string, Map<string, KubeObject>>();
  readonly #byOwner = new Map<string, Map<string, KubeObject>>();
  readonly #byNode = new Map<string, Map<string, KubeObject>>();
  readonly #byNamespace = new Map<string, Map<string, KubeObject>>();
  readonly #deleting = new Map<string, string>();
  /** Uids that the watch has seen go, and when: the answer to a write may come later, and must not bring them back. */
  readonly #gone = new Map<string, number>();
  readonly #unconfirmed = new Map<string, { kind: string; key: string; uid: string; at: number }>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #stops: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to follow a kind. The informer stays its owner's: `stop` only stops listening. */
  follow(kind: string, informer: Informer<KubeObject>): void {
    this.#kinds.set(kind, new Map());
    this.#informers.set(kind, informer);
    for (const object of informer.all()) this.#see('ADDED', withKind(kind, object));
    this.#stops.push(informer.onChange((type, object) => this.#see(type, withKind(kind, object))));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  has(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  all<T extends KubeObject>(kind: string): T[] {
    return values<T>(this.#kinds.get(kind));
  }

  inNamespace<T extends KubeObject>(kind: string, namespace: string): T[] {
    return values<T>(this.#byNamespace.get(`${kind}/${namespace}`));
  }

  get<T extends KubeObject>(kind: string, namespace: string | undefined, name: string): T | undefined {
    return this.#kinds.get(kind)?.get(keyFor(namespace, name)) as T | undefined;
  }

  controlledBy<T extends KubeObject>(kind: string, uid: string): T[] {
    return values<T>(this.#byController.get(`${kind}/${uid}`));
  }

  uncontrolled<T extends KubeObject>(kind: string, namespace: string): T[] {
    return values<T>(this.#byController.get(`${kind}/in ${namespace}`));
  }

  dependents(uid: string): KubeObject[] {
    return values(this.#byOwner.get(uid));
  }

  podsOn<T extends KubeObject>(nodeName: string): T[] {
    return values<T>(this.#byNode.get(nodeName));
  }

  /** Takes in the result of a write of ours, before the watch tells of it. */
  learn(object: KubeObject): void {
    const kind = object.kind;
    if (!kind || !this.#kinds.has(kind)) return;
    const known = this.#kinds.get(kind)!.get(keyOf(object));
    const uid = object.metadata?.uid ?? '';
    if (this.#gone.has(uid)) return;
    if (!known) this.#unconfirmed.set(uid, { kind, key: keyOf(object), uid, at: this.#clock.now() });
    this.#see(known ? 'MODIFIED' : 'ADDED', object, true);
  }

  /** Marks as deleting what we have just deleted, until the watch tells what became of it. */
  learnDeleted(object: KubeObject): void {
    const kind = object.kind ?? '';
    const known = this.#kinds.get(kind)?.get(keyOf(object));
    if (!known || known.metadata?.uid !== object.metadata?.uid || known.metadata?.deletionTimestamp) return;
    this.#deleting.set(known.metadata?.uid ?? '', this.#clock.date().toISOString());
    this.#put('MODIFIED', kind, this.#marked(known));
  }

  /** Drops own writes that no watch ever confirmed. Returns how many. */
  doubt(): number {
    let dropped = 0;
    for (const [uid, at] of this.#gone)
      if (this.#clock.now() - at >= unconfirmedMsMax) this.#gone.delete(uid);
    for (const [uid, written] of this.#unconfirmed) {
      if (this.#clock.now() - written.at < unconfirmedMsMax) continue;
      this.#unconfirmed.delete(uid);
      const object = this.#kinds.get(written.kind)?.get(written.key);
      const { namespace, name } = object?.metadata ?? {};
      if (object?.metadata?.uid !== uid) continue;
      if (this.#informers.get(written.kind)!.get(namespace, name ?? '')) continue;
      this.#drop(written.kind, object);
      dropped++;
    }
    return dropped;
  }

  #see(type: ChangeType, object: KubeObject, own = false): void {
    const kind = object.kind!;
    const known = this.#kinds.get(kind)!.get(keyOf(object));
    const uid = object.metadata?.uid ?? '';
    if (!own) this.#unconfirmed.delete(uid);
    if (type === 'DELETED') {
      this.#deleting.delete(uid);
      this.#gone.set(uid, this.#clock.now());
      if (known?.metadata?.uid === uid) this.#drop(kind, object);
      return;
    }
    if (object.metadata?.deletionTimestamp) this.#deleting.delete(uid);
    // The watch repeats what a write has told us, or is still behind it: then it has nothing new to say.
    if (known && revision(known) >= revision(object)) return;
    this.#put(known ? 'MODIFIED' : 'ADDED', kind, this.#marked(object));
  }

  #marked(object: KubeObject): KubeObject {
    const deletionTimestamp = this.#deleting.get(object.metadata?.uid ?? '');
    return deletionTimestamp ? { ...object, metadata: { ...object.metadata, deletionTimestamp } } : object;
  }

  #put(type: ChangeType, kind: string, object: KubeObject): void {
    const map = this.#kinds.get(kind)!;
    const key = keyOf(object);
    const old = map.get(key);
    if (old) this.#unindex(kind, key, old);
    map.set(key, object);
    this.#index(kind, key, object);
    for (const listener of this.#listeners) listener(type, object, old);
  }

  #drop(kind: string, object: KubeObject): void {
    const map = this.#kinds.get(kind)!;
    const key = keyOf(object);
    const old = map.get(key);
    if (!old) return;
    map.delete(key);
    this.#unindex(kind, key, old);
    for (const listener of this.#listeners) listener('DELETED', object, old);
  }

  #index(kind: string, key: string, object: KubeObject): void {
    for (const [index, bucket] of this.#buckets(kind, object)) {
      let entries = index.get(bucket);
      if (!entries) index.set(bucket, (entries = new Map()));
      entries.set(`${kind}/${key}`, object);
    }
  }

  #unindex(kind: string, key: string, object: KubeObject): void {
    for (const [index, bucket] of this.#buckets(kind, object)) {
      const entries = index.get(bucket);
      entries?.delete(`${kind}/${key}`);
      if (entries?.size === 0) index.delete(bucket);
    }
  }

  #buckets(kind: string, object: KubeObject): [Map<string, Map<string, KubeObject>>, string][] {
    const { namespace, ownerReferences = [] } = object.metadata ?? {};
    const controller = ownerReferences.find((owner) => owner.controller);
    const buckets: [Map<string, Map<string, KubeObject>>, string][] = [
      [this.#byController, controller ? `${kind}/${controller.uid}` : `${kind}/in ${namespace ?? ''}`],
    ];
    if (namespace) buckets.push([this.#byNamespace, `${kind}/${namespace}`]);
    for (const owner of ownerReferences) buckets.push([this.#byOwner, owner.uid]);
    const nodeName = kind === 'Pod' ? (object as { spec?: { nodeName?: string } }).spec?.nodeName : undefined;
    if (nodeName) buckets.push([this.#byNode, nodeName]);
    return buckets;
  }
}

/** Lists leave out each item's kind; a world of many kinds needs it. */
function withKind(kind: string, object: KubeObject): KubeObject {
  return object.kind ? object : { ...object, kind };
}

/** All of kith's versions come from one counter (`controller/store/store.ts`), so they can be compared. */
function revision(object: KubeObject): number {
  return Number(object.metadata?.resourceVersion ?? 0);
}

function values<T extends KubeObject>(map: Map<string, KubeObject> | undefined): T[] {
  return map ? ([...map.values()] as T[]) : [];
}
