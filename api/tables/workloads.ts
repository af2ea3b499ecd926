import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  ObjectMeta,
  PodDisruptionBudget,
  PodTemplate,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, none, wide } from './table.ts';
import type { Column, Columns } from './table.ts';
import { containerImages, containerNames, labelsText, selectorText } from './text.ts';

type WithTemplate = { spec?: { template?: PodTemplateSpec } };

const ageColumn: Column<{ metadata?: ObjectMeta }> = column('Age', ({ metadata }, now) =>
  age(metadata?.creationTimestamp, now),
);
const containersColumn: Column<WithTemplate> = wide('Containers', ({ spec }) =>
  containerNames(spec?.template),
);
const imagesColumn: Column<WithTemplate> = wide('Images', ({ spec }) => containerImages(spec?.template));

export const deploymentColumns: Columns<Deployment> = [
  nameColumn,
  column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  // Numbers, and yet called text: so it is in Kubernetes.
  column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
  column('Available', ({ status }) => status?.availableReplicas ?? 0),
  ageColumn,
  containersColumn,
  imagesColumn,
  wide('Selector', ({ spec }) => selectorText(spec?.selector)),
];

export const replicaSetColumns: Columns<ReplicaSet> = [
  nameColumn,
  column('Desired', ({ spec }) => spec?.replicas ?? 0, 'integer'),
  column('Current', ({ status }) => status?.replicas ?? 0, 'integer'),
  column('Ready', ({ status }) => status?.readyReplicas ?? 0, 'integer'),
  ageColumn,
  containersColumn,
  imagesColumn,
  wide('Selector', ({ spec }) => selectorText(spec?.selector)),
];

export const replicationControllerColumns: Columns<ReplicationController> = [
  nameColumn,
  column('Desired', ({ spec }) => spec?.replicas ?? 0, 'integer'),
  column('Current', ({ status }) => status?.replicas ?? 0, 'integer'),
  column('Ready', ({ status }) => status?.readyReplicas ?? 0, 'integer'),
  ageColumn,
  containersColumn,
  imagesColumn,
  wide('Selector', ({ spec }) => labelsText(spec?.selector)),
];

export const statefulSetColumns: Columns<StatefulSet> = [
  nameColumn,
  column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  ageColumn,
  containersColumn,
  imagesColumn,
];

export const daemonSetColumns: Columns<DaemonSet> = [
  nameColumn,
  column('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0, 'integer'),
  column('Current', ({ status }) => status?.currentNumberScheduled ?? 0, 'integer'),
  column('Ready', ({ status }) => status?.numberReady ?? 0, 'integer'),
  column('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0, 'integer'),
  column('Available', ({ status }) => status?.numberAvailable ?? 0, 'integer'),
  column('Node Selector', ({ spec }) => labelsText(spec?.template?.spec?.nodeSelector)),
  ageColumn,
  containersColumn,
  imagesColumn,
  wide('Selector', ({ spec }) => selectorText(spec?.selector)),
];

export const controllerRevisionColumns: Columns<ControllerRevision> = [
  nameColumn,
  column('Controller', controllerName),
  column('Revision', ({ revision }) => revision ?? 0),
  ageColumn,
];

/** `statefulset.apps/db`. */
function controllerName({ metadata }: ControllerRevision): string {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return none;
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
  return `${owner.kind}${group ? `.${group}` : ''}`.toLowerCase() + `/${owner.name}`;
}

export const podTemplateColumns: Columns<PodTemplate> = [
  nameColumn,
  column('Containers', ({ template }) => containerNames(template)),
  column('Images', ({ template }) => containerImages(template)),
  column('Pod Labels', ({ template }) => labelsText(template?.metadata?.labels)),
];

export const disruptionBudgetColumns: Columns<PodDisruptionBudget> = [
  nameColumn,
  column('Min Available', ({ spec }) => String(spec?.minAvailable ?? 'N/A')),
  column('Max Unavailable', ({ spec }) => String(spec?.maxUnavailable ?? 'N/A')),
  column('Allowed Disruptions', ({ status }) => status?.disruptionsAllowed ?? 0, 'integer'),
  ageColumn,
];
