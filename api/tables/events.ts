import { toCoreEvent } from '../events.ts';
import type { Event, EventsEvent } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, wide } from './table.ts';
import type { Columns } from './table.ts';

export const eventColumns: Columns<Event> = [
  column('Last Seen', lastSeen),
  column('Type', ({ type }) => type ?? ''),
  column('Reason', ({ reason }) => reason ?? ''),
  column('Object', ({ involvedObject }) =>
    involvedObject.name
      ? `${involvedObject.kind?.toLowerCase() ?? ''}/${involvedObject.name}`
      : (involvedObject.kind?.toLowerCase() ?? ''),
  ),
  wide('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
  wide('Source', source),
  column('Message', ({ message }) => (message ?? '').trim()),
  wide('First Seen', (event, now) => age(event.firstTimestamp ?? event.eventTime, now)),
  wide('Count', ({ count, series }) => series?.count ?? (count || 1)),
  { ...nameColumn, priority: 1 } as Columns<Event>[number],
];

/** The same of the newer form. */
export const eventsEventColumns: Columns<EventsEvent> = eventColumns.map((each) => ({
  ...each,
  cell: (event, now) => each.cell(toCoreEvent(event), now),
}));

function lastSeen({ series, lastTimestamp, firstTimestamp, eventTime }: Event, now: Date): string {
  return age(series?.lastObservedTime ?? lastTimestamp ?? firstTimestamp ?? eventTime, now);
}

function source({ source: from, reportingComponent, reportingInstance }: Event): string {
  const component = from?.component || reportingComponent || '';
  const host = from?.host || reportingInstance || '';
  return host ? `${component}, ${host}` : component;
}
