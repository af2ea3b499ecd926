import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import { GoValue, goLabelSelector, goMap } from '../go-value.ts';
import { selects } from '../selectors.ts';
import type { Affinity, Job, JobSpec, PodTemplateSpec } from '../types.ts';
import { validateJobSpec } from './job-spec.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dnsLabel } from './names.ts';
import { immutable } from './rules.ts';
import { selectsItsTemplate } from './workload.ts';

/** Which pods are a Job's: the server puts these labels on its template, each under its old name and under the present one. */
export const jobLabels = {
  name: ['job-name', 'batch.kubernetes.io/job-name'],
  uid: ['controller-uid', 'batch.kubernetes.io/controller-uid'],
} as const;

/** A Job that no server has seen yet, a manifest's, has no uid, so what the server makes of it cannot be asked for. */
export function validateJob(job: Job, old?: Job): FieldError[] {
  const { metadata, spec = {} as Partial<JobSpec> } = job;
  const isGenerated = !spec.manualSelector && metadata?.uid === undefined;
  const wrong = validateLabelSelector('spec.selector', spec.selector);
  const ofSpec = [
    ...validateJobSpec('spec', spec),
    ...(isGenerated
      ? []
      : [
          ...(spec.selector ? wrong : [required('spec.selector')]),
          ...(wrong.length > 0 ? [] : selectsItsTemplate(spec.selector, spec.template)),
        ]),
  ];
  return [
    ...(isGenerated ? [] : validateGenerated(job, old)),
    ...ofSpec,
    ...validateHostname(job),
    // Kubernetes looks at the spec as new, and once more as changed.
    ...(old?.spec ? [...ofSpec, ...validateChanges(spec, old)] : []),
  ];
}

/** The labels and the selector that the server makes may be given only as it would make them. */
function validateGenerated({ metadata, spec }: Job, old: Job | undefined): FieldError[] {
  if (spec?.manualSelector || !spec?.selector) return [];
  const { uid = '', name = '' } = metadata ?? {};
  const before = old?.spec?.template?.metadata?.labels;
  // A Job from before the present names is not held to them.
  const named = !old || [jobLabels.uid[1], jobLabels.name[1]].every((key) => before && key in before);
  const expected: Record<string, string> = {
    [jobLabels.uid[0]]: uid,
    [jobLabels.name[0]]: name,
    ...(named && { [jobLabels.uid[1]]: uid, [jobLabels.name[1]]: name }),
  };
  const labels = spec.template?.metadata?.labels;
  const field = 'spec.template.metadata.labels';
  const errors = Object.entries(expected).flatMap(([key, value]) => {
    if (labels?.[key] === value) return [];
    const detail = `must be '${value}'`;
    return labels?.[key] === undefined
      ? [required(at(field, key), detail)]
      : [invalidValue(at(field, key), goMap(labels), detail)];
  });
  const isReadable = validateLabelSelector('', spec.selector).length === 0;
  if (isReadable && !selects(spec.selector, expected))
    errors.push(
      invalidValue('spec.selector', goLabelSelector(spec.selector), '`selector` not auto-generated'),
    );
  return errors;
}

/** Each pod of an Indexed Job is called after its index, so the last one's name must still be one. */
function validateHostname({ metadata, spec }: Job): FieldError[] {
  const { completionMode, completions = 0 } = spec ?? {};
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const name = metadata?.name ?? '';
  const last = `${name}-${completions - 1}`;
  return dnsLabel(last)
    ? [invalidValue('metadata.name', name, `will not able to create pod with invalid DNS label: ${last}`)]
    : [];
}

function validateChanges(spec: Partial<JobSpec>, { spec: old, status }: Job): FieldError[] {
  const isWaiting = old?.suspend === true && status?.startTime === undefined;
  const whole = (name: string) => () => new GoValue(`${name}{…}`);
  return [
    ...validateCompletions(spec, old),
    ...immutable('spec.selector', spec.selector, old?.selector, goLabelSelector),
    ...immutable(
      'spec.template',
      spec.template,
      isWaiting ? withPlacementOf(old?.template, spec.template) : old?.template,
      whole('core.PodTemplateSpec'),
    ),
    ...immutable('spec.completionMode', spec.completionMode, old?.completionMode),
    ...immutable(
      'spec.podFailurePolicy',
      spec.podFailurePolicy,
      old?.podFailurePolicy,
      spec.podFailurePolicy && whole('batch.PodFailurePolicy'),
    ),
    ...immutable('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, old?.backoffLimitPerIndex),
    ...immutable('spec.managedBy', spec.managedBy, old?.managedBy),
    ...immutable(
      'spec.successPolicy',
      spec.successPolicy,
      old?.successPolicy,
      spec.successPolicy && whole('batch.SuccessPolicy'),
    ),
  ];
}

/** Only an Indexed Job grows or shrinks, and with it how many of its pods run at once. */
function validateCompletions(spec: Partial<JobSpec>, old: JobSpec | undefined): FieldError[] {
  const field = 'spec.completions';
  if (spec.completionMode !== 'Indexed') return immutable(field, spec.completions, old?.completions);
  const { completions, parallelism } = spec;
  return completions === undefined || completions === old?.completions || completions === parallelism
    ? []
    : [invalidValue(field, completions, 'can only be modified in tandem with spec.parallelism')];
}

/** While a Job waits to be let go, a queue may still say where its pods go: `template` with all of `next` that says so. */
function withPlacementOf(
  template: PodTemplateSpec | undefined,
  next: PodTemplateSpec | undefined,
): PodTemplateSpec | undefined {
  if (!template?.spec || !next?.spec) return template;
  const { nodeSelector, tolerations, schedulingGates } = next.spec;
  const { labels, annotations } = next.metadata ?? {};
  return {
    ...template,
    metadata: { ...template.metadata, labels, annotations },
    spec: {
      ...template.spec,
      nodeSelector,
      tolerations,
      schedulingGates,
      affinity: affinityWith(template.spec.affinity, next.spec.affinity),
    },
  };
}

function affinityWith(old: Affinity | undefined, next: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _nodeAffinity, ...rest } = old ?? {};
  if (next) return { ...rest, nodeAffinity: next.nodeAffinity };
  return Object.values(rest).some((each) => each !== undefined) ? rest : undefined;
}
