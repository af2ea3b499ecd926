import type { Filter } from '../filter.ts';

/** On a node, as an annotation or a label: the sandboxes it can run, `wasm,podman` (in a label, with `.` between them). */
export const sandboxesKey = 'kith.home.arpa/sandboxes';

/** A pod that names its sandbox (`runtimeClassName`) goes where there is one. */
export const sandbox: Filter = {
  name: 'sandbox',
  forPod({ pod }) {
    const wanted = pod.spec?.runtimeClassName;
    if (!wanted) return undefined;
    return ({ node }) => {
      const offered =
        node.metadata?.annotations?.[sandboxesKey] ?? node.metadata?.labels?.[sandboxesKey] ?? '';
      return offered.split(/[,.]/).includes(wanted) ? undefined : `node(s) had no sandbox "${wanted}"`;
    };
  },
};
