import type { Filter } from '../filter.ts';
import { matchesNode } from '../node-match.ts';

/** `nodeSelector` and required node affinity. */
export const nodeAffinity: Filter = {
  name: 'node affinity',
  forPod({ pod }) {
    if (!pod.spec?.nodeSelector && !pod.spec?.affinity?.nodeAffinity) return undefined;
    return (node) =>
      matchesNode(pod, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";
  },
};
