import { ownIn, sameJson } from './plain-objects.ts';
import { isSidecar } from './pods.ts';
import { addQuantities, compareQuantities } from './quantity.ts';
import type { ResourceMap } from './resources.ts';
import type { Pod, Quantity } from './types.ts';

type Amounts = Record<string, Quantity>;

/**
 * What all containers of a pod ask for, or may take, together: the running ones, or the hungriest that starts before them if it needs more.
 * Without the pod's overhead. As `podRequests` reckons, in quantities as they were written, since messages show them.
 *
 * Source: k8s.io/component-helpers/resource/helpers.go
 */
export function podTotals({ spec }: Pod, list: 'requests' | 'limits'): Amounts {
  let running: Amounts = {};
  for (const { resources } of spec?.containers ?? []) running = sum(running, resources?.[list]);
  let sidecars: Amounts = {};
  let starting: Amounts = {};
  for (const container of spec?.initContainers ?? []) {
    const own = container.resources?.[list];
    const together = sum(sidecars, own);
    if (isSidecar(container)) {
      running = sum(running, own);
      sidecars = together;
    }
    starting = most(starting, together);
  }
  return most(running, starting);
}

/** Whether a container of the pod asks for, or may take, other amounts than before. */
export function isResized({ spec }: Pod, old: Pod): boolean {
  const amounts = ({ containers = [], initContainers = [] }: Partial<NonNullable<Pod['spec']>>) =>
    [...containers, ...initContainers].map(({ resources = {} }) => resources);
  return !sameJson(amounts(spec ?? {}), amounts(old.spec ?? {}));
}

export function sum(a: ResourceMap, b: ResourceMap | undefined): Amounts {
  const total: Amounts = { ...a };
  for (const [name, amount] of Object.entries(b ?? {}))
    total[name] = addQuantities(ownIn(total, name) ?? '0', amount);
  return total;
}

function most(a: ResourceMap, b: ResourceMap): Amounts {
  const result: Amounts = { ...a };
  for (const [name, amount] of Object.entries(b))
    if (compareQuantities(amount, ownIn(result, name) ?? '0') > 0 || !Object.hasOwn(result, name))
      result[name] = amount;
  return result;
}
