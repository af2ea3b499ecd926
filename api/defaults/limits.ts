import type { LimitRange, LimitRangeItem, PriorityClass } from '../types.ts';

export function defaultLimitRange(range: LimitRange): LimitRange {
  if (!range.spec?.limits) return range;
  return { ...range, spec: { ...range.spec, limits: range.spec.limits.map(defaultItem) } };
}

/** A container's greatest amount is its limit where none is named, its limit is its request, and else the least amount is. */
function defaultItem(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limit = { ...item.max, ...item.default };
  const request = { ...item.min, ...limit, ...item.defaultRequest };
  return {
    ...item,
    ...(Object.keys(limit).length > 0 && { default: limit }),
    ...(Object.keys(request).length > 0 && { defaultRequest: request }),
  };
}

export function defaultPriorityClass(priorityClass: PriorityClass): PriorityClass {
  return { value: 0, preemptionPolicy: 'PreemptLowerPriority', ...priorityClass };
}
