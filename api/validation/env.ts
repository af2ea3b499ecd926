import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import type { Container, EnvFromSource, EnvVar } from '../types.ts';
import { configKey, dnsSubdomain, environmentName } from './names.ts';
import { named, oneOf } from './rules.ts';

/** Fields of the pod that a variable may take its value from, beside single labels and annotations. */
const podFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export function validateEnvironment(field: string, { env, envFrom }: Container): FieldError[] {
  return [
    ...(env ?? []).flatMap((variable, index) => validateVariable(at(child(field, 'env'), index), variable)),
    ...(envFrom ?? []).flatMap((source, index) => validateSource(child(field, 'envFrom'), index, source)),
  ];
}

function validateVariable(field: string, { name, value, valueFrom }: EnvVar): FieldError[] {
  const errors = name ? named(child(field, 'name'), name, environmentName) : [required(child(field, 'name'))];
  if (!valueFrom) return errors;
  const from = child(field, 'valueFrom');
  const given = Object.values(valueFrom).filter((each) => each !== undefined).length;
  if (given === 0)
    errors.push(
      invalidValue(
        from,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ),
    );
  if (given > 1) errors.push(invalidValue(from, '', 'may not have more than one field specified at a time'));
  if (value) errors.push(invalidValue(from, '', 'may not be specified when `value` is not empty'));
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef)
    errors.push(...validateFieldPath(child(from, 'fieldRef.fieldPath'), fieldRef.fieldPath, podFields));
  if (resourceFieldRef)
    errors.push(
      ...oneOf(child(from, 'resourceFieldRef.resource'), resourceFieldRef.resource, containerResources),
    );
  if (configMapKeyRef) errors.push(...validateKeyRef(child(from, 'configMapKeyRef'), configMapKeyRef));
  if (secretKeyRef) errors.push(...validateKeyRef(child(from, 'secretKeyRef'), secretKeyRef));
  return errors;
}

/** What a pod can tell of itself at all; not all of it everywhere. */
const convertible = new Set([
  ...podFields,
  'metadata.annotations',
  'metadata.labels',
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

/** Whether the pod has such a field to give; a single label or annotation is `metadata.labels['app']`. */
export function validateFieldPath(field: string, path: string, supported: readonly string[]): FieldError[] {
  if (!path) return [required(field)];
  if (/^metadata\.(labels|annotations)\['.+'\]$/.test(path)) return [];
  return convertible.has(path)
    ? oneOf(field, path, supported)
    : [invalidValue(field, path, `error converting fieldPath: field label not supported: ${path}`)];
}

function validateKeyRef(field: string, { name, key }: { name?: string; key: string }): FieldError[] {
  return [
    ...named(child(field, 'name'), name ?? '', dnsSubdomain),
    ...(key ? named(child(field, 'key'), key, configKey) : [required(child(field, 'key'))]),
  ];
}

function validateSource(
  list: string,
  index: number,
  { prefix, configMapRef, secretRef }: EnvFromSource,
): FieldError[] {
  const field = at(list, index);
  const errors = prefix ? named(child(field, 'prefix'), prefix, environmentName) : [];
  if (!configMapRef && !secretRef)
    errors.push(invalidValue(list, '', 'must specify one of: `configMapRef` or `secretRef`'));
  if (configMapRef && secretRef)
    errors.push(invalidValue(list, '', 'may not have more than one field specified at a time'));
  if (configMapRef && !configMapRef.name) errors.push(required(child(field, 'configMapRef.name')));
  if (secretRef && !secretRef.name) errors.push(required(child(field, 'secretRef.name')));
  return errors;
}
