import type { Event } from '../api/types.ts';

/** When the event was seen last, as `kubectl get events` tells it; undefined where it says no time at all. */
function lastSeen({ lastTimestamp, series, eventTime, firstTimestamp, metadata }: Event): number | undefined {
  const time =
    lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? firstTimestamp ?? metadata?.creationTimestamp;
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Events in the order of time, the newest last, as `kubectl get events --sort-by=.lastTimestamp` has them; those of one moment in the
 * order they came in. The server lists by name, which tells a story in no order.
 */
export function byLastSeen<T>(items: readonly T[], eventOf: (item: T) => unknown): T[] {
  const seen = new Map(items.map((item) => [item, lastSeen((eventOf(item) ?? {}) as Event) ?? 0]));
  return items.toSorted((a, b) => seen.get(a)! - seen.get(b)!);
}
