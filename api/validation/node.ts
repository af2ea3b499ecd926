import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Node } from '../types.ts';
import { cidr } from './addresses.ts';
import { labelValue, qualifiedName } from './names.ts';
import { named, oneOf } from './rules.ts';

export function validateNode({ spec, status }: Node, old?: Node): FieldError[] {
  const taints = new Set<string>();
  return [
    ...(spec?.taints ?? []).flatMap((taint, index) => {
      // The path is Kubernetes' own slip, and is looked for.
      const own = at('metadata.taints', index);
      const errors = [
        ...(taint.key ? named(child(own, 'key'), taint.key, qualifiedName) : [required(child(own, 'key'))]),
        ...named(child(own, 'value'), taint.value, labelValue),
        ...oneOf(child(own, 'effect'), taint.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
      ];
      // The same key may stand once for each effect.
      const identity = `${taint.key}:${taint.effect}`;
      if (taints.has(identity))
        errors.push({ ...duplicate(own, taint), detail: 'taints must be unique by key and effect pair' });
      taints.add(identity);
      return errors;
    }),
    ...(spec?.podCIDRs ?? []).flatMap((range, index) => cidr(at('spec.podCIDRs', index), range)),
    ...notNegativeAmounts('status.capacity', status?.capacity),
    // What may be used is all that there is, where the host does not say less.
    ...notNegativeAmounts('status.allocatable', status?.allocatable ?? status?.capacity),
    // What is given once to a machine stays with it: pods have addresses from its range.
    ...(old?.spec?.podCIDR && spec?.podCIDR !== old.spec.podCIDR ? [given('podCIDRs', 'podCIDR')] : []),
    ...(old?.spec?.providerID && spec?.providerID !== old.spec.providerID ? [given('providerID')] : []),
  ];
}

function given(field: string, what = field): FieldError {
  return forbiddenField(`spec.${field}`, `node updates may not change ${what} except from "" to valid`);
}

function notNegativeAmounts(field: string, amounts: Record<string, string | number> = {}): FieldError[] {
  return Object.entries(amounts)
    .filter(([, amount]) => String(amount).startsWith('-'))
    .map(([name, amount]) => invalidValue(child(field, name), amount, 'must be greater than or equal to 0'));
}
