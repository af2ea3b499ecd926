import type { ConfigMap } from '../../../api/types.ts';
import type { Item, Shown } from '../checker/history.ts';

export const namespace = 'history';
export const collection = `/api/v1/namespaces/${namespace}/configmaps`;

/** What a request writes. `version` for one that is meant for that version alone. */
export function configMap(key: string, a: string, b: string, version?: number): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: key,
      namespace,
      ...(version !== undefined && { resourceVersion: String(version) }),
    },
    data: { a, b },
  };
}

export function itemOf({ metadata, data }: ConfigMap): Item {
  return { key: metadata!.name!, ...shownOf({ metadata, data } as ConfigMap) };
}

export function shownOf({ metadata, data }: ConfigMap): Shown {
  const version = Number(metadata?.resourceVersion);
  if (
    !Number.isSafeInteger(version) ||
    !metadata?.uid ||
    data?.['a'] === undefined ||
    data['b'] === undefined
  )
    throw new Error(`an object without version, uid or data: ${JSON.stringify({ metadata, data })}`);
  return { version, uid: metadata.uid, a: data['a'], b: data['b'] };
}
