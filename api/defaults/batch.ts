import type { CronJob, CronJobSpec, Job, JobSpec, PodFailurePolicy } from '../types.ts';
import { defaultTemplate } from './pod.ts';

/** Kubernetes' own: so often a Job tries again; without end where each index counts for itself. */
const backoffLimit = 6;
const backoffLimitOfIndexed = 2 ** 31 - 1;

/** Without labels of its own, a Job has those of its template. */
export function defaultJob(job: Job): Job {
  const { metadata, spec = {} as JobSpec } = job;
  const labels = spec.template?.metadata?.labels;
  const hasOwn = Object.keys(metadata?.labels ?? {}).length > 0;
  return {
    ...job,
    ...(labels && !hasOwn && { metadata: { ...metadata, labels: { ...labels } } }),
    spec: defaultJobSpec(spec),
  };
}

function defaultJobSpec(spec: JobSpec): JobSpec {
  const { completions, parallelism, podFailurePolicy } = spec;
  return {
    ...(completions === undefined && parallelism === undefined && { completions: 1 }),
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex === undefined ? backoffLimit : backoffLimitOfIndexed,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: podFailurePolicy ? 'Failed' : 'TerminatingOrFailed',
    manualSelector: false,
    ...spec,
    ...(podFailurePolicy && { podFailurePolicy: defaultFailurePolicy(podFailurePolicy) }),
    template: defaultTemplate(spec.template),
  };
}

function defaultFailurePolicy(policy: PodFailurePolicy): PodFailurePolicy {
  if (!policy.rules) return policy;
  return {
    ...policy,
    rules: policy.rules.map((rule) =>
      rule.onPodConditions
        ? {
            ...rule,
            onPodConditions: rule.onPodConditions.map((each) => ({ ...each, status: each.status || 'True' })),
          }
        : rule,
    ),
  };
}

/** The Job that it makes gets its own defaults when it is made; only its pods' are filled in here. */
export function defaultCronJob(job: CronJob): CronJob {
  const { spec = {} as CronJobSpec } = job;
  const { jobTemplate } = spec;
  return {
    ...job,
    spec: {
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      concurrencyPolicy: spec.concurrencyPolicy || 'Allow',
      jobTemplate: {
        ...jobTemplate,
        spec: { ...jobTemplate?.spec, template: defaultTemplate(jobTemplate?.spec?.template) },
      },
    },
  };
}
