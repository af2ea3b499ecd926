import { timestamp } from '../../../api/conditions.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { PersistentVolume } from '../../../api/types.ts';
import type { Resource } from './metadata.ts';

/** A volume whose status says since when it has its phase: who changes the phase and not the time means now. */
export function withPhaseTime(kind: Kind, old: Resource, next: Resource, now: Date): Resource {
  if (kind.type !== 'PersistentVolume') return next;
  const [before, after] = [(old as PersistentVolume).status, (next as PersistentVolume).status];
  const isNamed =
    after?.lastPhaseTransitionTime && after.lastPhaseTransitionTime !== before?.lastPhaseTransitionTime;
  if (isNamed) return next;
  const lastPhaseTransitionTime =
    before?.phase === after?.phase ? before?.lastPhaseTransitionTime : timestamp(now);
  return lastPhaseTransitionTime ? { ...next, status: { ...after, lastPhaseTransitionTime } } : next;
}
