import type { Node } from '../../api/types.ts';
import type { Reconciler } from '../reconciler.ts';

/** Pods' addresses: 256 ranges of 254 each. They are names for tunnels, not routes (docs/architecture.md). */
export const clusterRange = '10.244';
export const rangesMax = 256;

/** Gives each new node its own range of pod addresses: the lowest that is free. */
export const registration: Reconciler = {
  name: 'node-registration',
  watches: ['Node'],
  // One key for all: two nodes decided upon at once would get the same range.
  keysOf: () => ['nodes'],
  decide(world) {
    const nodes = world.all<Node>('Node');
    const taken = new Set(nodes.map((node) => node.spec?.podCIDR));
    const free = Array.from({ length: rangesMax }, (_, third) => `${clusterRange}.${third}.0/24`).filter(
      (range) => !taken.has(range),
    );
    return nodes
      .filter((node) => !node.spec?.podCIDR && !node.metadata?.deletionTimestamp)
      .map((node) => {
        const podCIDR = free.shift();
        if (!podCIDR) {
          const message = `No pod range is left: all ${rangesMax} /24 of ${clusterRange}.0.0/16 are taken. Delete nodes that left for good.`;
          return { do: 'event', about: node, said: { type: 'Warning', reason: 'CIDRNotAvailable', message } };
        }
        const ref = { kind: 'Node', name: node.metadata?.name ?? '' };
        return { do: 'patch', ref, type: 'merge', patch: { spec: { podCIDR, podCIDRs: [podCIDR] } } };
      });
  },
};
