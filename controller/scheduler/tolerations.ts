import type { Taint, Toleration } from '../../api/types.ts';

/** How `spec.unschedulable` is tolerated. */
export const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Whether one of the tolerations covers the taint, by Kubernetes' rules: no key means all keys, no effect all effects. */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return toleration(tolerations, taint) !== undefined;
}

export function toleration(
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): Toleration | undefined {
  return tolerations?.find(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (!key) return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
  });
}
