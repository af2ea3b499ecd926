import type { Deployment, ReplicaSet } from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, wide } from './table.ts';
import type { Columns } from './table.ts';
import { containerImages, containerNames, selectorText } from './text.ts';

export const deploymentColumns: Columns<Deployment> = [
  nameColumn,
  column('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  column('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0, 'integer'),
  column('Available', ({ status }) => status?.availableReplicas ?? 0, 'integer'),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('Containers', ({ spec }) => containerNames(spec?.template)),
  wide('Images', ({ spec }) => containerImages(spec?.template)),
  wide('Selector', ({ spec }) => selectorText(spec?.selector)),
];

export const replicaSetColumns: Columns<ReplicaSet> = [
  nameColumn,
  column('Desired', ({ spec }) => spec?.replicas ?? 0, 'integer'),
  column('Current', ({ status }) => status?.replicas ?? 0, 'integer'),
  column('Ready', ({ status }) => status?.readyReplicas ?? 0, 'integer'),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('Containers', ({ spec }) => containerNames(spec?.template)),
  wide('Images', ({ spec }) => containerImages(spec?.template)),
  wide('Selector', ({ spec }) => selectorText(spec?.selector)),
];
