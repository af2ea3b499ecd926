import type { Filter } from '../filter.ts';

/** A node that is silent, has said goodbye or says that it is not ready takes nothing new. */
export const readiness: Filter = {
  name: 'readiness',
  forPod: () => (node) => (node.presence === 'ready' ? undefined : 'node(s) were not ready'),
};
