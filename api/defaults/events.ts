import { toCoreEvent, toEventsEvent } from '../events.ts';
import type { Event, EventsEvent } from '../types.ts';

/** Kubernetes writes these of every Event, with `null` for a time that nobody set: readers of its form count on them. */
const written = {
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
};

export function defaultEvent(event: Event): Event {
  return { ...written, ...event } as Event;
}

/** The newer form leaves out who reports where nobody does. */
export function defaultEventsEvent(event: EventsEvent): EventsEvent {
  return toEventsEvent(defaultEvent(toCoreEvent(event)));
}
