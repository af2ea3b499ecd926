import type { Kind } from '../../../api/kinds.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { fillDefaults } from '../../../api/structural/defaults.ts';
import { prune } from '../../../api/structural/prune.ts';
import { frozen } from '../resources/frozen.ts';
import type { Resource } from '../resources/metadata.ts';

/** What each version of a kind shows of an object in the store; worked out once, and forgotten with either. */
const shown = new WeakMap<Kind, WeakMap<object, Resource>>();

/**
 * A stored object as this kind's version shows it: under its `apiVersion`, without what its schema does not know (any more), with the
 * defaults that it has (by now). Built-in kinds are stored as they are shown.
 */
export function served<T extends object>(kind: Kind, stored: T): T {
  if (!kind.custom) return stored;
  let ofKind = shown.get(kind);
  if (!ofKind) shown.set(kind, (ofKind = new WeakMap()));
  let view = ofKind.get(stored);
  if (!view) {
    const { schema } = kind.custom;
    const { object } = prune({ ...(stored as PlainObject), apiVersion: kind.apiVersion }, schema);
    view = frozen(fillDefaults(object, schema)) as unknown as Resource;
    ofKind.set(stored, view);
  }
  return view as unknown as T;
}

/** An object as it lies in the store, whatever version it was written in. */
export function storedForm(kind: Kind, object: Resource): Resource {
  const apiVersion = kind.custom?.storageApiVersion;
  return apiVersion === undefined || object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
