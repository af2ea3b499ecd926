import { randomInteger, type Random } from '../process/random.ts';
import type { AppEndpoint } from './directory.ts';
import { costOf, type EndpointHealth } from './health.ts';

/** What the choice is made from. */
export interface Situation {
  health: (id: string) => EndpointHealth;
  /** Nothing proves at the moment that its host is there. */
  isQuiet: (endpoint: AppEndpoint) => boolean;
  roundTripMs: (endpoint: AppEndpoint) => number | undefined;
  tried: ReadonlySet<string>;
  now: number;
}

/**
 * The endpoints to choose from: those not yet tried, without the ejected and the quiet ones as long as another is left.
 * Never the last replica: where all look bad, the least bad are asked.
 */
export function candidates(endpoints: readonly AppEndpoint[], situation: Situation): AppEndpoint[] {
  const untried = endpoints.filter(({ id }) => !situation.tried.has(id));
  const alive = untried.filter((endpoint) => !situation.isQuiet(endpoint));
  const trusted = alive.filter(({ id }) => situation.health(id).ejectedUntil <= situation.now);
  return [trusted, alive, untried].find((list) => list.length > 0) ?? [];
}

/**
 * Of two endpoints drawn by chance mostly the one where a request costs less, latency times load: nearly as even as asking
 * all, and many gateways do not all run to the same one (Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing"). Mostly, not always: the dearer one has a chance of 1 : (ratio of costs)². The slowest of three would else lose
 * every comparison, and nobody would see that it has become fast.
 */
export function pick(
  endpoints: readonly AppEndpoint[],
  situation: Situation,
  random: Random,
): AppEndpoint | undefined {
  const list = candidates(endpoints, situation);
  if (list.length < 2) return list[0];
  const first = randomInteger(random, list.length);
  const step = 1 + randomInteger(random, list.length - 1);
  const [a, b] = [list[first]!, list[(first + step) % list.length]!];
  const cost = (endpoint: AppEndpoint) =>
    costOf(situation.health(endpoint.id), situation.now, situation.roundTripMs(endpoint));
  const [costA, costB] = [cost(a) ** 2, cost(b) ** 2];
  return random.next() * (costA + costB) < costB ? a : b;
}

/**
 * The endpoint of one client for as long as it is fit, and when one goes only its own clients move (rendezvous hashing).
 * `client` names the gateway too: every browser comes from 127.0.0.1.
 */
export function pickFor(
  client: string,
  endpoints: readonly AppEndpoint[],
  situation: Situation,
): AppEndpoint | undefined {
  let best: AppEndpoint | undefined;
  let bestWeight = -1;
  for (const endpoint of candidates(endpoints, situation)) {
    const weight = hash(`${client} ${endpoint.id}`);
    if (weight > bestWeight) [best, bestWeight] = [endpoint, weight];
  }
  return best;
}

/** FNV-1a with a finishing mix, since the last letters alone must move all bits (public domain; Appleby's fmix32). */
function hash(text: string): number {
  let value = 2166136261;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 16777619);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
