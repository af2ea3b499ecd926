import type { Container, Pod } from '../../../api/types.ts';
import { forbiddenField, type FieldError } from '../../../api/field-errors.ts';
import { validateEphemeralContainersUpdate } from '../../../api/validation/ephemeral-containers.ts';
import { validatePodItself } from '../../../api/validation/pod.ts';
import { validatePodResize } from '../../../api/validation/pod-resize.ts';
import type { Resource } from './metadata.ts';

/** Parts of a pod that change by subresources of their own, whatever else the writer says. */
export type PodPart = 'ephemeralcontainers' | 'resize';

export function isPodPart(subresource: string | undefined): subresource is PodPart {
  return subresource === 'ephemeralcontainers' || subresource === 'resize';
}

/** `old` with that part of `input`, and nothing else of it. */
export function withPodPart(part: PodPart, old: Resource, input: Resource): Resource {
  const [pod, given] = [old as Pod, input as Pod];
  const { spec } = pod;
  if (part === 'ephemeralcontainers')
    return {
      ...old,
      spec: { ...spec, ephemeralContainers: given.spec?.ephemeralContainers ?? [] },
    };
  return {
    ...old,
    spec: {
      ...spec,
      containers: resized(spec?.containers ?? [], given.spec?.containers ?? []),
      ...(spec?.initContainers || given.spec?.initContainers
        ? { initContainers: resized(spec?.initContainers ?? [], given.spec?.initContainers ?? []) }
        : {}),
    },
  };
}

/** Of other containers than these, all is taken as it is said, for validation to refuse. */
function resized(old: readonly Container[], given: readonly Container[]): Container[] {
  const areSame = old.length === given.length && old.every(({ name }, index) => name === given[index]!.name);
  if (!areSame) return [...given];
  return old.map(({ resources: _resources, resizePolicy: _policy, ...container }, index) => {
    const { resources, resizePolicy } = given[index]!;
    return { ...container, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) };
  });
}

export function validatePodPart(part: PodPart, object: Resource, old: Resource): FieldError[] {
  const [pod, before] = [object as Pod, old as Pod];
  return [
    ...validatePodItself(pod),
    ...(part === 'resize'
      ? validatePodResize(pod, before)
      : [...validateEphemeralContainersUpdate(pod, before), ...refuseWhereNothingCanLook(pod, before)]),
  ];
}

/** Known once it runs: a component has neither processes nor a file system that another program could look into. */
function refuseWhereNothingCanLook({ spec }: Pod, before: Pod): FieldError[] {
  const isMore = (spec?.ephemeralContainers?.length ?? 0) > (before.spec?.ephemeralContainers?.length ?? 0);
  const isWasm = before.status?.containerStatuses?.some(({ containerID }) =>
    containerID?.startsWith('wasm:'),
  );
  return isMore && isWasm
    ? [
        forbiddenField(
          'spec.ephemeralContainers',
          'this pod runs in the wasm sandbox, which runs one program and lets nothing look into it; a pod with runtimeClassName: podman can be looked into',
        ),
      ]
    : [];
}
