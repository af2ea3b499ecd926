import type { Random } from '../process/random.ts';
import type { AppEndpoint } from './directory.ts';

/** What this gateway itself has seen of one endpoint. */
export interface EndpointHealth {
  inFlight: number;
  /** Moving average of the time to the first byte, milliseconds; undefined before the first answer. */
  latencyMs: number | undefined;
  failuresInRow: number;
  ejections: number;
  /** `clock.now()` until which it gets no requests. */
  ejectedUntil: number;
}

/** Two failures may be chance only once; see "Liveness, to start from" in docs/threats.md. */
const failuresToEject = 2;
/** An ejection lasts this long times how often it happened, up to the bound. */
const ejectionMs = 30_000;
const ejectionMsMax = 300_000;
/** A heartbeat is due each second: a link that missed one gets new requests only if every other did too. */
export const quietAfterMs = 1_600;
/** Weight of the newest answer in the moving average. */
const latencyWeight = 0.3;
/** What an endpoint counts as before its first answer: low, so that a new replica is tried soon. */
const latencyUnknownMs = 1;

/** The gateway's memory of its endpoints: whom to ask next, whom to leave alone for a while. */
export class EndpointHealthBook {
  readonly #book = new Map<string, EndpointHealth>();

  of(id: string): EndpointHealth {
    let health = this.#book.get(id);
    if (!health) {
      health = { inFlight: 0, latencyMs: undefined, failuresInRow: 0, ejections: 0, ejectedUntil: 0 };
      this.#book.set(id, health);
    }
    return health;
  }

  answered(id: string, latencyMs: number): void {
    const health = this.of(id);
    health.failuresInRow = 0;
    health.latencyMs =
      health.latencyMs === undefined
        ? latencyMs
        : health.latencyMs + latencyWeight * (latencyMs - health.latencyMs);
  }

  failed(id: string, now: number): void {
    const health = this.of(id);
    health.failuresInRow += 1;
    if (health.failuresInRow < failuresToEject) return;
    health.failuresInRow = 0;
    health.ejections += 1;
    health.ejectedUntil = now + Math.min(ejectionMsMax, ejectionMs * health.ejections);
  }

  /** Forgets endpoints that no app has any more. */
  keepOnly(ids: Set<string>): void {
    for (const [id, health] of this.#book) if (!ids.has(id) && health.inFlight === 0) this.#book.delete(id);
  }
}

/**
 * Chooses by power of two choices: of two endpoints drawn by chance, the one with the smaller product of latency and load.
 * Endpoints that are ejected, quiet or already tried are passed over, as long as another is left: never the last replica.
 */
export function pick(
  endpoints: AppEndpoint[],
  options: {
    health: (id: string) => EndpointHealth;
    isQuiet: (endpoint: AppEndpoint) => boolean;
    tried: ReadonlySet<string>;
    now: number;
    random: Random;
  },
): AppEndpoint | undefined {
  const { health, now, random } = options;
  const untried = endpoints.filter(({ id }) => !options.tried.has(id));
  const alive = untried.filter((endpoint) => !options.isQuiet(endpoint));
  const trusted = alive.filter(({ id }) => health(id).ejectedUntil <= now);
  const candidates = [trusted, alive, untried].find((list) => list.length > 0);
  if (!candidates) return undefined;
  const first = candidates[Math.floor(random.next() * candidates.length)]!;
  const second = candidates[Math.floor(random.next() * candidates.length)]!;
  const cost = ({ id }: AppEndpoint) =>
    (health(id).latencyMs ?? latencyUnknownMs) * (health(id).inFlight + 1);
  return cost(second) < cost(first) ? second : first;
}
