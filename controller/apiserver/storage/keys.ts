import type { Kind } from '../../../api/kinds.ts';

/** Where a kind's objects lie in the store; over all namespaces where `namespace` is undefined. */
export function collectionKey(kind: Kind, namespace?: string): string {
  // Events of both groups are the same objects.
  const group = kind.type === 'EventsEvent' ? '' : kind.group;
  const root = `/${group || 'core'}/${kind.plural}/`;
  return kind.namespaced && namespace !== undefined ? `${root}${namespace}/` : root;
}

/** `/apps/deployments/default/hello`, `/core/nodes/attic`. Names and namespaces hold no slash (api/validation). */
export function objectKey(kind: Kind, namespace: string | undefined, name: string): string {
  return `${collectionKey(kind, kind.namespaced ? (namespace ?? '') : undefined)}${name}`;
}
