import type { KeptLink, Link, Swarm } from '../swarm/swarm.ts';
import type { Clock } from '../process/clock.ts';
import type { AppEndpoint } from './directory.ts';
import { quietAfterMs } from './health.ts';

/** A link that no app has needed for so long is closed. */
const idleLinkMs = 300_000;
/** Links that are dialled before the first request asks for them; beyond these, on demand. */
const warmLinksMax = 64;

/** The data links of one gateway: at most one for each node, dialled again whenever it ends. */
export class NodeLinks {
  readonly #swarm: Swarm;
  readonly #clock: Clock;
  readonly #links = new Map<string, { kept: KeptLink; usedAt: number }>();

  constructor(swarm: Swarm, clock: Clock) {
    this.#swarm = swarm;
    this.#clock = clock;
  }

  /** Waits for the link to a node until `signal` aborts. */
  live(nodeKey: string, signal: AbortSignal): Promise<Link> {
    return this.#entry(nodeKey).kept.live(signal);
  }

  /** True while nothing proves that the endpoint's node is there: no link, or one that missed a heartbeat. */
  isQuiet(endpoint: AppEndpoint): boolean {
    const link = this.#links.get(endpoint.nodeKey)?.kept.current;
    return !link || this.#clock.now() - link.lastHeardAt() > quietAfterMs;
  }

  /** Why there is no link to this node, for people. */
  problem(nodeKey: string): string | undefined {
    return this.#links.get(nodeKey)?.kept.lastError?.message;
  }

  /** Dials what the apps need and closes what none has needed for long. */
  async tend(nodeKeys: Set<string>): Promise<void> {
    for (const key of [...nodeKeys].slice(0, warmLinksMax)) this.#entry(key);
    const now = this.#clock.now();
    for (const [key, { kept, usedAt }] of this.#links)
      if (!nodeKeys.has(key) && now - usedAt > idleLinkMs) {
        this.#links.delete(key);
        await kept.stop();
      }
  }

  async close(): Promise<void> {
    const all = [...this.#links.values()];
    this.#links.clear();
    await Promise.all(all.map(({ kept }) => kept.stop()));
  }

  #entry(nodeKey: string): { kept: KeptLink; usedAt: number } {
    let entry = this.#links.get(nodeKey);
    if (!entry) {
      entry = { kept: this.#swarm.keep(() => [nodeKey], 'data'), usedAt: 0 };
      this.#links.set(nodeKey, entry);
    }
    entry.usedAt = this.#clock.now();
    return entry;
  }
}
