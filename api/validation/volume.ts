import { duplicate, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { compareQuantities } from '../quantity.ts';
import type { DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection } from '../types.ts';
import { insidePath } from './container.ts';
import { validateFieldPath } from './env.ts';
import { dnsLabel } from './names.ts';
import { named } from './rules.ts';

/** Fields of the pod that a file may hold. */
const fileFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

export function validateVolumes(field: string, volumes: Volume[]): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const own = at(field, index);
    const { name, ...sources } = volume;
    const errors = name ? named(child(own, 'name'), name, dnsLabel) : [required(child(own, 'name'))];
    if (name && names.has(name)) errors.push(duplicate(child(own, 'name'), name));
    names.add(name);
    const given = Object.keys(sources);
    if (given.length === 0) errors.push(required(own, 'must specify a volume type'));
    for (const extra of given.slice(1))
      errors.push(forbiddenField(child(own, extra), 'may not specify more than 1 volume type'));
    return [...errors, ...validateSource(own, volume)];
  });
}

function validateSource(field: string, volume: Volume): FieldError[] {
  const { configMap, secret, downwardAPI, projected, emptyDir } = volume;
  const errors: FieldError[] = [];
  if (emptyDir?.sizeLimit !== undefined && compareQuantities(emptyDir.sizeLimit, 0) < 0)
    errors.push(
      forbiddenField(child(field, 'emptyDir.sizeLimit'), 'SizeLimit field must be a valid resource quantity'),
    );
  if (configMap) {
    const own = child(field, 'configMap');
    if (!configMap.name) errors.push(required(child(own, 'name')));
    errors.push(
      ...mode(child(own, 'defaultMode'), configMap.defaultMode),
      ...validateItems(own, configMap.items),
    );
  }
  if (secret) {
    const own = child(field, 'secret');
    if (!secret.secretName) errors.push(required(child(own, 'secretName')));
    errors.push(...mode(child(own, 'defaultMode'), secret.defaultMode), ...validateItems(own, secret.items));
  }
  if (downwardAPI) {
    const own = child(field, 'downwardAPI');
    errors.push(
      ...mode(child(own, 'defaultMode'), downwardAPI.defaultMode),
      ...validateFiles(own, downwardAPI.items),
    );
  }
  if (projected) {
    const own = child(field, 'projected');
    errors.push(...mode(child(own, 'defaultMode'), projected.defaultMode));
    for (const [index, source] of (projected.sources ?? []).entries())
      errors.push(...validateProjection(at(child(own, 'sources'), index), source));
  }
  return errors;
}

function validateProjection(field: string, source: VolumeProjection): FieldError[] {
  const { configMap, secret, downwardAPI } = source;
  const errors: FieldError[] = [];
  if (configMap && !configMap.name) errors.push(required(child(field, 'configMap.name')));
  if (secret && !secret.name) errors.push(required(child(field, 'secret.name')));
  if (Object.keys(source).length > 1)
    errors.push(forbiddenField(field, 'may not specify more than 1 volume type per source'));
  return [
    ...errors,
    ...validateItems(child(field, 'configMap'), configMap?.items),
    ...validateItems(child(field, 'secret'), secret?.items),
    ...validateFiles(child(field, 'downwardAPI'), downwardAPI?.items),
  ];
}

function validateItems(field: string, items: KeyToPath[] | undefined): FieldError[] {
  return (items ?? []).flatMap((item, index) => {
    const own = at(child(field, 'items'), index);
    return [
      ...(item.key ? [] : [required(child(own, 'key'))]),
      ...(item.path ? insidePath(child(own, 'path'), item.path) : [required(child(own, 'path'))]),
      ...mode(child(own, 'mode'), item.mode),
    ];
  });
}

function validateFiles(field: string, items: DownwardAPIVolumeFile[] | undefined): FieldError[] {
  return (items ?? []).flatMap((item, index) => {
    const own = at(child(field, 'items'), index);
    return [
      ...(item.path ? insidePath(child(own, 'path'), item.path) : [required(child(own, 'path'))]),
      ...(item.fieldRef
        ? validateFieldPath(child(field, 'fieldRef.fieldPath'), item.fieldRef.fieldPath, fileFields)
        : []),
      ...(item.fieldRef || item.resourceFieldRef
        ? []
        : [required(field, 'one of fieldRef and resourceFieldRef is required')]),
    ];
  });
}

function mode(field: string, value: number | undefined): FieldError[] {
  return value === undefined || (value >= 0 && value <= 0o777)
    ? []
    : [invalidValue(field, value, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
