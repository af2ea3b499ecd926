import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { GoValue, goIntOrString } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from '../types.ts';
import { amount, notMoreThanAll, validateIntOrPercent } from './int-or-percent.ts';
import { dnsLabel } from './names.ts';
import { validateTemplateMetadata } from './pod-spec.ts';
import { named, notNegative } from './rules.ts';
import { runsForever, validateSelectorAndTemplate } from './workload.ts';

/** All else says which pods and which claims there are, and those exist already. */
const changeable = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const satisfies (keyof StatefulSetSpec)[];

export function validateStatefulSet({ spec }: StatefulSet, old?: StatefulSet): FieldError[] {
  const { selector, template, persistentVolumeClaimRetentionPolicy: retention } = spec ?? {};
  return [
    ...validatePodManagement('spec.podManagementPolicy', spec?.podManagementPolicy),
    ...validateStrategy('spec.updateStrategy', spec?.updateStrategy),
    ...(['whenDeleted', 'whenScaled'] as const).flatMap((when) =>
      retention ? retainOrDelete(`spec.persistentVolumeClaimRetentionPolicy.${when}`, retention[when]) : [],
    ),
    ...notNegative('spec.replicas', spec?.replicas),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...notNegative('spec.ordinals.start', spec?.ordinals?.start),
    // It cannot change, so an old one that is wrong is not held against what changes otherwise.
    ...(old ? [] : named('spec.serviceName', spec?.serviceName || undefined, dnsLabel)),
    ...validateSelectorAndTemplate({
      selector,
      template,
      owner: 'statefulset',
      unreadable: '',
      // The pods' volumes come from claims too, so Kubernetes leaves the rest of the template to the pods themselves.
      validate: () => validateTemplateMetadata('spec.template', template?.metadata),
    }),
    ...runsForever('spec.template', template, 'StatefulSet'),
    ...(old?.spec && spec ? validateChanges(spec, old.spec) : []),
  ];
}

function validatePodManagement(field: string, policy = ''): FieldError[] {
  if (!policy) return [required(field)];
  return ['OrderedReady', 'Parallel'].includes(policy)
    ? []
    : [invalidValue(field, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateStrategy(
  field: string,
  { type, rollingUpdate }: StatefulSetUpdateStrategy = {},
): FieldError[] {
  const own = child(field, 'rollingUpdate');
  switch (type) {
    case undefined:
    case '':
      return [required(field)];
    case 'OnDelete':
      return rollingUpdate
        ? [invalidValue(own, rollingText(rollingUpdate), "only allowed for updateStrategy 'RollingUpdate'")]
        : [];
    case 'RollingUpdate':
      return rollingUpdate ? validateRollingUpdate(own, rollingUpdate) : [];
    default:
      return [
        invalidValue(field, strategyText(type, rollingUpdate), "must be 'RollingUpdate' or 'OnDelete'"),
      ];
  }
}

type RollingUpdate = NonNullable<StatefulSetUpdateStrategy['rollingUpdate']>;

function validateRollingUpdate(
  field: string,
  { partition, maxUnavailable: most }: RollingUpdate,
): FieldError[] {
  const own = child(field, 'maxUnavailable');
  return [
    ...notNegative(child(field, 'partition'), partition),
    ...(most === undefined
      ? []
      : [
          ...validateIntOrPercent(own, most),
          ...(amount(most) === 0 ? [invalidValue(own, goIntOrString(most), 'cannot be 0')] : []),
          ...notMoreThanAll(own, most),
        ]),
  ];
}

function rollingText({ partition = 0 }: RollingUpdate): GoValue {
  return new GoValue(
    `apps.RollingUpdateStatefulSetStrategy{Partition:${partition}, MaxUnavailable:(*intstr.IntOrString)(nil)}`,
  );
}

/** Where the strategy has a rolling update, Kubernetes prints its address in memory, which is worth nothing to anyone. */
function strategyText(type: string, rollingUpdate: RollingUpdate | undefined): GoValue {
  const rest = rollingUpdate ? '…' : '(nil)';
  return new GoValue(
    `apps.StatefulSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)${rest}}`,
  );
}

function retainOrDelete(field: string, policy = ''): FieldError[] {
  const policies = ['Retain', 'Delete'];
  return policies.includes(policy) ? [] : [notSupported(field, policy, policies)];
}

function validateChanges(spec: StatefulSetSpec, old: StatefulSetSpec): FieldError[] {
  const rest = (whole: StatefulSetSpec) =>
    Object.fromEntries(
      Object.entries(whole).filter(([field]) => !(changeable as readonly string[]).includes(field)),
    );
  return sameJson(rest(spec), rest(old))
    ? []
    : [
        forbiddenField(
          'spec',
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
      ];
}
