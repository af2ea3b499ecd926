import { timestamp } from '../../api/conditions.ts';
import type { Node, NodeCondition } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { randomInteger, type Random } from '../../process/random.ts';
import { isConflict, isNotFound } from '../../api/errors.ts';
import type { EventRecorder } from '../events.ts';
import type { CachedWorld } from '../world.ts';
import { Attention, tickMs } from './attention.ts';
import {
  goodbyeReason,
  presenceOf,
  readyCondition,
  returnedReason,
  suspectReason,
  unknownReason,
} from './presence.ts';
import { taintsFor } from './taints.ts';
import { judge, type Judgement, type Observation, type Verdict } from './verdict.ts';

/** Helpers are asked this long before a verdict falls, so that it need not wait for their answers. */
export const probeAfterMs = 2_000;
/** While a host stays silent, helpers are asked again this often. */
export const probePeriodMs = 1_000;
/** As many as SWIM's k: enough to see around one broken path, few enough to be no storm. */
export const helpersMax = 3;

/** What the links tell about nodes, by name. Times are `clock.now()`. */
export interface Hearing {
  lastHeardAt(nodeName: string): number | undefined;
  /** The node said goodbye, and has not been heard since. */
  goodbye(nodeName: string): boolean;
  /** Has `viaNode` ask `targetNode` for a sign of life, and says whether that came. */
  probe(viaNode: string, targetNode: string): Promise<boolean>;
}

export interface LivenessParts {
  client: Client;
  world: CachedWorld;
  hearing: Hearing;
  clock: Clock;
  random: Random;
  log: Log;
  events: EventRecorder;
}

/** Watches over the hosts: judges each by its silence ten times a second, and writes changed verdicts into its Node. */
export class Liveness {
  readonly #parts: LivenessParts;
  readonly #attention: Attention;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #firstSeenAt = new Map<string, number>();
  readonly #reachedAt = new Map<string, number>();
  readonly #probedAt = new Map<string, number>();
  readonly #writing = new Map<string, Promise<void>>();
  readonly #explained = new Map<string, string>();
  readonly #ticking: { cancel(): void };

  constructor(parts: LivenessParts) {
    this.#parts = parts;
    this.#attention = new Attention(parts.clock);
    this.#ticking = parts.clock.every(tickMs, () => this.#tick());
  }

  async stop(): Promise<void> {
    this.#ticking.cancel();
    await Promise.allSettled(this.#writing.values());
  }

  #tick(): void {
    const { world } = this.#parts;
    this.#attention.tick();
    const nodes = world.all<Node>('Node');
    this.#forget(new Set(nodes.map(nameOf)));
    const observations = nodes.map((node) => this.#observe(node));
    for (const seen of observations)
      if (seen.lastHeardMsAgo >= probeAfterMs) this.#askHelpers(seen, observations);
    const judgements = judge(observations, { lagMs: this.#attention.lagMs });
    for (const node of nodes) this.#follow(node, judgements.get(nameOf(node))!);
  }

  #observe(node: Node): Observation {
    const { clock, hearing } = this.#parts;
    const name = nameOf(node);
    // A node that is new to us registered a moment ago, which is a sign of life.
    if (!this.#firstSeenAt.has(name)) this.#firstSeenAt.set(name, clock.now());
    const previous = this.#verdicts.get(name) ?? verdictOf(node);
    this.#verdicts.set(name, previous);
    const heardAt = hearing.lastHeardAt(name);
    const reachedAt = this.#reachedAt.get(name);
    // What was already given up before this controller began stays so until it is heard.
    const givenUp = heardAt === undefined && previous !== 'Ready';
    return {
      name,
      previous,
      lastHeardMsAgo: givenUp ? Infinity : this.#attention.silenceMs(heardAt ?? this.#firstSeenAt.get(name)),
      ...(reachedAt !== undefined && { reachedMsAgo: clock.now() - reachedAt }),
      goodbye: hearing.goodbye(name) || (heardAt === undefined && previous === 'Goodbye'),
    };
  }

  #askHelpers(seen: Observation, all: readonly Observation[]): void {
    const { clock, hearing, random } = this.#parts;
    if (seen.goodbye || seen.previous === 'Unknown') return;
    if (clock.now() - (this.#probedAt.get(seen.name) ?? -Infinity) < probePeriodMs) return;
    this.#probedAt.set(seen.name, clock.now());
    const able = all.filter(({ lastHeardMsAgo, goodbye }) => lastHeardMsAgo < probeAfterMs && !goodbye);
    for (let asked = 0; asked < helpersMax && able.length > 0; asked++) {
      const [helper] = able.splice(randomInteger(random, able.length), 1);
      const reached = () => this.#reachedAt.set(seen.name, clock.now());
      hearing.probe(helper!.name, seen.name).then(
        (yes) => yes && reached(),
        () => undefined,
      );
    }
  }

  /** Writes what the judgement calls for. While one write is under way, the next tick's judgement waits for it. */
  #follow(node: Node, { verdict, why }: Judgement): void {
    const name = nameOf(node);
    this.#explain(node, verdict, why);
    this.#verdicts.set(name, verdict);
    if (
      this.#writing.has(name) ||
      (verdictOf(node) === verdict && !taintsFor(verdict, node.spec?.taints, this.#parts.clock.date()))
    )
      return;
    const write = this.#write(node, verdict, why)
      .catch((error) => {
        if (!isNotFound(error))
          this.#parts.log.warn('could not write a verdict', { node: name, verdict, error });
      })
      .finally(() => this.#writing.delete(name));
    this.#writing.set(name, write);
  }

  async #write(node: Node, verdict: Verdict, why: string): Promise<void> {
    const { client, world, clock } = this.#parts;
    const ref = { kind: 'Node', name: nameOf(node) };
    if (verdictOf(node) !== verdict) {
      // A strategic patch touches this one condition, whatever the agent may be writing at the same time.
      const patch = { status: { conditions: [conditionFor(verdict, why, clock.date())] } };
      world.learn({
        ...(await client.patch<Node>(ref, 'strategic', patch, { subresource: 'status' })),
        kind: 'Node',
      });
    }
    try {
      const current = world.get<Node>('Node', undefined, ref.name) ?? node;
      const taints = taintsFor(verdict, current.spec?.taints, clock.date());
      if (!taints) return;
      const { resourceVersion } = current.metadata ?? {};
      const patch = { metadata: { resourceVersion }, spec: { taints } };
      world.learn({ ...(await client.patch<Node>(ref, 'merge', patch)), kind: 'Node' });
    } catch (error) {
      if (!isConflict(error)) throw error;
      // Somebody else changed the node; the next tick sees their change and tries again.
    }
  }

  /** One log line and one Event per change of mind, and one when a verdict is withheld. */
  #explain(node: Node, verdict: Verdict, why: string): void {
    const name = nameOf(node);
    const before = this.#verdicts.get(name);
    const withheld = why.startsWith('most hosts');
    const state = `${verdict}${withheld ? ' withheld' : ''}`;
    const explained = this.#explained.get(name) ?? before;
    this.#explained.set(name, state);
    if (explained === state) return;
    const { log, events } = this.#parts;
    log.info(withheld ? 'accuses no host' : 'judges a host anew', { node: name, verdict, why });
    const bad = withheld || verdict === 'Suspect' || verdict === 'Unknown';
    const reason = withheld ? 'OwnLinkSuspect' : `Node${verdict}`;
    const message = `Node ${name}: ${why}`;
    events.record(node, { type: bad ? 'Warning' : 'Normal', reason, message }, 'node-liveness');
  }

  #forget(names: ReadonlySet<string>): void {
    const maps = [this.#verdicts, this.#firstSeenAt, this.#reachedAt, this.#probedAt, this.#explained];
    for (const name of this.#firstSeenAt.keys())
      if (!names.has(name)) for (const map of maps) map.delete(name);
  }
}

/** The verdict that a Node's condition already expresses. */
export function verdictOf(node: Node): Verdict {
  const presence = presenceOf(node);
  if (presence === 'suspect') return 'Suspect';
  if (presence === 'goodbye') return 'Goodbye';
  if (presence === 'unknown' && readyCondition(node)?.reason === unknownReason) return 'Unknown';
  // What the host says of itself while it is heard is its own business.
  return 'Ready';
}

function conditionFor(verdict: Verdict, why: string, now: Date): NodeCondition {
  const lastTransitionTime = timestamp(now);
  const by: Record<Verdict, Pick<NodeCondition, 'status' | 'reason' | 'message'>> = {
    Ready: { status: 'True', reason: returnedReason, message: 'The host is heard again.' },
    Suspect: { status: 'Unknown', reason: suspectReason, message: `The host is ${why}.` },
    Unknown: { status: 'Unknown', reason: unknownReason, message: `The host has been ${why}.` },
    Goodbye: { status: 'False', reason: goodbyeReason, message: 'The host said goodbye.' },
  };
  return { type: 'Ready', lastTransitionTime, ...by[verdict] };
}

function nameOf(node: Node): string {
  return node.metadata?.name ?? '';
}
