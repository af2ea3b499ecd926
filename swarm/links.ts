import type { SwarmLink } from './link.ts';
import type { Purpose } from './swarm.ts';

/** The links of one member that are open. */
export class Links {
  readonly #links = new Set<SwarmLink>();
  readonly #runs = new WeakMap<SwarmLink, string>();

  all(): SwarmLink[] {
    return [...this.#links];
  }

  /** @param run the peer's process run that opened it */
  add(link: SwarmLink, run: string): void {
    this.#links.add(link);
    this.#runs.set(link, run);
    void link.closed.then(() => this.#links.delete(link));
  }

  /** The one that we dialled. */
  dialled(key: string, purpose: Purpose): SwarmLink | undefined {
    return this.#of(key, purpose, true)[0];
  }

  /** Ends those that the same run of the peer dialled before: the newer one wins, since the dialler has given up on the older. */
  replace(key: string, purpose: Purpose, run: string): void {
    for (const link of this.#of(key, purpose, false)) if (this.#runs.get(link) === run) void link.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((link) => link.close()));
  }

  #of(key: string, purpose: Purpose, dialled: boolean): SwarmLink[] {
    return this.all().filter(
      (link) => link.peer.key === key && link.purpose === purpose && link.dialled === dialled,
    );
  }
}
