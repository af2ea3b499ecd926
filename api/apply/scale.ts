import { fieldSet, difference, hasField } from './field-set.ts';
import { ownerId } from './owners.ts';
import type { Owner, Owners } from './owners.ts';
import { fieldElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** The version of the Scale through which the number of replicas is seen. */
export const scaleApiVersion = 'autoscaling/v1';
const replicasOfScale = ['spec', 'replicas'].map(fieldElement);

/** Who owns the number of replicas, as owners of the Scale that shows it. */
export function ownersOfScale(
  owners: Owners,
  apiVersion: string,
  replicas: readonly PathElement[] = replicasOfScale,
): Owners {
  const result = new Map<string, Owner>();
  for (const owner of owners.values())
    if (owner.apiVersion === apiVersion && hasField(owner.fields, replicas)) {
      const own = { ...owner, apiVersion: scaleApiVersion, fields: fieldSet([...replicasOfScale]) };
      result.set(ownerId(own), own);
    }
  return result;
}

/**
 * The object's owners after its Scale was written. As in Kubernetes, who comes to own the number through the Scale has no time; unlike there,
 * who owned it already keeps it.
 */
export function ownersAfterScale(
  owners: Owners,
  scale: Owners,
  apiVersion: string,
  replicas: readonly PathElement[] = replicasOfScale,
): Owners {
  const left = new Map(scale);
  const result = new Map<string, Owner>();
  for (const [id, owner] of owners) {
    if (owner.apiVersion !== apiVersion) continue;
    const ofScale = ownerId({ ...owner, apiVersion: scaleApiVersion });
    if (!hasField(owner.fields, replicas) || left.delete(ofScale)) {
      result.set(id, owner);
      continue;
    }
    const fields = difference(owner.fields, fieldSet([...replicas]));
    if (fields.size > 0) result.set(id, { ...owner, fields });
  }
  for (const { time: _time, ...owner } of left.values()) {
    if (!hasField(owner.fields, replicasOfScale)) continue;
    const own = { ...owner, apiVersion, fields: fieldSet([...replicas]) };
    result.set(ownerId(own), own);
  }
  return result;
}
