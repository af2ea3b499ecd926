import { kindOf } from '../../api/kinds.ts';
import type { OwnerReference } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyFor, keyOf, splitKey } from '../object-key.ts';
import type { Action, OwnerToFind, Reconciler } from '../reconciler.ts';
import type { World } from '../world.ts';
import { owners } from './ownership.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

/**
 * Removes what its owners have left behind, and carries out the two other ways to delete an owner: dependents first
 * (`foregroundDeletion`), or dependents set free (`orphan`).
 */
export function garbageCollector(watches: readonly string[]): Reconciler {
  return {
    name: 'garbage-collector',
    watches,
    keysOf(object, world) {
      // What hangs on it must be looked at again, and so must those who wait for it to go.
      const around = [object, ...world.dependents(object.metadata?.uid ?? '')].map(kindKey);
      return [...around, ...ownersOf(object).flatMap((reference) => ownerKey(object, reference) ?? [])];
    },
    decide(world, key) {
      const object = find(world, key);
      if (!object) return [];
      const { finalizers = [], deletionTimestamp, uid = '' } = object.metadata ?? {};
      if (!deletionTimestamp) return collected(object, world);
      if (finalizers.includes(foreground)) return dependentsFirst(object, world.dependents(uid));
      if (finalizers.includes(orphan)) return setFree(object, world.dependents(uid));
      return [];
    },
  };
}

/** Deletes the object if none of its owners is left. */
function collected(object: KubeObject, world: World): Action[] {
  const references = ownersOf(object);
  if (references.length === 0) return [];
  const missing: OwnerToFind[] = [];
  for (const reference of references) {
    const kind = kindOf(reference.apiVersion, reference.kind);
    // An owner of a kind that kith does not serve belongs to somebody who will see to it.
    if (!kind) return [];
    const namespace = kind.namespaced ? object.metadata?.namespace : undefined;
    const known = world.get(reference.kind, namespace, reference.name);
    if (known?.metadata?.uid === reference.uid) return [];
    missing.push({ ref: { kind: reference.kind, namespace, name: reference.name }, uid: reference.uid });
  }
  return [{ do: 'collect', object, owners: missing, options: { propagationPolicy: 'Background' } }];
}

function dependentsFirst(owner: KubeObject, dependents: readonly KubeObject[]): Action[] {
  const uid = owner.metadata?.uid;
  const blocking = dependents.filter((dependent) =>
    ownersOf(dependent).some((reference) => reference.uid === uid && reference.blockOwnerDeletion),
  );
  const deletes = dependents
    .filter(({ metadata }) => !metadata?.deletionTimestamp && ownersOf({ metadata }).length === 1)
    .map((object): Action => ({ do: 'delete', object, options: { propagationPolicy: 'Foreground' } }));
  return deletes.length > 0 || blocking.length > 0 ? deletes : [withoutFinalizer(owner, foreground)];
}

function setFree(owner: KubeObject, dependents: readonly KubeObject[]): Action[] {
  const freed = dependents.map((dependent) =>
    owners(
      dependent,
      ownersOf(dependent).filter(({ uid }) => uid !== owner.metadata?.uid),
    ),
  );
  // The finalizer goes last: were it gone first and this interrupted, the dependents would be collected.
  return freed.length > 0 ? freed : [withoutFinalizer(owner, orphan)];
}

function withoutFinalizer(object: KubeObject, finalizer: string): Action {
  const { namespace, name = '', resourceVersion, finalizers = [] } = object.metadata ?? {};
  return {
    do: 'patch',
    ref: { kind: object.kind ?? '', namespace, name },
    type: 'merge',
    patch: { metadata: { resourceVersion, finalizers: finalizers.filter((each) => each !== finalizer) } },
  };
}

function ownersOf(object: KubeObject): OwnerReference[] {
  return object.metadata?.ownerReferences ?? [];
}

function kindKey(object: KubeObject): string {
  return `${object.kind}:${keyOf(object)}`;
}

function ownerKey(object: KubeObject, { apiVersion, kind, name }: OwnerReference): string | undefined {
  const known = kindOf(apiVersion, kind);
  return known && `${kind}:${keyFor(known.namespaced ? object.metadata?.namespace : undefined, name)}`;
}

function find(world: World, key: string): KubeObject | undefined {
  const colon = key.indexOf(':');
  const { namespace, name } = splitKey(key.slice(colon + 1));
  return world.get(key.slice(0, colon), namespace, name);
}
