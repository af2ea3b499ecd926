/** What all kinds' conditions have in common. */
export interface AnyCondition {
  type: string;
  /** `True`, `False` or `Unknown`. */
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** A moment as the API writes it: whole seconds, `2026-11-20T12:00:00Z`. */
export function timestamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}

/** A moment with microseconds, as Leases and Events write it: `2026-11-20T12:00:00.123000Z`. */
export function microTimestamp(now: Date): string {
  return `${now.toISOString().slice(0, 23)}000Z`;
}

/**
 * The conditions with this one in its place, as a new array; the same array where nothing changes, so that callers can
 * leave a write out. `lastTransitionTime` is `now` only where `status` changes, and is kept otherwise.
 */
export function setCondition<T extends AnyCondition>(
  conditions: readonly T[] | undefined,
  condition: T,
  now: Date,
): T[] {
  const list = (conditions ?? []) as T[];
  const old = conditionOf(list, condition.type);
  const lastTransitionTime =
    old?.status === condition.status ? (old.lastTransitionTime ?? timestamp(now)) : timestamp(now);
  const next = { ...condition, lastTransitionTime };
  if (!old) return [...list, next];
  return sameCondition(old, next) ? list : list.map((each) => (each === old ? next : each));
}

/** The conditions without those of this type; the same array where there are none. */
export function removeCondition<T extends AnyCondition>(
  conditions: readonly T[] | undefined,
  type: string,
): T[] {
  const list = (conditions ?? []) as T[];
  return conditionOf(list, type) ? list.filter((each) => each.type !== type) : list;
}

export function conditionOf<T extends AnyCondition>(
  conditions: readonly T[] | undefined,
  type: string,
): T | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is there and `True`. */
export function isConditionTrue(conditions: readonly AnyCondition[] | undefined, type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}

function sameCondition(a: AnyCondition, b: AnyCondition): boolean {
  const [left, right] = [Object.entries(a), Object.entries(b)].map((entries) =>
    entries.filter(([, value]) => value !== undefined),
  );
  return (
    left!.length === right!.length &&
    left!.every(([key, value]) => value === (b as unknown as Record<string, unknown>)[key])
  );
}
