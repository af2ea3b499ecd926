import { toCoreEvent, toEventsEvent } from '../../../api/events.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { fillDefaults } from '../../../api/structural/defaults.ts';
import { prune } from '../../../api/structural/prune.ts';
import type { Event, EventsEvent } from '../../../api/types.ts';
import { frozen } from '../resources/frozen.ts';
import type { Resource } from '../resources/metadata.ts';

/** What each version of a kind shows of an object in the store; worked out once, and forgotten with either. */
const shown = new WeakMap<Kind, WeakMap<object, Resource>>();

/**
 * A stored object as this kind's version shows it: under its `apiVersion`, without what its schema does not know (any more), with the
 * defaults that it has (by now). Built-in kinds are stored as they are shown, but for Events, which have two forms.
 */
export function served<T extends object>(kind: Kind, stored: T): T {
  if (!kind.custom && kind.type !== 'EventsEvent') return stored;
  let ofKind = shown.get(kind);
  if (!ofKind) shown.set(kind, (ofKind = new WeakMap()));
  let view = ofKind.get(stored);
  if (!view) {
    view = frozen(
      kind.custom ? customView(kind, stored as PlainObject) : eventView(stored as unknown as Event),
    );
    ofKind.set(stored, view);
  }
  return view as unknown as T;
}

function customView(kind: Kind, stored: PlainObject): Resource {
  const { schema } = kind.custom!;
  const { object } = prune({ ...stored, apiVersion: kind.apiVersion }, schema);
  return fillDefaults(object, schema) as unknown as Resource;
}

function eventView(stored: Event): Resource {
  return toEventsEvent(stored) as Resource;
}

/** An object as it lies in the store, whatever version it was written in. */
export function storedForm(kind: Kind, object: Resource): Resource {
  if (kind.type === 'EventsEvent') return toCoreEvent(object as EventsEvent) as Resource;
  const apiVersion = kind.custom?.storageApiVersion;
  return apiVersion === undefined || object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
