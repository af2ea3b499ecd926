import { methodNotAllowed, noSuchResource } from '../../../api/errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import type { CustomResourceDefinition } from '../../../api/types.ts';
import type { Admission } from '../resources/admission-request.ts';
import { objectKey } from '../storage/keys.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * Nothing new is made of a kind whose definition is to go. An end that is on its way to disk counts too: what came behind it in the log
 * would be missed by whoever deletes the definition's objects.
 *
 * @throws ApiError (method not allowed, or not found where the definition has gone meanwhile)
 */
export function refuseWhileEnding(kind: Kind, storage: Storage): void {
  if (!kind.custom) return;
  const key = objectKey(kindNamed('CustomResourceDefinition'), undefined, kind.custom.definition);
  const definition = storage.durable.head(key)?.value as CustomResourceDefinition | undefined;
  if (!definition) throw noSuchResource();
  if (definition.metadata?.deletionTimestamp)
    throw methodNotAllowed(
      kind,
      'create not allowed while custom resource definition is terminating: create',
    );
}

/** Asked again in the step that writes: since the request came, its definition may have been deleted. */
export const definitionStays: Admission = ({ operation, kind, object, storage }) => {
  if (operation === 'create') refuseWhileEnding(kind, storage);
  return object;
};
