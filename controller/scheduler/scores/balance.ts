import type { Score } from '../filter.ts';
import { fractionsWith } from './fractions.ts';

/** CPU and memory used in like measure is better: neither is left over where the other has run out. */
export const balance: Score = {
  name: 'balance',
  weight: 1,
  forPod: (pod) => (node) => {
    const [cpu, memory] = fractionsWith(pod, node);
    return 100 * (1 - Math.abs(cpu - memory) / 2);
  },
};
