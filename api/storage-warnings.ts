import type { Kind } from './kinds.ts';
import { milli } from './quantity.ts';
import type { Ingress, PersistentVolume, PersistentVolumeClaim, Quantity } from './types.ts';

/** What a writer of storage or routing is told of an object that is taken all the same, in Kubernetes' words. */
export function clusterWarnings({ type }: Kind, object: object, isNew: boolean): string[] {
  switch (type) {
    case 'Ingress':
      return isNew ? ofIngress(object as Ingress) : [];
    case 'PersistentVolume':
      return ofVolume(object as PersistentVolume);
    case 'PersistentVolumeClaim':
      return ofClaim(object as PersistentVolumeClaim);
    default:
      return [];
  }
}

const classAnnotation = 'kubernetes.io/ingress.class';
const storageAnnotation = 'volume.beta.kubernetes.io/storage-class';

function ofIngress({ metadata, spec }: Ingress): string[] {
  return metadata?.annotations?.[classAnnotation] !== undefined && spec?.ingressClassName === undefined
    ? [
        `annotation ${JSON.stringify(classAnnotation)} is deprecated, please use 'spec.ingressClassName' instead`,
      ]
    : [];
}

/** Since when a volume's driver is gone from Kubernetes. Source: k8s.io/kubernetes/pkg/api/persistentvolume/util.go */
const goneDrivers: Record<string, [field: string, since: string]> = {
  cephfs: ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  photonPersistentDisk: ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  scaleIO: ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  storageos: ['storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  glusterfs: ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  rbd: ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
};

function ofVolume({ spec }: PersistentVolume): string[] {
  return [
    ...(spec?.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...Object.entries(goneDrivers).flatMap(([driver, [field, since]]) =>
      Object.hasOwn(spec ?? {}, driver) ? [`spec.${field}: ${since}`] : [],
    ),
  ];
}

/** Source: k8s.io/kubernetes/pkg/api/persistentvolumeclaim/util.go */
function ofClaim({ metadata, spec }: PersistentVolumeClaim): string[] {
  const fractional = (list: 'requests' | 'limits', amount: Quantity | undefined) =>
    amount !== undefined && milli(amount) % 1000 !== 0
      ? [`spec.resources.${list}[storage]: fractional byte value "${amount}" is invalid, must be an integer`]
      : [];
  return [
    ...(metadata?.annotations?.[storageAnnotation] === undefined
      ? []
      : [
          `metadata.annotations[${storageAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`,
        ]),
    ...fractional('requests', spec?.resources?.requests?.['storage']),
    ...fractional('limits', spec?.resources?.limits?.['storage']),
  ];
}
