import { methodNotAllowed } from '../../../api/errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import { getOwn, isPlainObject, setOwn } from '../../../api/plain-objects.ts';
import type { PlainObject } from '../../../api/plain-objects.ts';
import { parseJsonPath, valuesAt } from '../../../api/structural/json-path.ts';
import type { Resource } from '../resources/metadata.ts';

/** What `scale` shows of a custom resource: the numbers that stand where its definition says. */
export function customScale(
  kind: Kind,
  object: Resource,
): { replicas: number; status: number; selector: string } {
  const scale = kind.custom?.scale;
  if (!scale) throw methodNotAllowed(kind, 'scale');
  const at = (path: string | undefined) =>
    path ? valuesAt(object, parseJsonPath(path) ?? [])[0] : undefined;
  const number = (value: unknown) => (typeof value === 'number' ? value : 0);
  const selector = at(scale.labelSelectorPath);
  return {
    replicas: number(at(scale.specReplicasPath)),
    status: number(at(scale.statusReplicasPath)),
    selector: typeof selector === 'string' ? selector : '',
  };
}

/** A custom resource with the replicas of a Scale. */
export function withCustomReplicas(kind: Kind, object: Resource, replicas: number): Resource {
  const path = kind.custom?.scale?.specReplicasPath ?? '';
  return withValue(
    object as unknown as PlainObject,
    path.split('.').slice(1),
    replicas,
  ) as unknown as Resource;
}

function withValue(object: PlainObject, [name = '', ...rest]: string[], value: unknown): PlainObject {
  const result = { ...object };
  const inner = getOwn(object, name);
  setOwn(result, name, rest.length === 0 ? value : withValue(isPlainObject(inner) ? inner : {}, rest, value));
  return result;
}
