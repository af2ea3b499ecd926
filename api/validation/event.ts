import { invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { kindOf } from '../kinds.ts';
import type { Event } from '../types.ts';

/** An Event stands in the namespace of what it is about; about what has none, in `default`. */
export function validateEvent({ metadata, involvedObject }: Event): FieldError[] {
  const namespace = involvedObject?.namespace ?? '';
  const about = kindOf(involvedObject?.apiVersion, involvedObject?.kind);
  const expected = namespace || 'default';
  if (!metadata?.namespace || metadata.namespace === expected) return [];
  // Of what has no namespace, Kubernetes' own components also write where they run.
  if (!namespace && (!about || metadata.namespace === 'kube-system')) return [];
  return [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
}
