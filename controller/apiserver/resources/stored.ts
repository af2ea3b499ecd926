import { kindOf } from '../../../api/kinds.ts';
import { collectionKey, objectKey } from '../storage/keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { Resource } from './metadata.ts';

/** What admission asks of other objects: all of a kind in a namespace, or one by its name. Only what is durable. */
export function storedAll<T extends Resource>(
  storage: Storage,
  [apiVersion, kindName]: readonly [apiVersion: string, kind: string],
  namespace?: string,
): T[] {
  const kind = kindOf(apiVersion, kindName)!;
  return storage.durable.list(collectionKey(kind, namespace)).entries.map(({ value }) => value as T);
}

export function storedNamed<T extends Resource>(
  storage: Storage,
  [apiVersion, kindName]: readonly [apiVersion: string, kind: string],
  name: string,
): T | undefined {
  const kind = kindOf(apiVersion, kindName)!;
  return storage.durable.get(objectKey(kind, undefined, name))?.value as T | undefined;
}
