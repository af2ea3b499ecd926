export interface ShareLimits {
  perPeer: number;
  total: number;
}

/** Counts what peers have open here, so that none takes all of it. */
export class Shares {
  readonly #limits: ShareLimits;
  readonly #byPeer = new Map<string, number>();
  #total = 0;

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Why this peer gets no more for now; undefined where it does. */
  refusal({ key, name }: { key: string; name: string }, what: string): string | undefined {
    const { perPeer, total } = this.#limits;
    if (this.#total >= total) return `this host has ${total} ${what} open, and that is all it opens`;
    if ((this.#byPeer.get(key) ?? 0) >= perPeer)
      return `${name} has ${perPeer} ${what} open here, and that is its share`;
    return undefined;
  }

  /** Counts one more; returns how to count it off. */
  take(key: string): () => void {
    this.#count(key, 1);
    let held = true;
    return () => {
      if (held) this.#count(key, -1);
      held = false;
    };
  }

  #count(key: string, by: 1 | -1): void {
    this.#total += by;
    const left = (this.#byPeer.get(key) ?? 0) + by;
    if (left > 0) this.#byPeer.set(key, left);
    else this.#byPeer.delete(key);
  }
}
