import type { Filter } from './filter.ts';
import { isolation } from './filters/isolation.ts';
import { nodeAffinity } from './filters/node-affinity.ts';
import { podAffinity } from './filters/pod-affinity.ts';
import { podAntiAffinity } from './filters/pod-anti-affinity.ts';
import { readiness } from './filters/readiness.ts';
import { resources } from './filters/resources.ts';
import { sandbox } from './filters/sandbox.ts';
import { taints } from './filters/taints.ts';
import { topologySpread } from './filters/topology-spread.ts';
import { trust } from './filters/trust.ts';
import { unschedulable } from './filters/unschedulable.ts';

/** Every reason for which a node is refused, in the order they are asked; the first that refuses is the one people read. */
export const filters: readonly Filter[] = [
  unschedulable,
  taints,
  readiness,
  nodeAffinity,
  trust,
  sandbox,
  isolation,
  resources,
  topologySpread,
  podAffinity,
  podAntiAffinity,
];
