import type { Filter } from '../filter.ts';
import { tolerates } from '../tolerations.ts';

/** Taints keep away what does not tolerate them. */
export const taints: Filter = {
  name: 'taints',
  forPod:
    ({ pod }) =>
    ({ node }) => {
      const refusing = node.spec?.taints?.find(
        (taint) =>
          (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
          !tolerates(pod.spec?.tolerations, taint),
      );
      return refusing && `node(s) had untolerated taint {${refusing.key}: ${refusing.value ?? ''}}`;
    },
};
