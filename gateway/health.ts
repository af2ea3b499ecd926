/** What this gateway itself has seen of one endpoint. */
export interface EndpointHealth {
  /** Requests and upgraded connections under way. */
  inFlight: number;
  /** Moving average of the time to the first byte, milliseconds; undefined before the first answer. */
  latencyMs: number | undefined;
  /** `clock.now()` of the last answer. */
  answeredAt: number;
  failuresInRow: number;
  ejections: number;
  /** `clock.now()` until which it gets no requests. */
  ejectedUntil: number;
}

/** The first failure may be chance; see "Liveness, to start from" in docs/threats.md. */
const failuresToEject = 2;
/** An ejection lasts this long times how often it happened, up to the bound. */
export const ejectionMs = 30_000;
const ejectionMsMax = 300_000;
/** Whoever has served this long since the last ejection begins anew: a bad hour is not held against a host for ever. */
const forgivenAfterMs = 600_000;
/** Weight of the newest answer in the moving average. */
const latencyWeight = 0.3;
/** An old measurement counts less and less, so that a replica that was slow once (a cold start) is tried again. */
const latencyHalfLifeMs = 2_000;
/** What an endpoint counts as at the least: nobody feels less, and a new replica is tried soon. */
const latencyMsMin = 5;

/** And at the most: a host that stalled for seconds needs some time, not minutes, to be tried again. */
const latencyMsMax = 500;

/** The gateway's memory of its endpoints: whom to ask next, whom to leave alone for a while. */
export class EndpointHealthBook {
  readonly #book = new Map<string, EndpointHealth>();

  of(id: string): EndpointHealth {
    let health = this.#book.get(id);
    if (!health) {
      health = {
        inFlight: 0,
        latencyMs: undefined,
        answeredAt: 0,
        failuresInRow: 0,
        ejections: 0,
        ejectedUntil: 0,
      };
      this.#book.set(id, health);
    }
    return health;
  }

  /** `latencyMs` only where it says something of the endpoint: not of how long a client took to upload. */
  answered(id: string, now: number, latencyMs: number | undefined): void {
    const health = this.of(id);
    health.failuresInRow = 0;
    if (latencyMs === undefined) return;
    const sample = Math.min(latencyMs, latencyMsMax);
    const before = fadedLatencyMs(health, now) ?? sample;
    health.latencyMs = before + latencyWeight * (sample - before);
    health.answeredAt = now;
  }

  failed(id: string, now: number): void {
    const health = this.of(id);
    health.failuresInRow += 1;
    if (health.failuresInRow >= failuresToEject) this.eject(id, now);
  }

  eject(id: string, now: number): void {
    const health = this.of(id);
    health.failuresInRow = 0;
    // What was under way when it was ejected fails one after the other: that is one ejection, not a hundred.
    if (health.ejectedUntil > now) return;
    if (now - health.ejectedUntil > forgivenAfterMs) health.ejections = 0;
    health.ejections += 1;
    health.ejectedUntil = now + Math.min(ejectionMsMax, ejectionMs * health.ejections);
  }

  /** Forgets endpoints that no app has any more. */
  keepOnly(ids: Set<string>): void {
    for (const [id, health] of this.#book) if (!ids.has(id) && health.inFlight === 0) this.#book.delete(id);
  }
}

/** What one more request at this endpoint costs, in milliseconds of waiting. `roundTripMs` is that of its link's heartbeats. */
export function costOf(health: EndpointHealth, now: number, roundTripMs = 0): number {
  const floor = Math.max(latencyMsMin, roundTripMs);
  return Math.max(floor, fadedLatencyMs(health, now) ?? 0) * (health.inFlight + 1);
}

function fadedLatencyMs({ latencyMs, answeredAt }: EndpointHealth, now: number): number | undefined {
  return latencyMs === undefined ? undefined : latencyMs * 0.5 ** ((now - answeredAt) / latencyHalfLifeMs);
}
