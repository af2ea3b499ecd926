import { forbidden } from '../../../api/errors.ts';
import { runtimeHandlerKey } from '../../../api/nodes.ts';
import { sameJson } from '../../../api/plain-objects.ts';
import type { Pod, PodSpec, RuntimeClass, Toleration } from '../../../api/types.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { storedNamed } from './stored.ts';

const runtimeClass = ['node.k8s.io/v1', 'RuntimeClass'] as const;

/**
 * What a pod's RuntimeClass says of it: the overhead that the sandbox costs, the nodes that have it, and the handler, which is the
 * sandbox's name on them. The handler stands in an annotation where it is not the class's own name, so that nodes need not read classes.
 *
 * Source: k8s.io/kubernetes/plugin/pkg/admission/runtimeclass/admission.go
 */
export const podHasRuntime: Admission = ({ operation, kind, object, storage }) => {
  if (kind.type !== 'Pod' || operation !== 'create') return object;
  const pod = object as Pod;
  const { spec } = pod;
  if (!spec) return object;
  const refuse = (why: string) => forbidden(kind, pod.metadata?.name ?? '', why);
  const name = spec.runtimeClassName;
  const found = name ? storedNamed<RuntimeClass>(storage, runtimeClass, name) : undefined;
  if (name && !found) throw refuse(`pod rejected: RuntimeClass "${name}" not found`);

  const overhead = found?.overhead?.podFixed;
  if (!found?.overhead && spec.overhead)
    throw refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  if (found?.overhead && Object.keys(spec.overhead ?? {}).length > 0 && !sameJson(overhead, spec.overhead))
    throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");

  const nodeSelector = merged(spec, found, refuse);
  const tolerations = tolerated(spec.tolerations, found?.scheduling?.tolerations);
  return {
    ...object,
    metadata: { ...object.metadata, ...annotations(pod, name, found) },
    spec: {
      ...spec,
      ...(overhead && { overhead }),
      ...(nodeSelector && { nodeSelector }),
      ...(tolerations && { tolerations }),
    },
  } as Resource;
};

/** The annotation is the server's own: what a creator writes there would name another sandbox than the class does. */
function annotations(pod: Pod, name: string | undefined, found: RuntimeClass | undefined) {
  const { [runtimeHandlerKey]: given, ...others } = pod.metadata?.annotations ?? {};
  if (found && found.handler !== name)
    return { annotations: { ...others, [runtimeHandlerKey]: found.handler } };
  return given === undefined ? {} : { annotations: others };
}

function merged(
  { nodeSelector: own }: PodSpec,
  found: RuntimeClass | undefined,
  refuse: (why: string) => Error,
): PodSpec['nodeSelector'] {
  const ofClass = found?.scheduling?.nodeSelector;
  if (!ofClass) return own;
  for (const [key, value] of Object.entries(ofClass))
    if (own?.[key] !== undefined && own[key] !== value)
      throw refuse(
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`,
      );
  return { ...own, ...ofClass };
}

/** The pod's and the class's, each once. */
function tolerated(
  own: Toleration[] | undefined,
  ofClass: Toleration[] | undefined,
): Toleration[] | undefined {
  if (!ofClass?.length) return own;
  const all = [...(own ?? []), ...ofClass];
  return all.filter((each, index) => all.findIndex((other) => sameJson(each, other)) === index);
}
