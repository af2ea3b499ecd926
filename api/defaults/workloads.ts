import type { Deployment, DeploymentStrategy, ReplicaSet } from '../types.ts';
import { defaultTemplate } from './pod.ts';

export function defaultDeployment(deployment: Deployment): Deployment {
  const { spec } = deployment;
  if (!spec) return deployment;
  return {
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: defaultStrategy(spec.strategy),
      ...(spec.template && { template: defaultTemplate(spec.template) }),
    },
  };
}

function defaultStrategy(strategy: DeploymentStrategy = {}): DeploymentStrategy {
  const type = strategy.type || 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...strategy, type };
  return {
    type,
    rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...strategy.rollingUpdate },
  };
}

export function defaultReplicaSet(set: ReplicaSet): ReplicaSet {
  const { spec } = set;
  if (!spec) return set;
  return {
    ...set,
    spec: { replicas: 1, ...spec, ...(spec.template && { template: defaultTemplate(spec.template) }) },
  };
}
