import { addAmounts, amountOf } from './resources.ts';
import type { Amounts, ResourceMap } from './resources.ts';
import type { PodSpec } from './types.ts';

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

const counted = ['cpu', 'memory'];

/**
 * How a pod is treated when its host runs short: `Guaranteed` where every container limits all it requests and requests all it is limited
 * to, `BestEffort` where none asks for anything.
 *
 * Source: k8s.io/kubernetes/pkg/apis/core/helper/qos ComputePodQOS
 */
export function qosClassOf({ containers = [], initContainers = [] }: PodSpec): QosClass {
  let [requests, limits]: [Amounts, Amounts] = [{}, {}];
  let isGuaranteed = true;
  for (const { resources } of [...containers, ...initContainers]) {
    const limited = asked(resources?.limits);
    requests = addAmounts(requests, asked(resources?.requests));
    limits = addAmounts(limits, limited);
    if (counted.some((name) => limited[name] === undefined)) isGuaranteed = false;
  }
  if (Object.keys(requests).length === 0 && Object.keys(limits).length === 0) return 'BestEffort';
  const isEqual =
    Object.keys(requests).length === Object.keys(limits).length &&
    Object.entries(requests).every(([name, amount]) => limits[name] === amount);
  return isGuaranteed && isEqual ? 'Guaranteed' : 'Burstable';
}

/** More than nothing of what counts here. */
function asked(resources: ResourceMap | undefined): Amounts {
  const amounts: Amounts = {};
  for (const name of counted) {
    const quantity = resources?.[name];
    const amount = quantity === undefined ? 0 : amountOf(name, quantity);
    if (amount > 0) amounts[name] = amount;
  }
  return amounts;
}
