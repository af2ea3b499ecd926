import { selects } from '../../api/selectors.ts';
import type { LabelSelector, OwnerReference } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import type { Action } from '../reconciler.ts';

/** The reference that makes `owner` the controller of another object. */
export function controllerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion ?? '',
    kind: owner.kind ?? '',
    name: owner.metadata?.name ?? '',
    uid: owner.metadata?.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller);
}

export interface Claim<T> {
  /** Controlled by the owner, and matching its selector. */
  mine: T[];
  /** What changes hands: orphans that match are adopted, own ones that no longer match are released. */
  actions: Action[];
}

/**
 * Sorts out which objects are an owner's, as Kubernetes' ControllerRefManager does: the selector says which it wants, the
 * controller reference which it has. Nothing is adopted by an owner that is going away, nor if it is going away itself.
 */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  selector: LabelSelector,
  controlled: readonly T[],
  orphans: readonly T[],
): Claim<T> {
  const mine: T[] = [];
  const actions: Action[] = [];
  for (const object of controlled) {
    if (selects(selector, object.metadata?.labels ?? {})) mine.push(object);
    else if (!object.metadata?.deletionTimestamp) actions.push(owners(object, released(object, owner)));
  }
  if (owner.metadata?.deletionTimestamp) return { mine, actions };
  for (const object of orphans) {
    if (object.metadata?.deletionTimestamp || !selects(selector, object.metadata?.labels ?? {})) continue;
    actions.push(owners(object, [...(object.metadata?.ownerReferences ?? []), controllerReference(owner)]));
  }
  return { mine, actions };
}

function released(object: KubeObject, owner: KubeObject): OwnerReference[] {
  return (object.metadata?.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata?.uid);
}

/** Sets the owner references; the version makes sure that nobody else changed them meanwhile. */
export function owners(object: KubeObject, ownerReferences: OwnerReference[]): Action {
  const { namespace, name = '', resourceVersion } = object.metadata ?? {};
  return {
    do: 'patch',
    ref: { kind: object.kind ?? '', namespace, name },
    type: 'merge',
    patch: { metadata: { ownerReferences, resourceVersion } },
  };
}
