import type { ClusterRoleBinding, Subject, RoleBinding } from '../types.ts';

const group = 'rbac.authorization.k8s.io';

export function defaultBinding<T extends RoleBinding | ClusterRoleBinding>(binding: T): T {
  const { roleRef, subjects } = binding;
  return {
    ...binding,
    roleRef: { ...roleRef, apiGroup: roleRef?.apiGroup || group },
    ...(subjects && { subjects: subjects.map(defaultSubject) }),
  };
}

function defaultSubject(subject: Subject): Subject {
  const isOfGroup = subject.kind === 'User' || subject.kind === 'Group';
  return isOfGroup && !subject.apiGroup ? { ...subject, apiGroup: group } : subject;
}
