import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { GoValue } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import type { Event, EventsEvent, ObjectReference } from '../types.ts';
import { dnsSubdomain, qualifiedName } from './names.ts';
import { named } from './rules.ts';

/** Kubernetes' limits on what the newer form of Events says. */
const wordCharactersMax = 128;
const noteCharactersMax = 1024;

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/events.go */
export function validateEvent(event: Event): FieldError[] {
  const { metadata, eventTime } = event;
  return [
    ...(eventTime ? validateTimed(event, 'reportingComponent') : validateOld(event)),
    ...named('namespace', metadata?.namespace, dnsSubdomain),
  ];
}

/** An Event stands in the namespace of what it is about; about what has none, in `default`. */
function validateOld({ metadata, involvedObject }: Event): FieldError[] {
  const namespace = involvedObject?.namespace ?? '';
  return (metadata?.namespace ?? 'default') === (namespace || 'default')
    ? []
    : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

function validateTimed(event: Event, reporter: string): FieldError[] {
  const { metadata, involvedObject, reportingComponent = '', message = '' } = event;
  const namespace = metadata?.namespace ?? '';
  const isAstray = !involvedObject?.namespace && !['default', 'kube-system'].includes(namespace);
  const word = (field: 'reportingInstance' | 'action' | 'reason'): FieldError[] => {
    const value = event[field] ?? '';
    if (value === '') return [required(field)];
    return value.length > wordCharactersMax
      ? [invalidValue(field, '', `can have at most ${wordCharactersMax} characters`)]
      : [];
  };
  return [
    ...(isAstray ? [invalidValue('involvedObject.namespace', '', 'does not match event.namespace')] : []),
    ...(reportingComponent ? [] : [required(reporter)]),
    ...(reportingComponent
      ? named(reporter, reportingComponent, qualifiedName)
      : // Kubernetes finds two faults with a name that is not there.
        ['', '-'].map((each) => invalidValue(reporter, '', qualifiedName(each)!))),
    ...word('reportingInstance'),
    ...word('action'),
    ...word('reason'),
    ...(message.length > noteCharactersMax
      ? [invalidValue('message', '', `can have at most ${noteCharactersMax} characters`)]
      : []),
  ];
}

/** What is fixed once an Event of the newer form is there, with the names that Kubernetes' messages have for it. */
const fixed: readonly [keyof EventsEvent, string][] = [
  ['regarding', 'involvedObject'],
  ['reason', 'reason'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingController', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
];

/** The newer form is held to more: old fields stay empty, and only the series goes on. */
export function validateEventsEvent(event: EventsEvent, old?: EventsEvent): FieldError[] {
  const legacy = asOldForm(event);
  const common = [
    ...(event.eventTime ? validateTimed(legacy, 'reportingController') : validateOld(legacy)),
    ...named('namespace', event.metadata?.namespace, dnsSubdomain),
  ];
  if (old)
    return [
      ...common,
      ...(sameJson(event.series, old.series) ? [] : validateSeries(event)),
      ...fixed.flatMap(([field, name]) =>
        sameJson(event[field], old[field])
          ? []
          : [invalidValue(name, shown(field, event[field]), 'field is immutable')],
      ),
    ];
  const unset = (field: keyof EventsEvent, name: string) =>
    event[field] ? [invalidValue(name, '', 'needs to be unset')] : [];
  const { type = '' } = event;
  return [
    ...common,
    ...validateSeries(event),
    ...(event.eventTime ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning'
      ? []
      : [invalidValue('type', '', `has invalid value: ${type}`)]),
    ...unset('deprecatedFirstTimestamp', 'firstTimestamp'),
    ...unset('deprecatedLastTimestamp', 'lastTimestamp'),
    ...unset('deprecatedCount', 'count'),
    ...(event.deprecatedSource?.component || event.deprecatedSource?.host
      ? [invalidValue('source', '', 'needs to be unset')]
      : []),
  ];
}

function shown(field: keyof EventsEvent, value: unknown): unknown {
  return field === 'regarding' || field === 'related'
    ? goReference(value as ObjectReference | undefined)
    : (value ?? null);
}

function goReference(reference: ObjectReference | undefined): GoValue | null {
  if (!reference) return null;
  const parts = [
    ['Kind', reference.kind],
    ['Namespace', reference.namespace],
    ['Name', reference.name],
    ['UID', reference.uid],
    ['APIVersion', reference.apiVersion],
    ['ResourceVersion', reference.resourceVersion],
    ['FieldPath', reference.fieldPath],
  ].map(([name, value]) => `${name}:${JSON.stringify(value ?? '')}`);
  return new GoValue(`core.ObjectReference{${parts.join(', ')}}`);
}

function validateSeries({ series }: EventsEvent): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}

function asOldForm({ metadata, regarding, note, reportingController, ...rest }: EventsEvent): Event {
  return {
    metadata: metadata ?? {},
    involvedObject: regarding ?? {},
    ...(note !== undefined && { message: note }),
    ...(reportingController !== undefined && { reportingComponent: reportingController }),
    ...(rest.reportingInstance !== undefined && { reportingInstance: rest.reportingInstance }),
    ...(rest.action !== undefined && { action: rest.action }),
    ...(rest.reason !== undefined && { reason: rest.reason }),
  };
}
