import { kindNamed } from '../../../api/kinds.ts';
import type { Event, Pod } from '../../../api/types.ts';
import { collectionKey } from '../storage/keys.ts';
import type { Reader } from '../resources/reader.ts';

/** What rules may ask about the objects themselves. */
export interface Facts {
  pod(namespace: string | undefined, name: string | undefined): Pod | undefined;
  event(namespace: string | undefined, name: string | undefined): Event | undefined;
  /** The namespace's pods that are on the node. */
  podsOn(node: string, namespace: string | undefined): Pod[];
}

export function factsOf(reader: Reader): Facts {
  const find = <T>(kind: string, namespace: string | undefined, name: string | undefined) =>
    name === undefined ? undefined : (reader.find(kindNamed(kind), namespace, name) as T | undefined);
  return {
    pod: (namespace, name) => find<Pod>('Pod', namespace, name),
    event: (namespace, name) => find<Event>('Event', namespace, name),
    podsOn: (node, namespace) =>
      reader.storage.durable
        .list(collectionKey(kindNamed('Pod'), namespace))
        .entries.map(({ value }) => value as Pod)
        .filter((pod) => pod.spec?.nodeName === node),
  };
}
