import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import { goStrings } from '../go-strings.ts';
import { GoValue } from '../go-value.ts';
import type {
  Quantity,
  ResourceQuota,
  ResourceQuotaSpec,
  ScopedResourceSelectorRequirement,
} from '../types.ts';
import { isQuotaResource, quotaResourceName, resourceAmount } from './resource-names.ts';

const compute = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const podResources = ['pods', ...compute];

/** What each scope may be put on. Source: k8s.io/kubernetes/pkg/apis/core/helper/helpers.go IsResourceQuotaScopeValidForResource */
const scopes: Record<string, readonly string[]> = {
  BestEffort: ['pods'],
  CrossNamespacePodAffinity: podResources,
  NotBestEffort: podResources,
  NotTerminating: podResources,
  PriorityClass: podResources,
  Terminating: podResources,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};

/** Scopes that a pod is in or not, without a value. */
const plainScopes = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);

const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidateResourceQuota */
export function validateResourceQuota({ spec = {} }: ResourceQuota, old?: ResourceQuota): FieldError[] {
  const before = new Set(old?.spec?.scopes);
  const now = new Set(spec.scopes);
  const isSame = before.size === now.size && [...before].every((scope) => now.has(scope));
  return [
    ...amounts('spec.hard', spec.hard),
    ...validateScopes('spec.scopes', spec),
    ...validateSelector('spec.scopeSelector.matchExpressions', spec),
    ...(old && !isSame ? [invalidValue('spec.scopes', goScopes(spec.scopes), 'field is immutable')] : []),
  ];
}

export function validateResourceQuotaStatus({ status }: ResourceQuota): FieldError[] {
  return [...amounts('status.hard', status?.hard), ...amounts('status.used', status?.used)];
}

function amounts(field: string, list: Record<string, Quantity> | undefined): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, quantity]) => [
    ...quotaResourceName(at(field, name), name),
    ...resourceAmount(at(field, name), name, quantity),
  ]);
}

function validateScopes(field: string, { hard, scopes: given = [] }: ResourceQuotaSpec): FieldError[] {
  const wrong = (why: string) => invalidValue(field, goScopes(given), why);
  return [
    ...given.flatMap((scope) => [
      ...(Object.hasOwn(scopes, scope) ? [] : [wrong('unsupported scope')]),
      ...misapplied(scope, hard).map(() => wrong('unsupported scope applied to resource')),
    ]),
    ...conflicts(given).map(() => wrong('conflicting scopes')),
  ];
}

function validateSelector(
  field: string,
  { hard, scopes: given, scopeSelector }: ResourceQuotaSpec,
): FieldError[] {
  const expressions = scopeSelector?.matchExpressions ?? [];
  return [
    ...expressions.flatMap((expression) => [
      ...(Object.hasOwn(scopes, expression.scopeName)
        ? []
        : [invalidValue(`${field}.scopeName`, expression.scopeName, 'unsupported scope')]),
      ...misapplied(expression.scopeName, hard).map(() =>
        invalidValue(field, goSelector(expressions), 'unsupported scope applied to resource'),
      ),
      ...validateOperator(field, expression),
    ]),
    ...conflicts(expressions.map(({ scopeName }) => scopeName)).map(() =>
      invalidValue(field, goScopes(given), 'conflicting scopes'),
    ),
  ];
}

function validateOperator(
  field: string,
  { scopeName, operator, values }: ScopedResourceSelectorRequirement,
): FieldError[] {
  const errors: FieldError[] = [];
  if (plainScopes.has(scopeName) && operator !== 'Exists')
    errors.push(
      invalidValue(
        `${field}.operator`,
        operator,
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
      ),
    );
  if (operator === 'In' || operator === 'NotIn') {
    if (!values?.length)
      errors.push(
        required(
          `${field}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      );
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values?.length)
      errors.push(
        invalidValue(
          `${field}.values`,
          goStrings('string', values),
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      );
  } else errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  return errors;
}

/** The resources that this scope says nothing of. */
function misapplied(scope: string, hard: Record<string, Quantity> | undefined): string[] {
  const taken = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  if (!taken) return [];
  return Object.keys(hard ?? {}).filter((name) => isQuotaResource(name) && !taken.includes(name));
}

function conflicts(given: readonly string[]): (readonly string[])[] {
  return opposites.filter((pair) => pair.every((scope) => given.includes(scope)));
}

const goScopes = (given: readonly string[] | undefined) => goStrings('core.ResourceQuotaScope', given);

function goSelector(expressions: ScopedResourceSelectorRequirement[]): GoValue {
  const shown = expressions.map(({ scopeName, operator, values }) => {
    const list = goStrings('string', values).text;
    return `core.ScopedResourceSelectorRequirement{ScopeName:${JSON.stringify(scopeName)}, Operator:${JSON.stringify(operator)}, Values:${list}}`;
  });
  return new GoValue(
    `core.ScopeSelector{MatchExpressions:[]core.ScopedResourceSelectorRequirement{${shown.join(', ')}}}`,
  );
}
