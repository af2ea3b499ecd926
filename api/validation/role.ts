import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goStrings } from '../go-strings.ts';
import type { ClusterRole, PolicyRule, Role } from '../types.ts';
import { validateLabelSelector } from './label-selector.ts';

/** Source: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go */
export function validateRole({ rules = [] }: Role): FieldError[] {
  return rules.flatMap((rule, index) => validatePolicyRule(at('rules', index), rule, true));
}

export function validateClusterRole({ rules = [], aggregationRule }: ClusterRole): FieldError[] {
  const field = 'aggregationRule.clusterRoleSelectors';
  const selectors = aggregationRule?.clusterRoleSelectors ?? [];
  return [
    ...rules.flatMap((rule, index) => validatePolicyRule(at('rules', index), rule, false)),
    ...(aggregationRule && selectors.length === 0
      ? [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
      : []),
    ...selectors.flatMap((selector, index) => {
      const errors = validateLabelSelector(at(field, index), selector);
      return errors.length === 0
        ? []
        : [...errors, invalidValue(at(field, index), 'null', 'invalid label selector.')];
    }),
  ];
}

function validatePolicyRule(field: string, rule: PolicyRule, isNamespaced: boolean): FieldError[] {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs: urls } = rule;
  const errors = verbs?.length
    ? []
    : [required(child(field, 'verbs'), 'verbs must contain at least one value')];
  if (urls?.length) {
    const own = child(field, 'nonResourceURLs');
    const shown = goStrings('string', urls);
    if (isNamespaced)
      errors.push(invalidValue(own, shown, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups?.length || resources?.length || resourceNames?.length)
      errors.push(
        invalidValue(own, shown, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    return errors;
  }
  if (!apiGroups?.length)
    errors.push(required(child(field, 'apiGroups'), 'resource rules must supply at least one api group'));
  if (!resources?.length)
    errors.push(required(child(field, 'resources'), 'resource rules must supply at least one resource'));
  return errors;
}
