import { kindNamed } from '../../../api/kinds.ts';
import type { Event } from '../../../api/types.ts';
import type { Clock, Timer } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import type { Entry } from '../../store/store.ts';
import { collectionKey } from '../storage/keys.ts';
import type { Storage } from '../storage/storage.ts';

/** As Kubernetes keeps them. */
const keepMs = 3_600_000;
/** A cluster in trouble writes many; beyond these the oldest go early. Some 600 bytes each in memory and on disk. */
const eventsMax = 5_000;
const sweepEveryMs = 60_000;

/** Which events are past their time, or too many: the oldest first. */
export function outlivedEvents(entries: readonly Entry[], now: number, max = eventsMax): Entry[] {
  const byAge = entries.map((entry) => ({ entry, at: lastSeen(entry) })).toSorted((a, b) => a.at - b.at);
  const tooMany = byAge.length - max;
  return byAge.filter(({ at }, index) => index < tooMany || at <= now - keepMs).map(({ entry }) => entry);
}

function lastSeen({ value }: Entry): number {
  const { lastTimestamp, series, eventTime, metadata } = value as Event;
  return (
    Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') ||
    0
  );
}

/** Sweeps events out once a minute. */
export function sweepEvents(storage: Storage, clock: Clock, log: Log): Timer {
  return clock.every(sweepEveryMs, () => {
    const { entries } = storage.durable.list(collectionKey(kindNamed('Event')));
    for (const { key, modRevision } of outlivedEvents(entries, clock.date().getTime()))
      storage.durable.delete(key, { revision: modRevision }).catch((error: unknown) => {
        // Seen again meanwhile, or a disk that is full: the next sweep looks at it anew.
        log.debug('an event was not swept', { key, error });
      });
  });
}
