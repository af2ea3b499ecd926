import type { Score } from '../filter.ts';
import { fractionsWith } from './fractions.ts';

/** More free CPU and memory is better: load spreads over the hosts. */
export const room: Score = {
  name: 'room',
  weight: 1,
  forPod: (pod) => (node) => {
    const fractions = fractionsWith(pod, node);
    return (100 * fractions.reduce((sum, used) => sum + (1 - used), 0)) / fractions.length;
  },
};
