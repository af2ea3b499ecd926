import { duplicate, forbiddenField, invalidValue, required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at, child } from '../field-path.ts';
import { sameJson } from '../plain-objects.ts';
import type { StorageClass, TopologySelectorTerm } from '../types.ts';
import { qualifiedName } from './names.ts';
import { immutable, named, oneOf } from './rules.ts';

/** Kubernetes' limits on what a class tells its provisioner. */
const parametersMax = 512;
const parameterBytesMax = 256 * 1024;

/** Source: k8s.io/kubernetes/pkg/apis/storage/validation/validation.go */
export function validateStorageClass(storageClass: StorageClass, old?: StorageClass): FieldError[] {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies } = storageClass;
  if (old) return validateUpdate(storageClass, old);
  return [
    ...(provisioner
      ? named('provisioner', provisioner.toLowerCase(), qualifiedName)
      : [required('provisioner')]),
    ...validateParameters('parameters', parameters ?? {}),
    ...oneOf('reclaimPolicy', reclaimPolicy || undefined, ['Delete', 'Retain']),
    ...oneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...(allowedTopologies ?? []).flatMap((term, index) =>
      validateTopology(at('allowedTopologies', index), term, (allowedTopologies ?? []).slice(0, index)),
    ),
  ];
}

function validateUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
  const fixed = (field: 'parameters' | 'provisioner' | 'reclaimPolicy') =>
    sameJson(storageClass[field], old[field])
      ? []
      : [forbiddenField(field, `updates to ${field} are forbidden.`)];
  return [
    ...fixed('parameters'),
    ...fixed('provisioner'),
    ...fixed('reclaimPolicy'),
    ...immutable('volumeBindingMode', storageClass.volumeBindingMode, old.volumeBindingMode),
  ];
}

function validateParameters(field: string, parameters: Record<string, string>): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > parametersMax) return [tooLong(field, parametersMax)];
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  return [
    ...(Object.hasOwn(parameters, '') ? [invalidValue(field, '', 'field can not be empty.')] : []),
    ...(bytes > parameterBytesMax ? [tooLong(field, parameterBytesMax)] : []),
  ];
}

function validateTopology(
  field: string,
  term: TopologySelectorTerm,
  earlier: TopologySelectorTerm[],
): FieldError[] {
  const own = child(field, 'matchLabelExpressions');
  const keys = new Set<string>();
  return [
    ...(term.matchLabelExpressions ?? []).flatMap(({ key, values = [] }, index) => {
      const each = at(own, index);
      const isTwice = keys.has(key);
      keys.add(key);
      return [
        ...(values.length === 0 ? [required(child(each, 'values'))] : []),
        ...values.flatMap((value, place) =>
          values.indexOf(value) < place ? [duplicate(at(child(each, 'values'), place), value)] : [],
        ),
        ...named(child(each, 'key'), key, qualifiedName),
        ...(isTwice ? [duplicate(child(each, 'key'), key)] : []),
      ];
    }),
    ...(earlier.some((other) => sameJson(asSets(other), asSets(term))) ? [duplicate(own, '')] : []),
  ];
}

function asSets({ matchLabelExpressions = [] }: TopologySelectorTerm): Record<string, string[]> {
  return Object.fromEntries(matchLabelExpressions.map(({ key, values }) => [key, (values ?? []).toSorted()]));
}
