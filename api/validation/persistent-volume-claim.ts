import { forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goDiff } from '../go-diff.ts';
import { GoValue } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import { compareQuantities } from '../quantity.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec, TypedObjectReference } from '../types.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { positive, validateAccessModes, validateVolumeMode } from './persistent-volume.ts';
import { immutable, named } from './rules.ts';

/** Source: k8s.io/kubernetes/pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaim */
export function validatePersistentVolumeClaim(
  claim: PersistentVolumeClaim,
  old?: PersistentVolumeClaim,
): FieldError[] {
  const spec = claim.spec ?? {};
  return [...validateClaimSpec('spec', spec), ...(old ? validateUpdate(spec, old) : [])];
}

/** Also of the templates of claims that a StatefulSet has. */
export function validateClaimSpec(field: string, spec: PersistentVolumeClaimSpec): FieldError[] {
  const { dataSource, dataSourceRef } = spec;
  const storage = spec.resources?.requests?.['storage'];
  const own = at(child(field, 'resources'), 'storage');
  const errors: FieldError[] = [];
  if (dataSource && dataSourceRef?.namespace)
    errors.push(
      invalidValue(
        field,
        new GoValue(child(field, 'dataSource')),
        'may not be specified when dataSourceRef.namespace is specified',
      ),
    );
  else if (dataSource && dataSourceRef && !isSameSource(dataSource, dataSourceRef))
    errors.push(invalidValue(field, new GoValue(child(field, 'dataSource')), 'must match dataSourceRef'));
  return [
    ...(spec.accessModes?.length
      ? []
      : [required(child(field, 'accessModes'), 'at least 1 access mode is required')]),
    ...validateLabelSelector(child(field, 'selector'), spec.selector),
    ...validateAccessModes(child(field, 'accessModes'), spec.accessModes),
    ...(storage === undefined ? [required(own)] : positive(own, storage)),
    ...named(child(field, 'storageClassName'), spec.storageClassName || undefined, dnsSubdomain),
    ...validateVolumeMode(child(field, 'volumeMode'), spec.volumeMode),
    ...(dataSource ? validateSource(child(field, 'dataSource'), dataSource) : []),
    ...(dataSourceRef ? validateSource(child(field, 'dataSourceRef'), dataSourceRef) : []),
    ...errors,
  ];
}

function validateSource(field: string, source: TypedObjectReference): FieldError[] {
  const { name, kind = '', apiGroup, namespace } = source;
  return [
    ...(name ? [] : [required(child(field, 'name'))]),
    ...(kind ? [] : [required(child(field, 'kind'))]),
    ...(!apiGroup && kind !== 'PersistentVolumeClaim'
      ? [invalidValue(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]
      : []),
    ...named(child(field, 'apiGroup'), apiGroup || undefined, dnsSubdomain),
    ...named(child(field, 'namespace'), namespace || undefined, dnsLabel),
  ];
}

function isSameSource(a: TypedObjectReference, b: TypedObjectReference): boolean {
  return a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name;
}

const fixed =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** A claim is not changed once it is made, but its volume is named once, and what is bound may grow. */
function validateUpdate(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaim): FieldError[] {
  const before = old.spec ?? {};
  const isBound = old.status?.phase === 'Bound';
  const requests = { ...spec.resources?.requests };
  const [size, oldSize] = [requests['storage'], before.resources?.requests?.['storage']];
  if (isBound && oldSize !== undefined) requests['storage'] = oldSize;
  const comparable: PersistentVolumeClaimSpec = {
    ...spec,
    ...(spec.resources && { resources: { ...spec.resources, requests } }),
    ...(before.storageClassName === undefined && { storageClassName: undefined as never }),
    ...(isBound && { volumeAttributesClassName: before.volumeAttributesClassName as never }),
  };
  const expected = before.volumeName ? before : { ...before, volumeName: spec.volumeName as never };
  const errors: FieldError[] = [];
  if (!sameJson(comparable, expected))
    errors.push(
      forbiddenField('spec', `${fixed}${goDiff('core.PersistentVolumeClaimSpec', expected, comparable)}`),
    );
  const isSmaller = size !== undefined && oldSize !== undefined && compareQuantities(size, oldSize) < 0;
  if (isSmaller && compareQuantities(size, old.status?.capacity?.['storage'] ?? '0') <= 0)
    errors.push(
      forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'),
    );
  return [...errors, ...immutable('volumeMode', spec.volumeMode, before.volumeMode)];
}
