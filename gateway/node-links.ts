import type { KeptLink, Link, Swarm } from '../swarm/swarm.ts';
import type { Clock } from '../process/clock.ts';
import type { AppEndpoint } from './directory.ts';

/** A link that no app has needed for so long is closed. */
const idleLinkMs = 300_000;
/** Links that are dialled before the first request asks for them; beyond these, on demand. */
const warmLinksMax = 64;
/** A heartbeat is due each second: a link that missed one gets new requests only if every other did too. */
export const quietAfterMs = 1_600;

/** The data links of one gateway: at most one for each node, dialled again whenever it ends. */
export class NodeLinks {
  readonly #swarm: Swarm;
  readonly #clock: Clock;
  readonly #onSilence: (nodeKey: string) => void;
  readonly #quietAfterMs: number;
  readonly #links = new Map<string, { kept: KeptLink; usedAt: number }>();

  /** `onSilence` is called when a node has fallen silent, as opposed to one that said goodbye or was cut off. */
  constructor(options: {
    swarm: Swarm;
    clock: Clock;
    onSilence?: (nodeKey: string) => void;
    quietAfterMs?: number;
  }) {
    this.#swarm = options.swarm;
    this.#clock = options.clock;
    this.#onSilence = options.onSilence ?? (() => {});
    this.#quietAfterMs = options.quietAfterMs ?? quietAfterMs;
  }

  current(nodeKey: string): Link | undefined {
    return this.#entry(nodeKey).kept.current;
  }

  /** Waits for the link to a node until `signal` aborts. */
  live(nodeKey: string, signal: AbortSignal): Promise<Link> {
    return this.#entry(nodeKey).kept.live(signal);
  }

  /** True while nothing proves that the endpoint's node is there: no link, or one that missed a heartbeat. */
  isQuiet(endpoint: AppEndpoint): boolean {
    if (this.#quietAfterMs === Infinity) return false;
    const link = this.#links.get(endpoint.nodeKey)?.kept.current;
    return !link || this.#clock.now() - link.lastHeardAt() > this.#quietAfterMs;
  }

  /** The measured round trip to the endpoint's node, milliseconds. */
  roundTripMs(endpoint: AppEndpoint): number | undefined {
    return this.#links.get(endpoint.nodeKey)?.kept.current?.roundTripMs();
  }

  /** Why there is no link to this node, for people. */
  problem(nodeKey: string): string | undefined {
    return this.#links.get(nodeKey)?.kept.lastError?.message;
  }

  /** Dials what the apps need and closes what none has needed for long. */
  async tend(nodeKeys: Set<string>): Promise<void> {
    let warm = 0;
    for (const key of nodeKeys) if (warm++ < warmLinksMax) this.#entry(key);
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
      const kept = this.#swarm.keep(() => [nodeKey], 'data');
      kept.onChange((link) => {
        void link?.closed.then(({ reason }) => {
          if (reason === 'silence') this.#onSilence(nodeKey);
        });
      });
      entry = { kept, usedAt: 0 };
      this.#links.set(nodeKey, entry);
    }
    entry.usedAt = this.#clock.now();
    return entry;
  }
}
