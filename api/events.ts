import type { Event, EventsEvent, EventSeries } from './types.ts';

/**
 * Events have two forms, of the core group and of `events.k8s.io`, for the same objects: they are stored in the first. These turn one
 * into the other; what is absent stays absent.
 *
 * Source: k8s.io/kubernetes/pkg/apis/events/v1/conversion.go
 */

/** The fields that are called otherwise: of the core form, of the newer one. */
const renamed = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
] as const;

const toNewer = new Map<string, string>(renamed);
const toCore = new Map<string, string>(renamed.map(([core, newer]) => [newer, core]));

export function toEventsEvent(event: Event): EventsEvent {
  return { ...moved(event, toNewer), apiVersion: 'events.k8s.io/v1', kind: 'Event' } as EventsEvent;
}

export function toCoreEvent(event: EventsEvent): Event {
  return {
    involvedObject: {},
    metadata: {},
    ...moved(event, toCore),
    apiVersion: 'v1',
    kind: 'Event',
  } as Event & { series?: EventSeries };
}

function moved(object: object, names: ReadonlyMap<string, string>): object {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value]));
}
