import { withBothSources } from '../../../api/defaults/storage.ts';
import { isDefaultStorageClass, storageClassOf } from '../../../api/tables/storage.ts';
import type { Ingress, IngressClass, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { storedAll } from './stored.ts';

/** A claim that names no class gets the default one, the newest where several are. */
export const claimHasClass: Admission = ({ operation, kind, object, storage }) => {
  if (kind.type !== 'PersistentVolumeClaim' || operation !== 'create') return object;
  const { spec, metadata } = object as PersistentVolumeClaim;
  if (!spec || spec.storageClassName !== undefined || storageClassOf({ metadata: metadata!, spec }))
    return object;
  const name = newest(
    storedAll<StorageClass>(storage, ['storage.k8s.io/v1', 'StorageClass']).filter(isDefaultStorageClass),
  );
  return name === undefined ? object : ({ ...object, spec: { ...spec, storageClassName: name } } as Resource);
};

/** What a claim's data is made of stands in both fields that say it. */
export const claimHasBothSources: Admission = ({ kind, object }) =>
  kind.type === 'PersistentVolumeClaim'
    ? (withBothSources(object as PersistentVolumeClaim) as Resource)
    : object;

const defaultIngressClass = 'ingressclass.kubernetes.io/is-default-class';
const oldClassAnnotation = 'kubernetes.io/ingress.class';

/** The same of an Ingress. */
export const ingressHasClass: Admission = ({ operation, kind, object, storage }) => {
  if (kind.type !== 'Ingress' || operation !== 'create') return object;
  const { spec, metadata } = object as Ingress;
  if (spec?.ingressClassName !== undefined || metadata?.annotations?.[oldClassAnnotation] !== undefined)
    return object;
  const name = newest(
    storedAll<IngressClass>(storage, ['networking.k8s.io/v1', 'IngressClass']).filter(
      (each) => each.metadata?.annotations?.[defaultIngressClass] === 'true',
    ),
  );
  return name === undefined ? object : ({ ...object, spec: { ...spec, ingressClassName: name } } as Resource);
};

function newest(objects: Resource[]): string | undefined {
  const age = ({ metadata }: Resource) => metadata?.creationTimestamp ?? '';
  const name = ({ metadata }: Resource) => metadata?.name ?? '';
  return objects
    .toSorted((a, b) => age(b).localeCompare(age(a)) || name(a).localeCompare(name(b)))
    .map(name)[0];
}

const protections: Record<string, string> = {
  PersistentVolume: 'kubernetes.io/pv-protection',
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
};

/** Nothing that a pod or a claim uses goes away under it: `controller/workloads/storage-protection.ts` lets go of it. */
export const storageIsProtected: Admission = ({ operation, kind, object }) => {
  const finalizer = protections[kind.type ?? ''];
  const finalizers = object.metadata?.finalizers ?? [];
  if (operation !== 'create' || !finalizer || finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
};
