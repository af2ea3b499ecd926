import { formatLabelSelector, requirementsOf } from '../../api/selectors.ts';
import type { Deployment } from '../../api/types.ts';
import { pairs } from './pairs.ts';
import { containers } from './pod.ts';

/** A Deployment or a ReplicaSet: how many are wanted and there, how they are replaced, and what they run. */
export function workload({ spec, status }: Deployment): string[] {
  const { updatedReplicas: updated, readyReplicas: ready = 0, unavailableReplicas: missing } = status ?? {};
  const { rollingUpdate: rolling, type } = spec?.strategy ?? {};
  const counts = [
    `${spec?.replicas ?? 1} wanted`,
    ...(updated === undefined ? [] : [`${updated} of this version`]),
    `${ready} ready`,
    ...(missing ? [`${missing} unavailable`] : []),
  ];
  return [
    ...pairs({
      Selector: spec?.selector && formatLabelSelector(requirementsOf(spec.selector)),
      Replicas: counts.join(', '),
      Strategy: rolling
        ? `${type}, at most ${rolling.maxUnavailable} fewer and ${rolling.maxSurge} more`
        : type,
    }),
    ...containers(spec?.template?.spec),
  ];
}
