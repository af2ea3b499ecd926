import { forbiddenField, invalidValue, required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { goStrings, GoValue } from '../go-value.ts';
import type { Kind } from '../kinds.ts';
import type { ObjectMeta, OwnerReference } from '../types.ts';
import { dns1035Label, dnsLabel, dnsSubdomain, labelValue, pathName, qualifiedName } from './names.ts';
import type { NameRule } from './names.ts';
import { immutable, named, notNegative } from './rules.ts';

/** Kubernetes' limit on all annotations of an object together. */
const annotationBytesMax = 256 * 1024;

/** Kinds, by their types, whose names are not just any DNS subdomain. */
const nameRules: Record<string, NameRule> = {
  CertificateSigningRequest: () => undefined,
  ClusterRole: pathName,
  ClusterRoleBinding: pathName,
  Namespace: dnsLabel,
  Role: pathName,
  RoleBinding: pathName,
  Service: dns1035Label,
  StatefulSet: dnsLabel,
};

/** What every object's `metadata` must be; `old` is the stored object's, on an update. */
export function validateMetadata(
  kind: Kind,
  metadata: ObjectMeta | undefined,
  old?: ObjectMeta,
): FieldError[] {
  const field = 'metadata';
  const { name, generateName, namespace } = metadata ?? {};
  const rule = nameRules[kind.type ?? ''] ?? dnsSubdomain;
  const errors: FieldError[] = [];
  if (generateName)
    errors.push(...named(child(field, 'generateName'), generateName, (text) => rule(withoutDash(text))));
  if (!name && !generateName) errors.push(required(child(field, 'name'), 'name or generateName is required'));
  if (name) errors.push(...named(child(field, 'name'), name, rule));
  if (!kind.namespaced && namespace)
    errors.push(forbiddenField(child(field, 'namespace'), 'not allowed on this type'));
  if (kind.namespaced && !namespace) errors.push(required(child(field, 'namespace')));
  if (kind.namespaced && namespace) errors.push(...named(child(field, 'namespace'), namespace, dnsLabel));
  return [
    ...errors,
    ...notNegative(child(field, 'generation'), metadata?.generation),
    ...validateLabels(child(field, 'labels'), metadata?.labels),
    ...validateAnnotations(child(field, 'annotations'), metadata?.annotations),
    ...validateOwners(child(field, 'ownerReferences'), metadata?.ownerReferences),
    ...(metadata?.finalizers ?? []).flatMap((each) => named(child(field, 'finalizers'), each, qualifiedName)),
    ...(isExtension(kind) ? [] : validateFinalizers(child(field, 'finalizers'), metadata?.finalizers)),
    ...(old ? validateMetadataUpdate(field, metadata ?? {}, old) : []),
  ];
}

/** A generated name goes on after the prefix, so the prefix may end in a dash. Kubernetes drops a letter more, and so looks the other way. */
function withoutDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}

function validateMetadataUpdate(field: string, metadata: ObjectMeta, old: ObjectMeta): FieldError[] {
  const keep = (name: 'name' | 'namespace' | 'uid' | 'creationTimestamp') =>
    // A field left out is filled in from what is stored.
    metadata[name] === undefined ? [] : immutable(child(field, name), metadata[name], old[name]);
  const added = (metadata.finalizers ?? []).filter((each) => !old.finalizers?.includes(each));
  return [
    ...keep('name'),
    ...keep('namespace'),
    ...keep('uid'),
    ...keep('creationTimestamp'),
    ...(old.deletionTimestamp && added.length > 0
      ? [
          forbiddenField(
            child(field, 'finalizers'),
            `no new finalizers can be added if the object is being deleted, found new finalizers ${goStrings(added).text}`,
          ),
        ]
      : []),
  ];
}

export function validateLabels(field: string, labels: Record<string, string> | undefined): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...named(field, key, qualifiedName),
    ...named(field, value, labelValue),
  ]);
}

export function validateAnnotations(
  field: string,
  annotations: Record<string, string> | undefined,
): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  // Kubernetes lets annotation keys be upper case where labels' prefixes may not.
  const errors = entries.flatMap(([key]) => named(field, key.toLowerCase(), qualifiedName));
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  return bytes > annotationBytesMax ? [...errors, tooLong(field, annotationBytesMax)] : errors;
}

/** Definitions and what they define are served by a part of Kubernetes that holds finalizers to less. */
const isExtension = ({ custom, type }: Kind) => custom !== undefined || type === 'CustomResourceDefinition';

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** What is not Kubernetes' own says whose it is. */
function validateFinalizers(field: string, finalizers: readonly string[] = []): FieldError[] {
  const isBoth = finalizers.includes('orphan') && finalizers.includes('foregroundDeletion');
  const both = 'finalizer orphan and foregroundDeletion cannot be both set';
  return [
    ...finalizers.flatMap((each, index) => validateFinalizer(at(field, index), each)),
    ...(isBoth ? [invalidValue(field, goStrings(finalizers), both)] : []),
  ];
}

/** One that is not Kubernetes' own says whose it is. */
export function validateFinalizer(field: string, finalizer: string): FieldError[] {
  if (finalizer.includes('/') || standardFinalizers.includes(finalizer)) return [];
  return [
    invalidValue(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'),
  ];
}

function validateOwners(field: string, owners: OwnerReference[] | undefined): FieldError[] {
  const parts = { apiVersion: 'version', kind: 'kind', name: 'name', uid: 'uid' } as const;
  const errors = (owners ?? []).flatMap((owner) =>
    (Object.keys(parts) as (keyof typeof parts)[])
      .filter((part) => !owner[part])
      .map((part) => invalidValue(child(field, part), '', `${parts[part]} must not be empty`)),
  );
  for (const { apiVersion, kind } of owners ?? []) {
    if ((apiVersion ?? '').split('/').length > 2)
      errors.push(invalidValue(child(field, 'apiVersion'), apiVersion, 'version must not be empty'));
    // Events come and go by themselves, and would take along what they own.
    if (kind === 'Event' && (apiVersion === 'v1' || apiVersion === 'events.k8s.io/v1')) {
      const group = apiVersion === 'v1' ? '' : 'events.k8s.io';
      errors.push(
        invalidValue(
          field,
          new GoValue('v1.OwnerReference{…}'),
          `${group}/v1, Kind=Event is disallowed from being an owner`,
        ),
      );
    }
  }
  const [first, second] = (owners ?? []).filter((owner) => owner.controller);
  const called = ({ kind, name }: OwnerReference) => `${kind}/${name}`;
  if (first && second)
    errors.push(
      invalidValue(
        field,
        new GoValue('[]v1.OwnerReference{…}'),
        `Only one reference can have Controller set to true. Found "true" in references for ${called(first)} and ${called(second)}`,
      ),
    );
  return errors;
}
