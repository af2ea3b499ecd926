import { badRequest, conflict, invalid, type ApiError } from '../../../api/errors.ts';
import { invalidValue } from '../../../api/field-errors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { Resource } from './metadata.ts';

/** @throws ApiError (bad request) where a body is of another object than its URL */
export function refuseOtherName({ metadata }: Resource, name: string): void {
  if (!metadata?.name)
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (metadata.name !== name) throw otherName(metadata.name, name);
}

export function otherName(given: string, name: string): ApiError {
  return badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

/** @throws ApiError (bad request) where a body is of another namespace than its URL */
export function refuseOtherNamespace({ metadata }: Resource, namespace: string | undefined): void {
  if (namespace !== undefined && metadata?.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** @throws ApiError (conflict) where a write means another version than there is */
export function refuseStale(kind: Kind, old: Resource, version: string | undefined): void {
  if (version && version !== old.metadata?.resourceVersion) throw conflict(kind, old.metadata!.name!);
}

/** @throws ApiError (invalid) where a patch is to make another object of it: whoever replaces one, by contrast, means another */
export function refuseNewUid(kind: Kind, old: Resource, patched: Resource): void {
  const { uid } = patched.metadata ?? {};
  if (uid && uid !== old.metadata?.uid)
    throw invalid(kind, old.metadata!.name!, [invalidValue('metadata.uid', uid, 'field is immutable')]);
}

/** An apply that names a uid means an object that is there. */
export function noSuchUid(kind: Kind, name: string, uid: string): ApiError {
  return conflict(
    kind,
    name,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
}
