import type { Container, ObjectReference, Pod } from '../../../api/types.ts';
import type { LocalEvent, LocalPod } from '../local-pod.ts';
import { ephemeralContainersOf, initContainersOf } from '../pod-spec.ts';
import type { PodTools } from '../tools.ts';

/** The pod that a worker looks after, as the worker's parts see it: what is known of it, and whom to tell what happened. */
export interface OnePod {
  readonly uid: string;
  readonly tools: PodTools;
  /** Where the pod keeps its things on this host. */
  readonly folder: string;
  /** As the API last had it. */
  readonly pod: Pod;
  readonly local: LocalPod;
  /** Notes what happened; the worker decides anew. */
  tell(event: LocalEvent): void;
  /** Says it as an Event, about the pod or one of its containers. */
  say(type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void;
}

/** What an Event about a pod, or about one of its containers, refers to. */
export function aboutPod(pod: Pod, container?: Container): ObjectReference {
  const { namespace, name, uid } = pod.metadata ?? {};
  const about: ObjectReference = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
  if (!container) return about;
  // By name: the API's copy of the pod, and so of its containers, may be a newer one.
  const isOf = (containers: readonly { name: string }[]) =>
    containers.some(({ name }) => name === container.name);
  const list = isOf(initContainersOf(pod))
    ? 'initContainers'
    : isOf(ephemeralContainersOf(pod))
      ? 'ephemeralContainers'
      : 'containers';
  return { ...about, fieldPath: `spec.${list}{${container.name}}` };
}
