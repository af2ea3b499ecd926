import type { Filter } from '../filter.ts';

/** What the node offers, less what its pods ask for, must hold what this pod asks for. Every resource that is short is named. */
export const resources: Filter = {
  name: 'resources',
  forPod({ requests }) {
    const asked = Object.entries(requests).filter(([, amount]) => amount > 0);
    return ({ allocatable, requested, pods }) => {
      let short: string[] | undefined;
      if (allocatable.pods !== undefined && pods.size >= allocatable.pods) short = ['Too many pods'];
      for (const [resource, amount] of asked) {
        if (amount <= (allocatable[resource] ?? 0) - (requested[resource] ?? 0)) continue;
        (short ??= []).push(`Insufficient ${resource}`);
      }
      return short;
    };
  },
};
