import { sandboxesKey, sandboxNamed } from '../../../api/nodes.ts';
import type { Filter } from '../filter.ts';

/** A pod that names its sandbox (by its RuntimeClass) goes where there is one. */
export const sandbox: Filter = {
  name: 'sandbox',
  forPod({ pod }) {
    const wanted = sandboxNamed(pod);
    if (!wanted) return undefined;
    return ({ node }) => {
      const offered =
        node.metadata?.annotations?.[sandboxesKey] ?? node.metadata?.labels?.[sandboxesKey] ?? '';
      return offered.split(/[,.]/).includes(wanted) ? undefined : `node(s) had no sandbox "${wanted}"`;
    };
  },
};
