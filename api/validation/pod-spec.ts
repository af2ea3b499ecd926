import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { ObjectMeta, PodSpec, PodTemplateSpec, Toleration, TopologySpreadConstraint } from '../types.ts';
import { validateAffinity } from './affinity.ts';
import { validateContainers } from './container.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { validateLabelSelector } from './label-selector.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from './names.ts';
import { validateResources } from './resource-requirements.ts';
import { named, oneOf } from './rules.ts';
import { validatePodSecurity } from './security-context.ts';
import { validateVolumes } from './volume.ts';

/** In the order in which Kubernetes looks at it, since people compare. */
export function validatePodSpec(field: string, spec: PodSpec): FieldError[] {
  const { volumes = [], terminationGracePeriodSeconds: grace, preemptionPolicy } = spec;
  const list = child(field, 'readinessGates');
  return [
    ...validateVolumes(child(field, 'volumes'), volumes),
    ...validateContainers(field, spec.containers, spec.initContainers, volumes, grace),
    ...validateEphemeralContainers(child(field, 'ephemeralContainers'), spec),
    ...validateResources(child(field, 'resources'), spec.resources),
    ...oneOf(child(field, 'restartPolicy'), spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf(child(field, 'dnsPolicy'), spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...validateLabels(child(field, 'nodeSelector'), spec.nodeSelector),
    ...validatePodSecurity(child(field, 'securityContext'), spec.securityContext),
    ...validateAffinity(child(field, 'affinity'), spec.affinity),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      named(child(at(list, index), 'conditionType'), conditionType ?? '', qualifiedName),
    ),
    ...validateGates(child(field, 'schedulingGates'), spec.schedulingGates ?? []),
    ...validateSpreads(child(field, 'topologySpreadConstraints'), spec.topologySpreadConstraints ?? []),
    ...named(child(field, 'serviceAccountName'), spec.serviceAccountName || undefined, dnsSubdomain),
    ...named(child(field, 'nodeName'), spec.nodeName || undefined, dnsSubdomain),
    ...deadline(child(field, 'activeDeadlineSeconds'), spec.activeDeadlineSeconds),
    ...named(child(field, 'hostname'), spec.hostname || undefined, dnsLabel),
    ...named(child(field, 'subdomain'), spec.subdomain || undefined, dnsLabel),
    ...(spec.tolerations ?? []).flatMap((each, index) =>
      validateToleration(at(child(field, 'tolerations'), index), each),
    ),
    ...named(child(field, 'runtimeClassName'), spec.runtimeClassName || undefined, dnsSubdomain),
    ...oneOf(child(field, 'preemptionPolicy'), preemptionPolicy, ['PreemptLowerPriority', 'Never']),
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
  const { key, operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const own = child(field, 'operator');
  const errors = named(child(field, 'key'), key || undefined, qualifiedName);
  if (!key && operator !== 'Exists')
    errors.push(
      invalidValue(
        own,
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    errors.push(
      invalidValue(
        child(field, 'effect'),
        effect,
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      ),
    );
  if (operator === '' || operator === 'Equal') errors.push(...named(own, value, labelValue));
  else if (operator === 'Exists' && value)
    errors.push(invalidValue(own, value, "value must be empty when `operator` is 'Exists'"));
  return [
    ...errors,
    ...oneOf(own, operator || undefined, ['Equal', 'Exists']),
    ...oneOf(child(field, 'effect'), effect || undefined, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  ];
}

function validateGates(field: string, gates: readonly { name: string }[]): FieldError[] {
  return gates.flatMap(({ name = '' }, index) => [
    ...named(at(field, index), name, qualifiedName),
    ...(gates.findIndex((each) => each.name === name) < index ? [duplicate(at(field, index), name)] : []),
  ]);
}

function validateSpreads(field: string, constraints: readonly TopologySpreadConstraint[]): FieldError[] {
  return constraints.flatMap((constraint, index) => {
    const { topologyKey, whenUnsatisfiable } = constraint;
    const isSame = (each: TopologySpreadConstraint) =>
      each.topologyKey === topologyKey && each.whenUnsatisfiable === whenUnsatisfiable;
    return [
      ...validateSpread(at(field, index), constraint),
      // Kubernetes names the first of the two.
      ...(constraints.slice(index + 1).some(isSame)
        ? [
            duplicate(
              child(at(field, index), '{topologyKey, whenUnsatisfiable}'),
              `{${topologyKey}, ${whenUnsatisfiable}}`,
            ),
          ]
        : []),
      ...validateLabelSelector(child(at(field, index), 'labelSelector'), constraint.labelSelector),
    ];
  });
}

function validateSpread(field: string, constraint: TopologySpreadConstraint): FieldError[] {
  const { maxSkew = 0, topologyKey, whenUnsatisfiable = '', minDomains } = constraint;
  const policies = ['Honor', 'Ignore'];
  return [
    ...(maxSkew > 0 ? [] : [invalidValue(child(field, 'maxSkew'), maxSkew, 'must be greater than zero')]),
    ...(topologyKey
      ? named(child(field, 'topologyKey'), topologyKey, qualifiedName)
      : [required(child(field, 'topologyKey'), 'can not be empty')]),
    ...oneOf(child(field, 'whenUnsatisfiable'), whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
    ...validateMinDomains(child(field, 'minDomains'), minDomains, whenUnsatisfiable),
    ...oneOf(child(field, 'nodeAffinityPolicy'), constraint.nodeAffinityPolicy, policies),
    ...oneOf(child(field, 'nodeTaintsPolicy'), constraint.nodeTaintsPolicy, policies),
  ];
}

function validateMinDomains(field: string, count: number | undefined, when: string): FieldError[] {
  if (count === undefined) return [];
  const may = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${when}`;
  return [
    ...(count > 0 ? [] : [invalidValue(field, count, 'must be greater than 0')]),
    ...(when === 'DoNotSchedule' ? [] : [invalidValue(field, count, may)]),
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
