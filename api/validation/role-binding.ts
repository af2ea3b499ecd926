import { invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { GoValue } from '../go-value.ts';
import type { ClusterRoleBinding, RoleBinding, RoleRef, Subject } from '../types.ts';
import { dnsSubdomain, pathName } from './names.ts';
import { named } from './rules.ts';

const group = 'rbac.authorization.k8s.io';

/** Source: k8s.io/kubernetes/pkg/apis/rbac/validation/validation.go */
export function validateRoleBinding(binding: RoleBinding, old?: RoleBinding): FieldError[] {
  return validateBinding(binding, old, ['Role', 'ClusterRole']);
}

export function validateClusterRoleBinding(
  binding: ClusterRoleBinding,
  old?: ClusterRoleBinding,
): FieldError[] {
  return validateBinding(binding, old, ['ClusterRole']);
}

function validateBinding(
  { kind, roleRef, subjects = [] }: RoleBinding | ClusterRoleBinding,
  old: RoleBinding | ClusterRoleBinding | undefined,
  roleKinds: string[],
): FieldError[] {
  const { apiGroup = '', kind: roleKind = '', name = '' } = roleRef ?? {};
  return [
    ...(apiGroup === group ? [] : [notSupported('roleRef.apiGroup', apiGroup, [group])]),
    ...(roleKinds.includes(roleKind) ? [] : [notSupported('roleRef.kind', roleKind, roleKinds)]),
    ...(name ? named('roleRef.name', name, pathName) : [required('roleRef.name')]),
    ...subjects.flatMap((subject, index) =>
      validateSubject(at('subjects', index), subject, kind === 'RoleBinding'),
    ),
    ...(old && !isSameRole(roleRef, old.roleRef)
      ? [invalidValue('roleRef', goRoleRef(roleRef), 'cannot change roleRef')]
      : []),
  ];
}

function isSameRole(a: RoleRef, b: RoleRef): boolean {
  return a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name;
}

function goRoleRef({ apiGroup, kind, name }: RoleRef): GoValue {
  const [a, k, n] = [apiGroup, kind, name].map((each) => JSON.stringify(each));
  return new GoValue(`rbac.RoleRef{APIGroup:${a}, Kind:${k}, Name:${n}}`);
}

function validateSubject(field: string, subject: Subject, isNamespaced: boolean): FieldError[] {
  const { kind = '', name, apiGroup = '', namespace } = subject;
  const ownGroup = child(field, 'apiGroup');
  const errors = name ? [] : [required(child(field, 'name'))];
  switch (kind) {
    case 'ServiceAccount':
      if (name) errors.push(...named(child(field, 'name'), name, dnsSubdomain));
      if (apiGroup) errors.push(notSupported(ownGroup, apiGroup, ['']));
      if (!isNamespaced && !namespace) errors.push(required(child(field, 'namespace')));
      return errors;
    case 'User':
    case 'Group':
      return apiGroup === group ? errors : [...errors, notSupported(ownGroup, apiGroup, [group])];
    default:
      return [...errors, notSupported(child(field, 'kind'), kind, ['ServiceAccount', 'User', 'Group'])];
  }
}
