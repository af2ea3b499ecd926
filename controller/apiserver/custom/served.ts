import { toAutoscalerV1, toAutoscalerV2 } from '../../../api/autoscalers.ts';
import { toCoreEvent, toEventsEvent } from '../../../api/events.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { fillDefaults } from '../../../api/structural/defaults.ts';
import { prune } from '../../../api/structural/prune.ts';
import type {
  Event,
  EventsEvent,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
} from '../../../api/types.ts';
import { frozen } from '../resources/frozen.ts';
import type { Resource } from '../resources/metadata.ts';

/** Built-in kinds that are shown otherwise than they are stored, by their types. */
const forms: Readonly<
  Record<string, { shown(stored: Resource): Resource; stored(shown: Resource): Resource }>
> = {
  EventsEvent: {
    shown: (stored) => toEventsEvent(stored as unknown as Event) as Resource,
    stored: (shown) => toCoreEvent(shown as EventsEvent) as Resource,
  },
  HorizontalPodAutoscalerV1: {
    shown: (stored) => toAutoscalerV1(stored as HorizontalPodAutoscaler) as Resource,
    stored: (shown) => toAutoscalerV2(shown as HorizontalPodAutoscalerV1) as Resource,
  },
};

/** What each version of a kind shows of an object in the store; worked out once, and forgotten with either. */
const shown = new WeakMap<Kind, WeakMap<object, Resource>>();

/** Whether a kind's objects are shown letter for letter as they lie in the store. */
export function isShownAsStored(kind: Kind): boolean {
  return !kind.custom && !forms[kind.type ?? ''];
}

/**
 * A stored object as this kind's version shows it: under its `apiVersion`, without what its schema does not know (any more), with the
 * defaults that it has (by now). Built-in kinds are stored as they are shown, but for those that have two forms (`forms`).
 */
export function served<T extends object>(kind: Kind, stored: T): T {
  const convert = forms[kind.type ?? '']?.shown;
  if (!kind.custom && !convert) return stored;
  let ofKind = shown.get(kind);
  if (!ofKind) shown.set(kind, (ofKind = new WeakMap()));
  let view = ofKind.get(stored);
  if (!view) {
    view = frozen(convert ? convert(stored as Resource) : customView(kind, stored as unknown as PlainObject));
    ofKind.set(stored, view);
  }
  return view as unknown as T;
}

function customView(kind: Kind, stored: PlainObject): Resource {
  const { schema } = kind.custom!;
  const { object } = prune({ ...stored, apiVersion: kind.apiVersion }, schema);
  return fillDefaults(object, schema) as unknown as Resource;
}

/** An object as it lies in the store, whatever version it was written in. */
export function storedForm(kind: Kind, object: Resource): Resource {
  const convert = forms[kind.type ?? '']?.stored;
  if (convert) return convert(object);
  const apiVersion = kind.custom?.storageApiVersion;
  return apiVersion === undefined || object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
