import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { ObjectMeta, PodSpec, PodTemplateSpec, Toleration, TopologySpreadConstraint } from '../types.ts';
import { validateAffinity } from './affinity.ts';
import { validateContainers } from './container.ts';
import { validateLabelSelector } from './label-selector.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from './names.ts';
import { validateResources } from './resource-requirements.ts';
import { named, notNegative, oneOf } from './rules.ts';
import { validateVolumes } from './volume.ts';

export function validatePodSpec(field: string, spec: PodSpec): FieldError[] {
  return [
    ...validateVolumes(child(field, 'volumes'), spec.volumes ?? []),
    ...validateContainers(field, spec.containers, spec.initContainers, spec.volumes ?? []),
    ...oneOf(child(field, 'restartPolicy'), spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf(child(field, 'dnsPolicy'), spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...notNegative(child(field, 'terminationGracePeriodSeconds'), spec.terminationGracePeriodSeconds),
    ...deadline(child(field, 'activeDeadlineSeconds'), spec.activeDeadlineSeconds),
    ...validateLabels(child(field, 'nodeSelector'), spec.nodeSelector),
    ...named(child(field, 'nodeName'), spec.nodeName || undefined, dnsSubdomain),
    ...named(child(field, 'serviceAccountName'), spec.serviceAccountName || undefined, dnsSubdomain),
    ...named(child(field, 'runtimeClassName'), spec.runtimeClassName || undefined, dnsSubdomain),
    ...named(child(field, 'hostname'), spec.hostname || undefined, dnsLabel),
    ...named(child(field, 'subdomain'), spec.subdomain || undefined, dnsLabel),
    ...validateResources(child(field, 'resources'), spec.resources),
    ...validateAffinity(child(field, 'affinity'), spec.affinity),
    ...(spec.tolerations ?? []).flatMap((each, index) =>
      validateToleration(at(child(field, 'tolerations'), index), each),
    ),
    ...(spec.topologySpreadConstraints ?? []).flatMap((each, index) =>
      validateSpread(at(child(field, 'topologySpreadConstraints'), index), each),
    ),
    ...(spec.readinessGates ?? []).flatMap((gate, index) =>
      named(
        child(at(child(field, 'readinessGates'), index), 'conditionType'),
        gate.conditionType,
        qualifiedName,
      ),
    ),
  ];
}

/** An int32 in Kubernetes, behind a wider type. */
const deadlineSecondsMax = 2 ** 31 - 1;

function deadline(field: string, seconds: number | undefined): FieldError[] {
  return seconds === undefined || (seconds >= 1 && seconds <= deadlineSecondsMax)
    ? []
    : [invalidValue(field, seconds, `must be between 1 and ${deadlineSecondsMax}, inclusive`)];
}

export function validateToleration(field: string, toleration: Toleration): FieldError[] {
  const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration;
  const errors = [
    ...named(child(field, 'key'), key || undefined, qualifiedName),
    ...oneOf(child(field, 'operator'), operator, ['Equal', 'Exists']),
    ...oneOf(child(field, 'effect'), effect || undefined, ['NoExecute', 'NoSchedule', 'PreferNoSchedule']),
  ];
  if (!key && operator !== 'Exists')
    errors.push(
      invalidValue(
        child(field, 'operator'),
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  if (operator === 'Exists' && value)
    errors.push(
      invalidValue(child(field, 'operator'), value, "value must be empty when `operator` is 'Exists'"),
    );
  if (operator === 'Equal') errors.push(...named(child(field, 'value'), value, labelValue));
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.push(
      invalidValue(
        child(field, 'effect'),
        effect,
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      ),
    );
  return errors;
}

function validateSpread(field: string, constraint: TopologySpreadConstraint): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
  return [
    ...(maxSkew > 0 ? [] : [invalidValue(child(field, 'maxSkew'), maxSkew, 'must be greater than zero')]),
    ...(topologyKey
      ? named(child(field, 'topologyKey'), topologyKey, qualifiedName)
      : [required(child(field, 'topologyKey'), 'can not be empty')]),
    ...oneOf(child(field, 'whenUnsatisfiable'), whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
    ...validateLabelSelector(child(field, 'labelSelector'), labelSelector),
  ];
}

/** A template of pods. Its labels and annotations are named without `metadata`, as Kubernetes names them. */
export function validateTemplate(field: string, template: PodTemplateSpec | undefined): FieldError[] {
  const { metadata, spec } = template ?? {};
  return [
    ...validateTemplateMetadata(field, metadata),
    ...validatePodSpec(child(field, 'spec'), spec ?? { containers: [] }),
    ...(spec?.ephemeralContainers?.length
      ? [
          forbiddenField(
            child(field, 'spec.ephemeralContainers'),
            'ephemeral containers not allowed in pod template',
          ),
        ]
      : []),
  ];
}

export function validateTemplateMetadata(field: string, metadata: ObjectMeta | undefined): FieldError[] {
  return [
    ...validateLabels(child(field, 'labels'), metadata?.labels),
    ...validateAnnotations(child(field, 'annotations'), metadata?.annotations),
    ...validatePodAnnotations(child(field, 'annotations'), metadata?.annotations),
  ];
}

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** Annotations of pods that Kubernetes itself reads. */
export function validatePodAnnotations(
  field: string,
  annotations: Record<string, string> | undefined,
): FieldError[] {
  const cost = annotations?.[deletionCost];
  if (cost === undefined || (/^(0|-?[1-9]\d{0,9})$/.test(cost) && Number(cost) === (Number(cost) | 0)))
    return [];
  return [invalidValue(at(field, deletionCost), cost, 'must be a 32bit integer')];
}
