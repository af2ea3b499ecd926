import { tolerates, unschedulableTaint } from '../tolerations.ts';
import type { Filter } from '../filter.ts';

/** A cordoned node (`kubectl cordon`) takes only what tolerates it. */
export const unschedulable: Filter = {
  name: 'unschedulable',
  forPod({ pod }) {
    if (tolerates(pod.spec?.tolerations, unschedulableTaint)) return undefined;
    return ({ node }) =>
      node.spec?.unschedulable || node.metadata?.deletionTimestamp ? 'node(s) were unschedulable' : undefined;
  },
};
