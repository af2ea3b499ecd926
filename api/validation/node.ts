import { duplicate, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Node } from '../types.ts';
import { labelValue, qualifiedName } from './names.ts';
import { immutable, named, oneOf } from './rules.ts';

export function validateNode({ spec }: Node, old?: Node): FieldError[] {
  const taints = new Set<string>();
  return [
    ...(spec?.taints ?? []).flatMap((taint, index) => {
      const own = at('spec.taints', index);
      const errors = [
        ...(taint.key ? named(child(own, 'key'), taint.key, qualifiedName) : [required(child(own, 'key'))]),
        ...named(child(own, 'value'), taint.value, labelValue),
        ...oneOf(child(own, 'effect'), taint.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
      ];
      // The same key may stand once for each effect.
      const identity = `${taint.key}:${taint.effect}`;
      if (taints.has(identity)) errors.push(duplicate(own, identity));
      taints.add(identity);
      return errors;
    }),
    // What is given once to a machine stays with it: pods have addresses from its range.
    ...(old?.spec?.providerID ? immutable('spec.providerID', spec?.providerID, old.spec.providerID) : []),
    ...(old?.spec?.podCIDR ? immutable('spec.podCIDR', spec?.podCIDR, old.spec.podCIDR) : []),
  ];
}
