import { timestamp } from '../api/conditions.ts';
import { isAlreadyExists, isNotFound } from '../api/errors.ts';
import type { Event } from '../api/types.ts';
import type { Client, KubeObject } from '../client/client.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { nameSuffix, type Random } from '../process/random.ts';
import type { Said } from './reconciler.ts';

/** Events that can still be counted up; older ones begin a new object. Bounds memory at some hundred kilobytes. */
export const rememberedMax = 1_000;
/** After so many different messages of one reason about one object within `similarMs`, they are combined (client-go: 10). */
export const similarMax = 10;
export const similarMs = 600_000;
/** One object may cause this many writes at once, then one per `refillMs` (client-go: 25, and 300 s): a flapping pod must not fill the store. */
export const burstMax = 25;
export const refillMs = 300_000;
/** Writes that wait; more than that and the API is away, when Events are the least of the worries. */
export const pendingMax = 500;

interface Remembered {
  event: Event;
}

/**
 * Writes Events, counting repetitions instead of repeating them. Never throws and never makes a caller wait: an Event that cannot be
 * written is dropped, with a word in the log.
 */
export class EventRecorder {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #remembered = new Map<string, Remembered>();
  readonly #similar = new Map<string, { since: number; messages: Set<string> }>();
  readonly #budgets = new Map<string, { left: number; at: number }>();
  #pending = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: { client: Client; clock: Clock; random: Random; log: Log }) {
    this.#client = parts.client;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#log = parts.log;
  }

  /** With `once`, an Event of this reason about the object that is there already is left as it is, also one from before a restart. */
  record(about: KubeObject, said: Said, component: string, once = false): void {
    const subject = about.metadata?.uid ?? about.metadata?.name ?? '';
    if (!this.#allowed(subject)) return;
    if (this.#pending >= pendingMax) {
      this.#log.debug('dropped an event: too many wait to be written', { reason: said.reason });
      return;
    }
    this.#pending++;
    // One after the other, so that a repetition finds the object it counts up.
    this.#last = this.#last
      .then(() => this.#write(about, subject, said, component, once))
      .catch((error) => this.#log.debug('could not write an event', { reason: said.reason, error }))
      .finally(() => this.#pending--);
  }

  /** Resolves when everything recorded so far is written or dropped. */
  settled(): Promise<void> {
    return this.#last;
  }

  async #write(
    about: KubeObject,
    subject: string,
    said: Said,
    component: string,
    once: boolean,
  ): Promise<void> {
    if (once) return this.#writeOnce(about, subject, said, component);
    const { key, message } = this.#aggregated([subject, component, said.type, said.reason].join('/'), said);
    const now = timestamp(this.#clock.date());
    const earlier = this.#remembered.get(key);
    if (earlier && (await this.#countUp(earlier, message, now))) return;
    const name = `${about.metadata?.name}.${nameSuffix(this.#random, 12)}`;
    const event = await this.#client.create<Event>(
      eventOf(about, { ...said, message }, component, name, now),
    );
    this.#remember(key, { event });
  }

  /** The name is the same each time, so that the server knows whether it has been said. */
  async #writeOnce(about: KubeObject, subject: string, said: Said, component: string): Promise<void> {
    const { name } = about.metadata ?? {};
    const own = `${name}.${subject.replaceAll('-', '').slice(0, 12)}.${said.reason.toLowerCase()}`;
    const event = eventOf(about, said, component, own, timestamp(this.#clock.date()));
    await this.#client.create<Event>(event).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }

  async #countUp(earlier: Remembered, message: string, now: string): Promise<boolean> {
    const { namespace, name = '' } = earlier.event.metadata;
    const count = (earlier.event.count ?? 1) + 1;
    try {
      const patch = { count, message, lastTimestamp: now };
      await this.#client.patch({ kind: 'Event', namespace, name }, 'merge', patch);
      earlier.event = { ...earlier.event, count };
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** The same words are counted under one key; too many different words for one reason share a key without them. */
  #aggregated(group: string, said: Said): { key: string; message: string } {
    const now = this.#clock.now();
    let similar = this.#similar.get(group);
    if (!similar || now - similar.since > similarMs) {
      similar = { since: now, messages: new Set() };
      bounded(this.#similar, group, similar);
    }
    if (!similar.messages.has(said.message) && similar.messages.size >= similarMax) {
      return { key: group, message: `(combined from similar events): ${said.message}` };
    }
    similar.messages.add(said.message);
    return { key: `${group}/${said.message}`, message: said.message };
  }

  #allowed(subject: string): boolean {
    const now = this.#clock.now();
    const budget = this.#budgets.get(subject) ?? { left: burstMax, at: now };
    const refilled = Math.floor((now - budget.at) / refillMs);
    const left = Math.min(burstMax, budget.left + refilled);
    if (left < 1) return false;
    bounded(this.#budgets, subject, {
      left: left - 1,
      at: left === burstMax ? now : budget.at + refilled * refillMs,
    });
    return true;
  }

  #remember(key: string, remembered: Remembered): void {
    bounded(this.#remembered, key, remembered);
  }
}

function eventOf(about: KubeObject, said: Said, component: string, eventName: string, now: string): Event {
  const { namespace, name, uid, resourceVersion } = about.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: namespace ?? 'default', name: eventName },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, namespace, name, uid, resourceVersion },
    type: said.type,
    reason: said.reason,
    message: said.message,
    source: { component },
    reportingComponent: component,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}

/** Sets an entry as the newest; the oldest beyond `rememberedMax` goes. */
function bounded<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > rememberedMax) map.delete(map.keys().next().value!);
}
