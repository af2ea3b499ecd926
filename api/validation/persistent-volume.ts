import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import { goDiff } from '../go-diff.ts';
import { GoValue } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';
import type { PersistentVolume, PersistentVolumeSpec, Quantity } from '../types.ts';
import { validateNodeTerm } from './affinity.ts';
import { dnsSubdomain } from './names.ts';
import { immutable, named, oneOf } from './rules.ts';
import { sourceOf, validateVolumeSource } from './volume-source.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidatePersistentVolume */
export function validatePersistentVolume(volume: PersistentVolume, old?: PersistentVolume): FieldError[] {
  const spec = volume.spec ?? {};
  const { capacity, persistentVolumeReclaimPolicy: policy, hostPath, nodeAffinity } = spec;
  return [
    ...(spec.accessModes?.length ? [] : [required('spec.accessModes')]),
    ...validateAccessModes('spec.accessModes', spec.accessModes),
    ...validateCapacity('spec.capacity', capacity ?? {}),
    ...oneOf('spec.persistentVolumeReclaimPolicy', policy || undefined, ['Delete', 'Recycle', 'Retain']),
    ...validateNodeAffinity(nodeAffinity),
    ...validateVolumeSource('spec', spec, volume.metadata?.name ?? ''),
    ...(policy === 'Recycle' && hostPath && /^\/+(\.?\/*)*$/.test(hostPath.path)
      ? [
          forbiddenField(
            'spec.persistentVolumeReclaimPolicy',
            "may not be 'recycle' for a hostPath mount of '/'",
          ),
        ]
      : []),
    ...named('spec.storageClassName', spec.storageClassName || undefined, dnsSubdomain),
    ...validateVolumeMode('spec.volumeMode', spec.volumeMode),
    ...(old ? validateUpdate(spec, old.spec ?? {}) : []),
  ];
}

function validateUpdate(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): FieldError[] {
  const [source, before] = [sourceOf(forgettingExpansion(spec, old)), sourceOf(old)];
  return [
    ...(sameJson(source, before)
      ? []
      : [
          forbiddenField(
            'spec.persistentvolumesource',
            `spec.persistentvolumesource is immutable after creation${goDiff('core.PersistentVolumeSource', before, source)}`,
          ),
        ]),
    ...immutable('volumeMode', spec.volumeMode, old.volumeMode),
    ...(old.nodeAffinity && !sameJson(spec.nodeAffinity, old.nodeAffinity)
      ? [
          invalidValue(
            'nodeAffinity',
            new GoValue('core.VolumeNodeAffinity{…}'),
            'field is immutable, except for updating from beta label to GA',
          ),
        ]
      : []),
  ];
}

/** The secret by which a volume is made larger may be named later. */
function forgettingExpansion(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): PersistentVolumeSpec {
  if (!spec.csi || !old.csi || old.csi.controllerExpandSecretRef) return spec;
  const { controllerExpandSecretRef: _, ...csi } = spec.csi;
  return { ...spec, csi };
}

export function validateAccessModes(field: string, modes: readonly string[] = []): FieldError[] {
  const known = modes.filter((mode) => accessModes.includes(mode));
  return [
    ...modes
      .filter((mode) => !accessModes.includes(mode))
      .map((mode) => notSupported(field, mode, accessModes)),
    ...(known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')
      ? [forbiddenField(field, 'may not use ReadWriteOncePod with other access modes')]
      : []),
  ];
}

export function validateVolumeMode(field: string, mode: string | undefined): FieldError[] {
  return oneOf(field, mode, volumeModes);
}

function validateCapacity(field: string, capacity: Record<string, Quantity>): FieldError[] {
  const names = Object.keys(capacity);
  return [
    ...(names.length === 0 ? [required(field)] : []),
    ...(names.length === 1 && names[0] === 'storage'
      ? []
      : [
          notSupported(
            field,
            new GoValue(names.length === 0 ? 'core.ResourceList(nil)' : 'core.ResourceList{…}'),
            ['storage'],
          ),
        ]),
    ...Object.entries(capacity).flatMap(([name, quantity]) => [
      ...(parseQuantity(quantity) < 0
        ? [invalidValue(at(field, name), parseQuantity(quantity), 'must be a valid resource quantity')]
        : []),
      ...positive(at(field, name), quantity),
    ]),
  ];
}

export function positive(field: string, quantity: Quantity): FieldError[] {
  return compareQuantities(quantity, 0) > 0
    ? []
    : [invalidValue(field, quantity, 'must be greater than zero')];
}

function validateNodeAffinity(affinity: PersistentVolumeSpec['nodeAffinity']): FieldError[] {
  if (!affinity) return [];
  const field = 'spec.nodeAffinity.required';
  if (!affinity.required) return [required(field, 'must specify required node constraints')];
  const terms = affinity.required.nodeSelectorTerms ?? [];
  if (terms.length === 0)
    return [required(`${field}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => validateNodeTerm(at(`${field}.nodeSelectorTerms`, index), term));
}
