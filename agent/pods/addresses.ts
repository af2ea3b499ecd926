/** Hands out pod addresses from the node's range; an address is a name for tunnels, not a route. */
export class PodAddresses {
  readonly #used = new Set<string>();
  #next = 0;

  /** Marks an address as taken, such as one from disk. */
  take(address: string): void {
    this.#used.add(address);
  }

  free(address: string): void {
    this.#used.delete(address);
  }

  /**
   * The next free address of `cidr` (`10.244.3.0/24`), going round, so that one just freed is not reused while somebody may
   * still hold it. The first (.1) is the host's own. Undefined where all are taken.
   */
  allocate(cidr: string): string | undefined {
    const { base, size } = rangeOf(cidr);
    const usable = size - 3;
    for (let step = 0; step < usable; step++) {
      const address = dotted(base + 2 + ((this.#next + step) % usable));
      if (this.#used.has(address)) continue;
      this.#next = (this.#next + step + 1) % usable;
      this.#used.add(address);
      return address;
    }
    return undefined;
  }
}

/** The host's own address in its pod range: `10.244.3.1` of `10.244.3.0/24`. */
export function hostAddressOf(cidr: string): string {
  return dotted(rangeOf(cidr).base + 1);
}

function rangeOf(cidr: string): { base: number; size: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const bits = Number(match?.[5]);
  if (!match || bits < 8 || bits > 29)
    throw new Error(`podCIDR ${JSON.stringify(cidr)} is not an IPv4 range of /8 to /29`);
  const size = 2 ** (32 - bits);
  const address = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
  return { base: Math.floor(address / size) * size, size };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
