import { invalidValue, notSupported, required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { GoValue } from '../go-value.ts';
import type { JobSpec } from '../types.ts';
import { validateFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import { dnsSubdomain } from './names.ts';
import { validateTemplate } from './pod-spec.ts';
import { named, notNegative, oneOf } from './rules.ts';

/** Kubernetes' own: an Indexed Job's status lists its indexes, and may not grow without end. */
const parallelismOfIndexedMax = 100_000;
const failedIndexesMax = 100_000;
const completionsSoftMax = 100_000;
const manyCompletionsMax = 10_000;
const managedByBytesMax = 63;

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** What a Job asks for, in a Job as in a CronJob's template, where it has no defaults. */
export function validateJobSpec(field: string, spec: Partial<JobSpec>): FieldError[] {
  const { completionMode: mode, podFailurePolicy, successPolicy } = spec;
  const isIndexed = mode === 'Indexed';
  return [
    ...counts.flatMap((name) => notNegative(child(field, name), spec[name])),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [required(child(field, 'backoffLimitPerIndex'), 'when maxFailedIndexes is specified')]
      : []),
    ...validateManagedBy(child(field, 'managedBy'), spec.managedBy),
    ...oneOf(child(field, 'completionMode'), mode, ['NonIndexed', 'Indexed']),
    ...(isIndexed ? validateIndexed(field, spec) : []),
    ...(mode === undefined || mode === 'NonIndexed' ? onlyIndexed(field, spec) : []),
    ...(podFailurePolicy
      ? validateFailurePolicy(child(field, 'podFailurePolicy'), podFailurePolicy, spec)
      : []),
    ...(successPolicy && !isIndexed
      ? [
          invalidValue(
            child(field, 'successPolicy'),
            new GoValue('batch.SuccessPolicy{…}'),
            'requires indexed completion mode',
          ),
        ]
      : []),
    ...(successPolicy && isIndexed
      ? validateSuccessPolicy(child(field, 'successPolicy'), successPolicy, spec.completions)
      : []),
    ...oneOf(
      child(field, 'podReplacementPolicy'),
      spec.podReplacementPolicy,
      podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'],
    ),
    ...validateTemplate(child(field, 'template'), spec.template),
    ...validateRestartPolicy(child(field, 'template.spec.restartPolicy'), spec),
  ];
}

/** Pods of a Job end: one that always starts again never would. */
function validateRestartPolicy(
  field: string,
  { template, podFailurePolicy }: Partial<JobSpec>,
): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never')
    return [notSupported(field, policy, ['OnFailure', 'Never'])];
  return podFailurePolicy && policy !== 'Never'
    ? [invalidValue(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}

function onlyIndexed(field: string, spec: Partial<JobSpec>): FieldError[] {
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    .filter((name) => spec[name] !== undefined)
    .map((name) => invalidValue(child(field, name), spec[name], 'requires indexed completion mode'));
}

function validateIndexed(field: string, spec: Partial<JobSpec>): FieldError[] {
  const { completions, parallelism = 0, maxFailedIndexes: failed } = spec;
  const own = child(field, 'maxFailedIndexes');
  return [
    ...(completions === undefined
      ? [required(child(field, 'completions'), 'when completion mode is Indexed')]
      : []),
    ...(parallelism > parallelismOfIndexedMax
      ? [
          invalidValue(
            child(field, 'parallelism'),
            parallelism,
            `must be less than or equal to ${parallelismOfIndexedMax} when completion mode is Indexed`,
          ),
        ]
      : []),
    ...(completions !== undefined && failed !== undefined && failed > completions
      ? [invalidValue(own, failed, 'must be less than or equal to completions')]
      : []),
    ...(failed !== undefined && failed > failedIndexesMax
      ? [invalidValue(own, failed, `must be less than or equal to ${failedIndexesMax}`)]
      : []),
    ...(completions !== undefined &&
    completions > completionsSoftMax &&
    spec.backoffLimitPerIndex !== undefined
      ? validateManyCompletions(field, spec)
      : []),
  ];
}

function validateManyCompletions(field: string, spec: Partial<JobSpec>): FieldError[] {
  const { parallelism, maxFailedIndexes: failed } = spec;
  const detail = `must be less than or equal to ${manyCompletionsMax} when completions are above ${completionsSoftMax} and used with backoff limit per index`;
  return [
    ...(failed === undefined
      ? [
          required(
            child(field, 'maxFailedIndexes'),
            `must be specified when completions is above ${completionsSoftMax}`,
          ),
        ]
      : []),
    ...(parallelism !== undefined && parallelism > manyCompletionsMax
      ? [invalidValue(child(field, 'parallelism'), parallelism, detail)]
      : []),
    ...(failed !== undefined && failed > manyCompletionsMax
      ? [invalidValue(child(field, 'maxFailedIndexes'), failed, detail)]
      : []),
  ];
}

const httpPath = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** Who else looks after it: `example.com/controller`. */
function validateManagedBy(field: string, manager: string | undefined): FieldError[] {
  if (manager === undefined) return [];
  if (manager === '') return [required(field)];
  const slash = manager.indexOf('/');
  const [host, path] = [manager.slice(0, slash), manager.slice(slash + 1)];
  const errors =
    slash < 1 || path === ''
      ? [invalidValue(field, manager, 'must be a domain-prefixed path (such as "acme.io/foo")')]
      : [
          ...named(field, host, dnsSubdomain),
          ...(new RegExp(`^${httpPath}$`).test(path)
            ? []
            : [invalidValue(field, path, `Invalid path (regex used for validation is '${httpPath}')`)]),
        ];
  return Buffer.byteLength(manager) > managedByBytesMax
    ? [...errors, tooLong(field, managedByBytesMax)]
    : errors;
}
