import type { AnyCondition } from '../api/conditions.ts';
import type { DeleteOptions, KubeObject, ObjectRef, PatchType, Subresource } from '../client/client.ts';
import type { World } from './world.ts';

/** What a reconciler wants done. Plain values, so that any situation can be tested as data; `actions.ts` carries them out. */
export type Action =
  | { do: 'create'; object: KubeObject; onDone?: Said; onFailed?: Failure }
  | { do: 'update'; object: KubeObject; subresource?: Subresource }
  | { do: 'patch'; ref: ObjectRef; type: PatchType; patch: unknown; subresource?: Subresource }
  | { do: 'delete'; object: KubeObject; options?: DeleteOptions; onDone?: Said }
  /** Deletes `object` once the server itself says that none of `owners` is left: a cache may simply not have seen them yet. */
  | { do: 'collect'; object: KubeObject; owners: OwnerToFind[]; options?: DeleteOptions }
  /** Deletes every object of a kind in a namespace, as the server lists them. With `expectEmpty`, finding any is a failure. */
  | { do: 'purge'; kind: string; namespace: string; expectEmpty: boolean }
  /** Tells people what happened. With `once`, not again while an Event of that reason about the object is there. */
  | { do: 'event'; about: KubeObject; said: Said; once?: true }
  /** Looks at the same key again, even if nothing changes until then. */
  | { do: 'again'; afterMs: number };

/** An Event to be: `type` is Kubernetes' `Normal` or `Warning`. `about` is who it concerns; the message may hold `{name}`. */
export interface Said {
  about?: KubeObject;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What the status of `about` says from then on, with the API's words as its message, unless it says so already. */
export interface Failure {
  about: KubeObject;
  condition: AnyCondition;
}

export interface OwnerToFind {
  ref: ObjectRef;
  /** Another uid under the same name is another owner. Absent: any object of that name will do. */
  uid?: string;
}

/**
 * One controller. Every one has this shape: which kinds wake it, which of its keys an object concerns, and what should be
 * done about a key. `decide` is pure; `now` is the wall clock, for comparing with timestamps in objects.
 */
export interface Reconciler {
  name: string;
  watches: readonly string[];
  /** The keys that a changed (or deleted) object of a watched kind concerns. */
  keysOf(object: KubeObject, world: World): string[];
  decide(world: World, key: string, now: Date): Action[];
}
