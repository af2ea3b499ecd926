import { duplicate, invalidValue, notSupported, required, tooLong, tooMany } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goInt32s } from '../go-value.ts';
import type {
  JobSpec,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicy,
  SuccessPolicyRule,
} from '../types.ts';
import { countIndexes } from './job-indexes.ts';
import { qualifiedName } from './names.ts';
import { named, notNegative } from './rules.ts';

/** Kubernetes' own limits. */
const rulesMax = 20;
const exitCodesMax = 255;
const conditionsMax = 20;
const indexesBytesMax = 64 * 1024;

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];
const validValues = (values: readonly string[]) =>
  `valid values: [${values.map((each) => JSON.stringify(each)).join(' ')}]`;

function oneOfRequired(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (!value) return [required(field, validValues(supported))];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

export function validateFailurePolicy(
  field: string,
  { rules = [] }: PodFailurePolicy,
  spec: Partial<JobSpec>,
): FieldError[] {
  const own = child(field, 'rules');
  return [
    ...(rules.length > rulesMax ? [tooMany(own, rules.length, rulesMax)] : []),
    ...rules.flatMap((rule, index) => validateRule(at(own, index), rule, spec)),
  ];
}

function validateRule(field: string, rule: PodFailurePolicyRule, spec: Partial<JobSpec>): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const byCondition = onPodConditions.length > 0;
  const both = 'specifying both OnExitCodes and OnPodConditions is not supported';
  const neither = 'specifying one of OnExitCodes and OnPodConditions is required';
  return [
    ...(action === 'FailIndex' && spec.backoffLimitPerIndex === undefined
      ? [invalidValue(child(field, 'action'), action, 'requires the backoffLimitPerIndex to be set')]
      : oneOfRequired(child(field, 'action'), action, actions)),
    ...(onExitCodes ? validateExitCodes(child(field, 'onExitCodes'), onExitCodes, spec) : []),
    ...(byCondition ? validateConditions(child(field, 'onPodConditions'), onPodConditions) : []),
    ...(onExitCodes && byCondition ? [invalidValue(field, undefined, both)] : []),
    ...(!onExitCodes && !byCondition ? [invalidValue(field, undefined, neither)] : []),
  ];
}

function validateConditions(
  field: string,
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
): FieldError[] {
  return [
    ...(patterns.length > conditionsMax ? [tooMany(field, patterns.length, conditionsMax)] : []),
    ...patterns.flatMap(({ type, status }, index) => [
      ...named(child(at(field, index), 'type'), type ?? '', qualifiedName),
      ...oneOfRequired(child(at(field, index), 'status'), status, statuses),
    ]),
  ];
}

function validateExitCodes(
  field: string,
  { operator, containerName, values = [] }: PodFailurePolicyOnExitCodesRequirement,
  { template }: Partial<JobSpec>,
): FieldError[] {
  const own = child(field, 'values');
  const { containers = [], initContainers = [] } = template?.spec ?? {};
  const isKnown = [...containers, ...initContainers].some(({ name }) => name === containerName);
  const isOrdered = values.every((value, index) => index === 0 || values[index - 1]! <= value);
  return [
    ...oneOfRequired(child(field, 'operator'), operator, operators),
    ...(containerName !== undefined && !isKnown
      ? [
          invalidValue(
            child(field, 'containerName'),
            containerName,
            'must be one of the container or initContainer names in the pod template',
          ),
        ]
      : []),
    ...(values.length === 0 ? [invalidValue(own, goInt32s(values), 'at least one value is required')] : []),
    ...(values.length > exitCodesMax ? [tooMany(own, values.length, exitCodesMax)] : []),
    ...values.flatMap((value, index) => [
      ...(operator === 'In' && value === 0
        ? [invalidValue(at(own, index), value, 'must not be 0 for the In operator')]
        : []),
      ...(values.indexOf(value) < index ? [duplicate(at(own, index), value)] : []),
    ]),
    ...(isOrdered ? [] : [invalidValue(own, goInt32s(values), 'must be ordered')]),
  ];
}

export function validateSuccessPolicy(
  field: string,
  { rules = [] }: SuccessPolicy,
  completions = 0,
): FieldError[] {
  const own = child(field, 'rules');
  return [
    ...(rules.length === 0
      ? [required(own, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > rulesMax ? [tooMany(own, rules.length, rulesMax)] : []),
    ...rules.flatMap((rule, index) => validateSuccessRule(at(own, index), rule, completions)),
  ];
}

function validateSuccessRule(field: string, rule: SuccessPolicyRule, completions: number): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined)
    errors.push(required(field, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (indexes !== undefined) {
    const own = child(field, 'succeededIndexes');
    if (Buffer.byteLength(indexes) > indexesBytesMax) errors.push(tooLong(own, indexesBytesMax));
    const counted = countIndexes(indexes, completions);
    if (typeof counted === 'number') total = counted;
    else errors.push(invalidValue(own, indexes, `error parsing succeededIndexes: ${counted.problem}`));
  }
  if (count === undefined) return errors;
  const own = child(field, 'succeededCount');
  errors.push(...notNegative(own, count));
  const atMost = (most: number, what: string) =>
    invalidValue(own, count, `must be less than or equal to ${most} (${what})`);
  if (count > completions) errors.push(atMost(completions, 'the number of specified completions'));
  if (indexes !== undefined && count > total)
    errors.push(atMost(total, 'the number of indexes in the specified succeededIndexes field'));
  return errors;
}
