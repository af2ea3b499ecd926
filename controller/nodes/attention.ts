import type { Clock } from '../../process/clock.ts';
import { observerLagMsMax } from './verdict.ts';

/** How often the observer looks at itself and at the hosts: a verdict is at most this late. */
export const tickMs = 100;
/** After a lag, heartbeats that queued up meanwhile need a beat to be counted. */
export const lagMemoryMs = 1_000;
/** An absence after which links have been cut by their other ends as well (they end after 3 s of silence). */
export const absenceMs = 2_000;
/** Hosts dial back within 5 s of a controller's return (docs/architecture.md); then each has its ordinary 3 s. */
export const returnGraceMs = 7_000;

/**
 * The observer's view of itself: how late its own timers ran, and since when it has been watching without a gap. Silence is only
 * counted from there on, with time to dial back for who has not been heard since, so that a controller that was stopped, swapped
 * out or asleep does not take its own absence for theirs.
 */
export class Attention {
  readonly #clock: Clock;
  #lastTickAt: number;
  #lag = { ms: 0, at: -Infinity };
  #watchingSince: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastTickAt = clock.now();
    this.#watchingSince = clock.now();
  }

  /** Call every `tickMs`. */
  tick(): void {
    const now = this.#clock.now();
    const lagMs = now - this.#lastTickAt - tickMs;
    this.#lastTickAt = now;
    if (lagMs > absenceMs) this.#watchingSince = now;
    const fresh = now - this.#lag.at < lagMemoryMs;
    if (lagMs > observerLagMsMax && (!fresh || lagMs >= this.#lag.ms)) this.#lag = { ms: lagMs, at: now };
  }

  /** The worst lag of the last second. */
  get lagMs(): number {
    return this.#clock.now() - this.#lag.at < lagMemoryMs ? this.#lag.ms : 0;
  }

  /** How long something last heard then has been silent, as far as this observer can tell. */
  silenceMs(lastHeardAt: number | undefined): number {
    const heardSince = lastHeardAt !== undefined && lastHeardAt > this.#watchingSince;
    return Math.max(0, this.#clock.now() - (heardSince ? lastHeardAt : this.#watchingSince + returnGraceMs));
  }
}
