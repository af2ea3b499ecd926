import { microTimestamp, timestamp } from '../../api/conditions.ts';
import { isNotFound } from '../../api/errors.ts';
import { agentComponent } from '../../api/nodes.ts';
import type { Event, ObjectReference } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { nameSuffix, type Random } from '../../process/random.ts';

/** Waiting events beyond this are dropped, oldest first: a day without a controller must not fill the memory. */
const queueMax = 200;
/** Repeats counted on one Event object, by what they say. */
const remembered = 500;
/** One object may say this many things at once, then one each `refillMs`: a crash loop must not fill the store. */
const burst = 25;
const refillMs = 10_000;
const retryMs = 5_000;

interface Series {
  name: string;
  count: number;
  first: string;
  namespace: string;
}

/** Says what happens here as Events; same words about the same object are counted on one Event. Never throws, never waits. */
export interface EventRecorder {
  record(about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void;
  stop(): void;
}

export function recordEvents(options: {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  nodeName: string;
}): EventRecorder {
  const { client, clock, random, log, nodeName } = options;
  const series = new Map<string, Series>();
  const budgets = new Map<string, { left: number; at: number }>();
  const queue: (() => Promise<void>)[] = [];
  const stop = new AbortController();
  let draining = false;

  const mayTell = (uid: string): boolean => {
    const budget = budgets.get(uid) ?? { left: burst, at: clock.now() };
    const refilled = Math.floor((clock.now() - budget.at) / refillMs);
    const left = Math.min(burst, budget.left + refilled);
    trim(budgets, remembered);
    budgets.delete(uid);
    budgets.set(uid, {
      left: Math.max(0, left - 1),
      at: refilled > 0 ? budget.at + refilled * refillMs : budget.at,
    });
    return left > 0;
  };

  const drain = async () => {
    if (draining) return;
    draining = true;
    try {
      while (queue.length > 0 && !stop.signal.aborted) {
        try {
          await queue[0]!();
          queue.shift();
        } catch (error) {
          if (!isRetryable(error)) {
            log.debug('an event was refused', { error });
            queue.shift();
          } else await clock.sleep(retryMs, stop.signal);
        }
      }
    } catch {
      // Stopped while waiting.
    } finally {
      draining = false;
    }
  };

  return {
    record(about, type, reason, message) {
      const uid = about.uid ?? `${about.kind}/${about.name}`;
      const key = JSON.stringify([uid, about.fieldPath, type, reason, message]);
      const now = timestamp(clock.date());
      const held = series.get(key);
      if (!mayTell(uid)) {
        if (held) held.count++;
        return;
      }
      const current: Series = held ?? {
        name: `${about.name}.${nameSuffix(random, 10)}`,
        count: 0,
        first: now,
        namespace: about.namespace ?? 'default',
      };
      current.count++;
      series.delete(key);
      series.set(key, current);
      trim(series, remembered);
      if (queue.length >= queueMax) queue.splice(1, 1);
      queue.push(() => send(current, about, type, reason, message, now));
      void drain();
    },
    stop: () => stop.abort(new Error('the agent stops')),
  };

  async function send(
    to: Series,
    about: ObjectReference,
    type: string,
    reason: string,
    message: string,
    last: string,
  ): Promise<void> {
    const ref = { kind: 'Event', namespace: to.namespace, name: to.name };
    if (to.count > 1) {
      try {
        await client.patch(ref, 'merge', { count: to.count, lastTimestamp: last });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    await client.create<Event>({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: to.name, namespace: to.namespace },
      involvedObject: about,
      type,
      reason,
      message,
      count: to.count,
      firstTimestamp: to.first,
      lastTimestamp: last,
      eventTime: microTimestamp(clock.date()),
      source: { component: agentComponent, host: nodeName },
      reportingComponent: agentComponent,
      reportingInstance: nodeName,
      action: reason,
    });
  }
}

/** A refusal stays one; anything else (no link, no answer, too busy) may pass. */
function isRetryable(error: unknown): boolean {
  const code = (error as { status?: { code?: number } })?.status?.code;
  return code === undefined || code >= 500 || code === 429;
}

function trim<T>(map: Map<string, T>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
