import { forbiddenField, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { sameJson } from '../plain-objects.ts';
import type { Container, Pod, PodSpec } from '../types.ts';
import { validatePodSpec } from './pod-spec.ts';

/** What Kubernetes lets anyone change on a pod that exists; all else takes a new pod. */
const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validatePod(pod: Pod, old?: Pod): FieldError[] {
  if (!pod.spec) return [required('spec')];
  const errors = validatePodSpec('spec', pod.spec);
  if (old?.spec) return [...errors, ...validatePodUpdate(pod.spec, old.spec)];
  if (pod.spec.ephemeralContainers?.length)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  return errors;
}

function validatePodUpdate(spec: PodSpec, old: PodSpec): FieldError[] {
  // Put back what may change; whatever then still differs may not.
  const rest: PodSpec = {
    ...spec,
    containers: withOldImages(spec.containers, old.containers) ?? [],
    initContainers: withOldImages(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: mayShorten(spec, old) ? old.activeDeadlineSeconds : spec.activeDeadlineSeconds,
    tolerations: onlyAdds(spec, old) ? old.tolerations : spec.tolerations,
    schedulingGates: onlyOpensGates(spec, old) ? old.schedulingGates : spec.schedulingGates,
  };
  const changed = [...new Set([...Object.keys(rest), ...Object.keys(old)])].filter(
    (field) => !sameJson(rest[field as keyof PodSpec], old[field as keyof PodSpec]),
  );
  if (changed.length === 0) return [];
  return [
    forbiddenField(
      'spec',
      `${changeable} (changed here: ${changed.map((field) => `spec.${field}`).join(', ')})`,
    ),
  ];
}

function withOldImages(containers: Container[] | undefined, before: Container[] | undefined) {
  return containers?.map((container, index) => ({ ...container, image: before?.[index]?.image }));
}

function mayShorten(
  { activeDeadlineSeconds: next }: PodSpec,
  { activeDeadlineSeconds: old }: PodSpec,
): boolean {
  return next !== undefined && (old === undefined || next <= old);
}

function onlyAdds(spec: PodSpec, old: PodSpec): boolean {
  return (old.tolerations ?? []).every((each) => spec.tolerations?.some((next) => sameJson(each, next)));
}

function onlyOpensGates(spec: PodSpec, old: PodSpec): boolean {
  return (spec.schedulingGates ?? []).every((each) =>
    old.schedulingGates?.some(({ name }) => name === each.name),
  );
}
