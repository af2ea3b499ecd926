import type { Clock } from '../process/clock.ts';
import { SwarmError } from './errors.ts';
import type { Limits, Rate } from './limits.ts';

/** Buckets kept at most; beyond it the one unused for longest goes. Bounds what a flood of keys can cost (~2 MB). */
const BUCKETS_MAX = 10_000;

/** A connection that has not been admitted yet. */
export interface Pending {
  done(): void;
}

/** Counts what each key takes, and all strangers together, and says when it is enough. */
export class Admission {
  readonly #limits: Limits;
  readonly #byKey: Buckets;
  readonly #examinations: Buckets;
  readonly #strangers: Buckets;
  readonly #pending = new Set<{ key: string; drop: () => void }>();
  readonly #linksPerKey = new Map<string, number>();
  readonly #linksPerAddress = new Map<string, number>();
  #links = 0;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#byKey = new Buckets(limits.handshakesPerKey, clock);
    this.#examinations = new Buckets(limits.certificateChecks, clock);
    this.#strangers = new Buckets(limits.strangers, clock);
  }

  /** Spends of what this key has. Only for one that is proved: any other costs nothing to make. */
  mayShakeHands(key: string): boolean {
    return this.#byKey.take(key);
  }

  /** Spends of what all have together that show a certificate that was not seen before. */
  mayBeExamined(): boolean {
    return this.#examinations.take('');
  }

  /** Spends of what all strangers have together. */
  mayShakeHandsAsStranger(): boolean {
    return this.#strangers.take('');
  }

  /** A connection was opened. Where there are too many without a hello, the oldest (of this key, or of all) is dropped. */
  begin(key: string, drop: () => void): Pending {
    const entry = { key, drop };
    this.#pending.add(entry);
    const mine = [...this.#pending].filter((other) => other.key === key);
    if (mine.length > this.#limits.pendingHellosPerKey) this.#drop(mine[0]!);
    if (this.#pending.size > this.#limits.pendingHellos) this.#drop([...this.#pending][0]!);
    return { done: () => this.#pending.delete(entry) };
  }

  /** Takes a place for a link until the returned function is called. Throws `busy` where there is none. */
  admit(key: string, address: string): () => void {
    const ofKey = this.#linksPerKey.get(key) ?? 0;
    const ofAddress = this.#linksPerAddress.get(address) ?? 0;
    const { linksPerKey, linksPerAddress, links } = this.#limits;
    if (ofKey >= linksPerKey)
      throw new SwarmError('busy', `this key has ${ofKey} connections already; close one first`);
    if (ofAddress >= linksPerAddress) {
      throw new SwarmError('busy', `this address has ${ofAddress} connections already; close one first`);
    }
    if (this.#links >= links)
      throw new SwarmError('busy', `all ${links} places for connections are taken; try again later`);
    this.#count(key, address, 1);
    let held = true;
    return () => {
      if (held) this.#count(key, address, -1);
      held = false;
    };
  }

  #drop(entry: { key: string; drop: () => void }): void {
    this.#pending.delete(entry);
    entry.drop();
  }

  #count(key: string, address: string, by: number): void {
    this.#links += by;
    add(this.#linksPerKey, key, by);
    add(this.#linksPerAddress, address, by);
  }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}

/** Token buckets by name. */
class Buckets {
  readonly #rate: Rate;
  readonly #clock: Clock;
  /** In order of last use. */
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  take(name: string): boolean {
    const now = this.#clock.now();
    const { burst, perSecond } = this.#rate;
    const old = this.#buckets.get(name) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, old.tokens + ((now - old.at) / 1_000) * perSecond);
    const enough = tokens >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: enough ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > BUCKETS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!);
    return enough;
  }
}
