/** Classes of priority that every cluster has, and the bounds of those that users define. Source: k8s.io/kubernetes/pkg/apis/scheduling. */

/** Names with this prefix are the system's. */
export const systemPriorityPrefix = 'system-';

/** What is above is the system's. */
export const userPriorityMax = 1_000_000_000;

const systemCritical = 2 * userPriorityMax;

export const systemPriorityClasses: readonly { name: string; value: number; description: string }[] = [
  {
    name: 'system-node-critical',
    value: systemCritical + 1000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: systemCritical,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
];

/** Of a pod that names no class, where no class is the default. */
export const noClassPriority = { value: 0, preemptionPolicy: 'PreemptLowerPriority' };
