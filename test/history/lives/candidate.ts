import { microTimestamp } from '../../../api/conditions.ts';
import type { Lease, LeaseSpec } from '../../../api/types.ts';
import type { Random } from '../../../process/random.ts';
import { NoAnswer, type Answered, type Connection, type Place } from '../record/api.ts';

export const leases = '/apis/coordination.k8s.io/v1/namespaces/history/leases';
const name = 'leader';
const lease = `${leases}/${name}`;

const leaseMs = 1_000;
/** A leader that could not renew for so long leads no more: less than the lease, by what clocks and messages may differ. */
const renewWithinMs = 700;
const retryMs = { least: 10, more: 30 };
/** How often a leader goes away without a word, as if its machine slept. */
const leavingShare = 0.03;

/** That somebody led, and took it from an answer: in which term, and from when until when at most. */
export interface Reign {
  who: string;
  term: number;
  fromMs: number;
  untilMs: number;
}

/**
 * Somebody who wants to lead, by a Lease, as the leader election of client-go does it: whoever holds it renews it by compare-and-swap, and
 * the others take it once they have seen no change of it for as long as it holds. Each change of hands is a term, counted by `leaseTransitions`.
 */
export class Candidate {
  readonly reigns: Reign[] = [];
  /** How many requests a kill cut off, so that nobody knows whether they were served. */
  cut = 0;
  readonly #place: Place;
  readonly #connection: Connection;
  readonly #who: string;
  readonly #random: Random;
  #seen: { version: string | undefined; atMs: number } = { version: undefined, atMs: 0 };

  constructor(place: Place, who: string, random: Random) {
    this.#place = place;
    this.#connection = place.connect();
    this.#who = who;
    this.#random = random;
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#tryOnce();
      const isLeaving = this.#leads() && this.#random.next() < leavingShare;
      const { least, more } = retryMs;
      await this.#place.sleep(isLeaving ? 2 * leaseMs : least + this.#random.next() * more);
    }
  }

  #leads(): boolean {
    return (this.reigns.at(-1)?.untilMs ?? -1) > this.#place.now();
  }

  async #tryOnce(): Promise<void> {
    const read = await this.#ask('GET', lease);
    if (read?.status === 404) return this.#write('POST', leases, 0);
    if (read?.status !== 200) return;
    const { metadata, spec = {} } = read.json as Lease;
    const version = metadata!.resourceVersion;
    const now = this.#place.now();
    if (version !== this.#seen.version) this.#seen = { version, atMs: now };
    const isMine = spec.holderIdentity === this.#who;
    if (!isMine && now < this.#seen.atMs + leaseMs) return;
    await this.#write('PUT', lease, (spec.leaseTransitions ?? 0) + (isMine ? 0 : 1), version);
  }

  async #write(method: string, path: string, term: number, resourceVersion?: string): Promise<void> {
    const sentMs = this.#place.now();
    const spec: LeaseSpec = {
      holderIdentity: this.#who,
      leaseDurationSeconds: leaseMs / 1_000,
      leaseTransitions: term,
      renewTime: microTimestamp(new Date(sentMs)),
    };
    const metadata = { name, ...(resourceVersion !== undefined && { resourceVersion }) };
    const answered = await this.#ask(method, path, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec,
    });
    if (answered?.status !== 200 && answered?.status !== 201) return;
    this.#reign(term, this.#place.now(), sentMs + renewWithinMs);
  }

  #reign(term: number, nowMs: number, untilMs: number): void {
    const last = this.reigns.at(-1);
    if (last?.term === term && last.untilMs >= nowMs) last.untilMs = untilMs;
    else this.reigns.push({ who: this.#who, term, fromMs: nowMs, untilMs });
  }

  async #ask(method: string, path: string, value?: Lease): Promise<Answered | undefined> {
    try {
      return await this.#connection.ask(method, path, value && { type: 'application/json', value });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (!error.isUnsent) this.cut++;
      return undefined;
    }
  }
}

/** Where two led in one term, or at one time; empty where never. */
export function rivals(reigns: readonly Reign[]): string[] {
  const words = ({ who, term, fromMs, untilMs }: Reign) => `${who} in term ${term} (${fromMs}-${untilMs} ms)`;
  const ordered = reigns.toSorted((a, b) => a.fromMs - b.fromMs);
  return ordered.flatMap((one, at) =>
    ordered
      .slice(at + 1)
      .filter(({ who, term, fromMs }) => who !== one.who && (term === one.term || fromMs < one.untilMs))
      .map((other) => `${words(one)} and ${words(other)}`),
  );
}
