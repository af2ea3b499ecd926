import type { KubeObject } from '../client/client.ts';

/** `namespace/name`, or `/name` for what has no namespace: the key under which caches and queues know an object. */
export function keyOf(object: KubeObject): string {
  return keyFor(object.metadata?.namespace, object.metadata?.name ?? '');
}

export function keyFor(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** The reverse of `keyFor`. */
export function splitKey(key: string): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash) || undefined, name: key.slice(slash + 1) };
}
