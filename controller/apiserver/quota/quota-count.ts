import { ownIn } from '../../../api/plain-objects.ts';
import type { Kind } from '../../../api/kinds.ts';
import { addQuantities, compareQuantities, subtractQuantities } from '../../../api/quantity.ts';
import type { ResourceQuota } from '../../../api/types.ts';
import type { Resource } from '../resources/metadata.ts';
import { isAbout } from './scopes.ts';
import { usageOf, type Usage } from './usage.ts';

/** A write that is on its way: it counts from the moment that it is admitted. */
export interface Pending {
  kind: Kind;
  object: Resource;
  usage: Usage;
  /** The revision that the writer has seen: what the store tells of later than that is this write, or one that beat it. */
  since: number;
}

/** How much of one quota is taken, kept up to date object by object. */
export class QuotaCount {
  quota: ResourceQuota;
  #hard: readonly string[] = [];
  readonly #stored = new Map<string, Usage>();
  /** By key: of two writers of one object at the same moment, either may win. */
  readonly #pending = new Map<string, Set<Pending>>();
  #used: Usage = {};

  constructor(quota: ResourceQuota) {
    this.quota = quota;
  }

  /** Counts from nothing for what the quota asks for now; writes that are on their way stay counted. */
  begin(quota: ResourceQuota, now: Date): void {
    this.quota = quota;
    this.#hard = Object.keys(quota.spec?.hard ?? {});
    this.#used = Object.fromEntries(this.#hard.map((resource) => [resource, '0']));
    this.#stored.clear();
    for (const [key, writes] of this.#pending) {
      for (const pending of writes) pending.usage = this.usage(pending.kind, pending.object, now);
      this.#replace({}, this.#counted(key));
    }
  }

  /** Everything that is taken, by what the quota limits. */
  get used(): Readonly<Usage> {
    return this.#used;
  }

  get isSettled(): boolean {
    return this.#pending.size === 0;
  }

  /** What the object takes of this quota: nothing of it where the quota is not about it. */
  usage(kind: Kind, object: Resource, now: Date): Usage {
    if (!isAbout(this.quota, kind, object)) return {};
    const usage = usageOf(kind, object, now);
    return Object.fromEntries(
      this.#hard.flatMap((resource) => {
        const amount = ownIn(usage, resource);
        return amount === undefined ? [] : [[resource, amount]];
      }),
    );
  }

  /** What the store says of an object: undefined where it is gone. */
  observe(key: string, usage: Usage | undefined, revision: number): void {
    const before = this.#counted(key);
    for (const pending of this.#pending.get(key) ?? [])
      if (revision > pending.since) this.#forget(key, pending);
    if (usage === undefined) this.#stored.delete(key);
    else this.#stored.set(key, usage);
    this.#replace(before, this.#counted(key));
  }

  /** Counts a write that is admitted; what is returned takes it back if it does not happen. */
  reserve(key: string, pending: Pending): () => void {
    const before = this.#counted(key);
    const writes = this.#pending.get(key) ?? new Set();
    this.#pending.set(key, writes.add(pending));
    this.#replace(before, this.#counted(key));
    return () => {
      const counted = this.#counted(key);
      this.#forget(key, pending);
      this.#replace(counted, this.#counted(key));
    };
  }

  /** Of what the write would take more than there is: the names of it. */
  exceeded(more: Usage): string[] {
    const hard = this.quota.spec?.hard ?? {};
    return Object.keys(more)
      .filter(
        (resource) =>
          compareQuantities(
            addQuantities(ownIn(this.#used, resource) ?? '0', more[resource]!),
            hard[resource]!,
          ) > 0,
      )
      .toSorted();
  }

  #forget(key: string, pending: Pending): void {
    const writes = this.#pending.get(key);
    writes?.delete(pending);
    if (writes?.size === 0) this.#pending.delete(key);
  }

  /** The most that the object may take: what is there until it is gone, and whatever is on its way. */
  #counted(key: string): Usage {
    const writes = [...(this.#pending.get(key) ?? [])].map(({ usage }) => usage);
    return writes.reduce(most, this.#stored.get(key) ?? {});
  }

  #replace(before: Usage, after: Usage): void {
    for (const [resource, amount] of Object.entries(after))
      this.#used[resource] = addQuantities(ownIn(this.#used, resource) ?? '0', amount);
    for (const [resource, amount] of Object.entries(before))
      this.#used[resource] = subtractQuantities(ownIn(this.#used, resource) ?? '0', amount);
  }
}

function most(one: Usage, other: Usage): Usage {
  const all = { ...one };
  for (const [resource, amount] of Object.entries(other))
    if (compareQuantities(amount, all[resource] ?? '0') > 0) all[resource] = amount;
  return all;
}

/** What the first takes more than the second. */
export function increase(after: Usage, before: Usage): Usage {
  return Object.fromEntries(
    Object.entries(after).flatMap(([resource, amount]) => {
      const more = subtractQuantities(amount, ownIn(before, resource) ?? '0');
      return compareQuantities(more, '0') > 0 ? [[resource, more]] : [];
    }),
  );
}
