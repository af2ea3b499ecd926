import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type {
  Affinity,
  NodeAffinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from '../types.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dnsLabel, qualifiedName } from './names.ts';
import { named } from './rules.ts';

const must = 'requiredDuringSchedulingIgnoredDuringExecution';
const should = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(field: string, affinity: Affinity | undefined): FieldError[] {
  return [
    ...validateNodeAffinity(child(field, 'nodeAffinity'), affinity?.nodeAffinity),
    ...validatePodAffinity(child(field, 'podAffinity'), affinity?.podAffinity),
    ...validatePodAffinity(child(field, 'podAntiAffinity'), affinity?.podAntiAffinity),
  ];
}

function validateNodeAffinity(field: string, affinity: NodeAffinity | undefined): FieldError[] {
  const [hard, soft] = [affinity?.[must], affinity?.[should] ?? []];
  const terms = child(child(field, must), 'nodeSelectorTerms');
  return [
    ...(hard && !hard.nodeSelectorTerms?.length
      ? [required(terms, 'must have at least one node selector term')]
      : []),
    ...(hard?.nodeSelectorTerms ?? []).flatMap((term, index) => validateNodeTerm(at(terms, index), term)),
    ...soft.flatMap((term, index) => {
      const own = at(child(field, should), index);
      return [
        ...validateWeight(own, term.weight),
        ...validateNodeTerm(child(own, 'preference'), term.preference),
      ];
    }),
  ];
}

export function validateNodeTerm(field: string, term: NodeSelectorTerm | undefined): FieldError[] {
  return [
    ...(term?.matchExpressions ?? []).flatMap((each, index) =>
      validateNodeRequirement(at(child(field, 'matchExpressions'), index), each),
    ),
    ...(term?.matchFields ?? []).flatMap((each, index) => {
      const own = at(child(field, 'matchFields'), index);
      return each.key === 'metadata.name'
        ? validateNodeRequirement(own, each)
        : [invalidValue(child(own, 'key'), each.key, 'not a valid field selector key')];
    }),
  ];
}

function validateNodeRequirement(
  field: string,
  { key, operator, values = [] }: NodeSelectorRequirement,
): FieldError[] {
  const own = child(field, 'values');
  const errors = named(child(field, 'key'), key, qualifiedName);
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.push(required(own, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.push(
          forbiddenField(own, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.push(required(own, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalidValue(child(field, 'operator'), operator, 'not a valid selector operator'));
  }
  return errors;
}

function validatePodAffinity(field: string, affinity: PodAffinity | undefined): FieldError[] {
  return [
    ...(affinity?.[must] ?? []).flatMap((term, index) =>
      validatePodTerm(at(child(field, must), index), term),
    ),
    ...(affinity?.[should] ?? []).flatMap((term, index) => {
      const own = at(child(field, should), index);
      return [
        ...validateWeight(own, term.weight),
        ...validatePodTerm(child(own, 'podAffinityTerm'), term.podAffinityTerm),
      ];
    }),
  ];
}

function validatePodTerm(field: string, term: PodAffinityTerm | undefined): FieldError[] {
  if (!term) return [required(field)];
  return [
    ...validateLabelSelector(child(field, 'labelSelector'), term.labelSelector),
    ...validateLabelSelector(child(field, 'namespaceSelector'), term.namespaceSelector),
    ...(term.namespaces ?? []).flatMap((name) => named(child(field, 'namespace'), name, dnsLabel)),
    ...(term.topologyKey
      ? named(child(field, 'topologyKey'), term.topologyKey, qualifiedName)
      : emptyKey(child(field, 'topologyKey'))),
  ];
}

/** Of a name that is empty, Kubernetes says all that an empty text is not. */
function emptyKey(field: string): FieldError[] {
  return [
    required(field, 'can not be empty'),
    invalidValue(field, '', 'name part must be non-empty'),
    invalidValue(field, '', qualifiedName('-')!),
  ];
}

function validateWeight(field: string, weight: number): FieldError[] {
  return weight >= 1 && weight <= 100
    ? []
    : [invalidValue(child(field, 'weight'), weight, 'must be in the range 1-100')];
}
