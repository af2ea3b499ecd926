import type {
  DaemonSet,
  DaemonSetSpec,
  DaemonSetUpdateStrategy,
  Deployment,
  DeploymentSpec,
  DeploymentStrategy,
  PersistentVolumeClaim,
  PodTemplate,
  ReplicaSet,
  ReplicaSetSpec,
  ReplicationController,
  StatefulSet,
  StatefulSetSpec,
  StatefulSetUpdateStrategy,
} from '../types.ts';
import { defaultTemplate } from './pod.ts';

/** Kubernetes' own: so many old revisions are kept to go back to. */
const revisionHistoryLimit = 10;

// A spec that is missing is as an empty one, so that it gets its defaults too: validation then names only what nobody can guess.

export function defaultDeployment(deployment: Deployment): Deployment {
  const { spec = {} as DeploymentSpec } = deployment;
  return {
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: defaultStrategy(spec.strategy),
      template: defaultTemplate(spec.template),
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
  const { spec = {} as ReplicaSetSpec } = set;
  return {
    ...set,
    spec: { replicas: 1, ...spec, template: defaultTemplate(spec.template) },
  };
}

/** Without a selector, or labels of its own, a ReplicationController has those of its template. */
export function defaultReplicationController(controller: ReplicationController): ReplicationController {
  const { metadata, spec = {} } = controller;
  const labels = spec.template?.metadata?.labels;
  const isEmpty = (map: object | undefined) => Object.keys(map ?? {}).length === 0;
  return {
    ...controller,
    ...(labels && isEmpty(metadata?.labels) && { metadata: { ...metadata, labels: { ...labels } } }),
    spec: {
      replicas: 1,
      ...spec,
      ...(labels && isEmpty(spec.selector) && { selector: { ...labels } }),
      ...(spec.template && { template: defaultTemplate(spec.template) }),
    },
  };
}

export function defaultPodTemplate(template: PodTemplate): PodTemplate {
  return { ...template, template: defaultTemplate(template.template) };
}

export function defaultDaemonSet(set: DaemonSet): DaemonSet {
  const { spec = {} as DaemonSetSpec } = set;
  return {
    ...set,
    spec: {
      revisionHistoryLimit,
      ...spec,
      updateStrategy: defaultDaemonStrategy(spec.updateStrategy),
      template: defaultTemplate(spec.template),
    },
  };
}

function defaultDaemonStrategy(strategy: DaemonSetUpdateStrategy = {}): DaemonSetUpdateStrategy {
  const type = strategy.type || 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...strategy, type };
  return { type, rollingUpdate: { maxSurge: 0, maxUnavailable: 1, ...strategy.rollingUpdate } };
}

export function defaultStatefulSet(set: StatefulSet): StatefulSet {
  const { spec = {} as StatefulSetSpec } = set;
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  return {
    ...set,
    spec: {
      replicas: 1,
      revisionHistoryLimit,
      ...spec,
      serviceName: spec.serviceName ?? '',
      podManagementPolicy: spec.podManagementPolicy || 'OrderedReady',
      updateStrategy: defaultStatefulStrategy(spec.updateStrategy),
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: whenDeleted || 'Retain',
        whenScaled: whenScaled || 'Retain',
      },
      template: defaultTemplate(spec.template),
      ...(spec.volumeClaimTemplates && { volumeClaimTemplates: spec.volumeClaimTemplates.map(defaultClaim) }),
    },
  };
}

/** A rolling update that is named and yet not described stays so: only where none is named is one described. */
function defaultStatefulStrategy(strategy: StatefulSetUpdateStrategy = {}): StatefulSetUpdateStrategy {
  if (strategy.type && strategy.type !== 'RollingUpdate') return strategy;
  const rollingUpdate = strategy.rollingUpdate ?? (strategy.type ? undefined : {});
  if (!rollingUpdate) return strategy;
  return { type: 'RollingUpdate', rollingUpdate: { partition: 0, ...rollingUpdate } };
}

/** What a pod's claim is made of: a claim, as it would stand alone. */
function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  return {
    ...claim,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...(claim.spec && { spec: { ...claim.spec, volumeMode: claim.spec.volumeMode || 'Filesystem' } }),
    status: { ...claim.status, phase: claim.status?.phase || 'Pending' },
  };
}
