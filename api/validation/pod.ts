import { forbiddenField, invalidValue } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import type { Pod, PodSpec } from '../types.ts';
import { validatePodAnnotations, validatePodSpec } from './pod-spec.ts';
import { validatePodUpdate } from './pod-update.ts';

export function validatePod(pod: Pod, old?: Pod): FieldError[] {
  const errors = validatePodItself(pod);
  const spec = pod.spec ?? noSpec;
  if (old?.spec) return [...errors, ...validatePodUpdate(spec, old.spec)];
  if (spec.ephemeralContainers?.length)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

const noSpec: PodSpec = { containers: [] };

/** What a pod must be however it came to be so. */
export function validatePodItself({ metadata, spec = noSpec }: Pod): FieldError[] {
  return [
    ...validatePodAnnotations('metadata.annotations', metadata?.annotations),
    ...validatePodSpec('spec', spec),
    ...(['containers', 'initContainers'] as const).flatMap((name) =>
      (spec[name] ?? []).flatMap(({ image = '' }, index) =>
        image.trim() === image
          ? []
          : [
              invalidValue(
                `${at(`spec.${name}`, index)}.image`,
                image,
                'must not have leading or trailing whitespace',
              ),
            ],
      ),
    ),
  ];
}
