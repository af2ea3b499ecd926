import { isDeepStrictEqual } from 'node:util';
import { kindOf } from '../../../api/kinds.ts';
import { agentComponent } from '../../../api/nodes.ts';
import type { Event, Node, ObjectReference, Pod } from '../../../api/types.ts';
import { objectKey } from '../storage/keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { AdmissionRequest } from './admission-request.ts';

/** An Event is a sentence about something; the rest of a megabyte would only fill the store. */
const eventCharactersMax = 16 * 1024;

/**
 * A host's Events are its agent's words about its own pods and its own Node: people read in them what went wrong, and would believe
 * a sentence of the scheduler's.
 */
export function reportsOnlyItsOwn(
  { object, old, storage }: AdmissionRequest,
  nodeName: string,
  refuse: (why: string) => Error,
): void {
  const event = object as Event;
  const { reportingInstance, reportingComponent, source, involvedObject, related } = event;
  if ((reportingInstance || source?.host) !== nodeName || (source?.host ?? nodeName) !== nodeName)
    throw refuse('may report Events in its own name only: reportingInstance or source.host');
  const components = [reportingComponent, source?.component].filter(Boolean);
  if (components.length === 0 || components.some((component) => component !== agentComponent))
    throw refuse(
      `reports Events as ${agentComponent}, not as ${components.join(' and ') || 'nobody'}: reportingComponent or source.component`,
    );
  if (JSON.stringify(event).length > eventCharactersMax)
    throw refuse(`may report Events of at most ${eventCharactersMax} characters`);
  if (related) throw refuse('may not say in an Event what else it is related to');
  // One that counts repeats may outlive its pod.
  if (isDeepStrictEqual(involvedObject, (old as Event | undefined)?.involvedObject)) return;
  if (!isOwn(involvedObject, nodeName, storage))
    throw refuse('may report Events about its own pods and its own Node only: involvedObject');
}

function isOwn(about: ObjectReference, nodeName: string, { durable }: Storage): boolean {
  const kind = kindOf(about.apiVersion ?? 'v1', about.kind);
  if (kind?.kind !== 'Pod' && kind?.kind !== 'Node') return false;
  const known = durable.get(objectKey(kind, about.namespace, about.name ?? ''))?.value as
    Pod | Node | undefined;
  if (!known || (about.uid && about.uid !== known.metadata?.uid)) return false;
  return kind.kind === 'Node' ? about.name === nodeName : (known as Pod).spec?.nodeName === nodeName;
}
