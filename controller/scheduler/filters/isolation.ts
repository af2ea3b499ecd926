import { isolationAnnotation, sandboxNamed } from '../../../api/nodes.ts';
import type { Filter } from '../filter.ts';
import { tierOf } from './trust.ts';

/**
 * Where no sandbox of a host is held by the operating system, only its owner's apps run (the agent refuses all others itself; this
 * keeps them from going there in vain). A node that does not say is not judged.
 */
export const isolation: Filter = {
  name: 'isolation',
  forPod({ pod, namespace }, snapshot) {
    const wanted = sandboxNamed(pod);
    return ({ node }) => {
      const said = node.metadata?.annotations?.[isolationAnnotation];
      if (!said) return undefined;
      const usable = said.split(',').filter((each) => !wanted || each.startsWith(`${wanted}=`));
      if (usable.length === 0 || usable.some((each) => each.endsWith('=os'))) return undefined;
      const own = tierOf(snapshot.namespace(namespace), node) === 'own';
      return own ? undefined : 'node(s) had no OS sandbox and were not your own';
    };
  },
};
