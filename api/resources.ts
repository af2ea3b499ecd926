import { ownIn } from './plain-objects.ts';
import { milli, parseQuantity } from './quantity.ts';
import type { Quantity } from './types.ts';

/**
 * How much of each resource. `cpu` is in thousandths of a core; everything else in whole base units (bytes of `memory`
 * and `ephemeral-storage`, pieces of `pods`), rounded up. Whole numbers, so that sums do not drift.
 */
export type Amounts = Record<string, number>;

export type ResourceMap = Readonly<Record<string, Quantity>>;

/** One quantity in the unit that `Amounts` has for this resource. */
export function amountOf(resource: string, quantity: Quantity): number {
  return resource === 'cpu' ? milli(quantity) : Math.ceil(parseQuantity(quantity));
}

/** A map of quantities (`requests`, `limits`, a node's `allocatable`) as amounts. */
export function amountsOf(resources: ResourceMap | undefined): Amounts {
  const amounts: Amounts = {};
  for (const [resource, quantity] of Object.entries(resources ?? {}))
    amounts[resource] = amountOf(resource, quantity);
  return amounts;
}

export function addAmounts(a: Readonly<Amounts>, b: Readonly<Amounts>): Amounts {
  const sum = { ...a };
  for (const [resource, amount] of Object.entries(b)) sum[resource] = (ownIn(sum, resource) ?? 0) + amount;
  return sum;
}

export function maxAmounts(a: Readonly<Amounts>, b: Readonly<Amounts>): Amounts {
  const max = { ...a };
  for (const [resource, amount] of Object.entries(b))
    max[resource] = Math.max(ownIn(max, resource) ?? 0, amount);
  return max;
}
