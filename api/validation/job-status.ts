import { duplicate, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import { GoValue } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import type { Job, JobStatus } from '../types.ts';
import { countIndexes, firstOverlap } from './job-indexes.ts';
import { notNegative } from './rules.ts';

const has = ({ status }: Job, type: string, is = 'True') =>
  status?.conditions?.some((each) => each.type === type && each.status === is) ?? false;
const isFinished = (job: Job) => has(job, 'Complete') || has(job, 'Failed');

/** One rule: whether it is broken, and what is then said. */
type Rule = readonly [isBroken: boolean, error: FieldError];

/**
 * What a controller may write into a Job's status, in the order in which Kubernetes looks at it. Most is asked only of what this write
 * changes: a status from before a rule stays good. Later controllers rely on it: a Job that has ended never begins again.
 */
export function validateJobStatus(job: Job, old: Job): FieldError[] {
  const about = changesOf(job, old);
  const broken = (rules: readonly Rule[]) => rules.flatMap(([isBroken, error]) => (isBroken ? [error] : []));
  return [
    ...validateCounts(job.status ?? {}),
    ...broken(contradictions(about)),
    ...broken(completionTimes(job, old, about)),
    ...broken(unannounced(about)),
    ...broken(finished(job, old, about)),
    ...validateIndexes(job, old),
    ...broken(podCounts(job, old, about)),
    ...broken(successCriteria(job, about)),
    ...validateTransition(job, old),
  ];
}

/** What the conditions say, and which of them this write changes. */
function changesOf(job: Job, old: Job) {
  const changed = (type: string) => has(job, type) !== has(old, type);
  return {
    complete: has(job, 'Complete'),
    failed: has(job, 'Failed'),
    met: has(job, 'SuccessCriteriaMet'),
    failureTarget: has(job, 'FailureTarget'),
    finished: isFinished(job),
    changed,
    finishedChanged: isFinished(job) !== isFinished(old),
    startChanged: job.status?.startTime !== old.status?.startTime,
    completionChanged: changed('Complete') || job.status?.completionTime !== old.status?.completionTime,
    failedIndexesChanged: job.status?.failedIndexes !== old.status?.failedIndexes,
  };
}
type Changes = ReturnType<typeof changesOf>;

const conditions = (detail: string) => invalidValue('status.conditions', undefined, detail);

function validateCounts(status: JobStatus): FieldError[] {
  const seen = new Set<string>();
  const uncounted = (where: 'succeeded' | 'failed') =>
    (status.uncountedTerminatedPods?.[where] ?? []).flatMap((uid, index) => {
      const own = at(`status.uncountedTerminatedPods.${where}`, index);
      if (uid === '') return [invalidValue(own, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(own, uid)];
      seen.add(uid);
      return [];
    });
  return [
    ...(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((count) =>
      notNegative(`status.${count}`, status[count]),
    ),
    ...uncounted('succeeded'),
    ...uncounted('failed'),
  ];
}

function contradictions({ complete, failed, failureTarget, changed }: Changes): Rule[] {
  return [
    [
      complete && failed && (changed('Complete') || changed('Failed')),
      conditions('cannot set Complete=True and Failed=true conditions'),
    ],
    [
      complete && failureTarget && (changed('Complete') || changed('FailureTarget')),
      conditions('cannot set Complete=True and FailureTarget=true conditions'),
    ],
  ];
}

function completionTimes(job: Job, old: Job, changes: Changes): Rule[] {
  const { startTime, completionTime } = job.status ?? {};
  const { complete, completionChanged, startChanged } = changes;
  const field = 'status.completionTime';
  const ms = (time: string | undefined) => (time === undefined ? Number.NaN : Date.parse(time));
  return [
    [
      completionTime !== undefined && !complete && completionChanged,
      invalidValue(
        field,
        shownTime(completionTime),
        'cannot set completionTime when there is no Complete=True condition',
      ),
    ],
    [
      completionTime === undefined && complete && completionChanged,
      required(field, 'completionTime is required for Complete jobs'),
    ],
    [
      ms(completionTime) < ms(startTime) && (startChanged || completionTime !== old.status?.completionTime),
      invalidValue(field, shownTime(completionTime), 'completionTime cannot be set before startTime'),
    ],
  ];
}

/** An end is announced before it is there: pods still go then. */
function unannounced({
  complete,
  failed,
  failureTarget,
  met,
  changed,
  failedIndexesChanged,
}: Changes): Rule[] {
  return [
    [
      failed && !failureTarget && (changed('Failed') || failedIndexesChanged),
      conditions('cannot set Failed=True condition without the FailureTarget=true condition'),
    ],
    [
      complete && !met && (changed('Complete') || changed('SuccessCriteriaMet')),
      conditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
    ],
  ];
}

function finished(job: Job, old: Job, { finished: is, finishedChanged, startChanged }: Changes): Rule[] {
  const { active = 0, startTime, uncountedTerminatedPods: pods } = job.status ?? {};
  const neverRuns = job.spec?.suspend === true && job.spec.completions === 0;
  const podsChanged = !sameJson(pods, old.status?.uncountedTerminatedPods);
  return [
    [
      active > 0 && is && (finishedChanged || active !== (old.status?.active ?? 0)),
      invalidValue('status.active', active, 'active>0 is invalid for finished job'),
    ],
    [
      startTime === undefined && is && (finishedChanged || startChanged) && !neverRuns,
      required('status.startTime', 'startTime is required for finished job'),
    ],
    [
      is &&
        (finishedChanged || podsChanged) &&
        (pods?.failed?.length ?? 0) + (pods?.succeeded?.length ?? 0) > 0,
      invalidValue(
        'status.uncountedTerminatedPods',
        new GoValue('batch.UncountedTerminatedPods{…}'),
        'uncountedTerminatedPods needs to be empty for finished job',
      ),
    ],
  ];
}

function podCounts(job: Job, old: Job, { finished: is, finishedChanged }: Changes): Rule[] {
  const { active = 0, ready, terminating = 0 } = job.status ?? {};
  const before = old.status ?? {};
  return [
    [
      terminating > 0 && is && (finishedChanged || terminating !== (before.terminating ?? 0)),
      invalidValue('status.terminating', terminating, 'terminating>0 is invalid for finished job'),
    ],
    [
      ready !== undefined && ready > active && (ready !== before.ready || active !== (before.active ?? 0)),
      invalidValue('status.ready', ready, 'cannot set more ready pods than active'),
    ],
  ];
}

function successCriteria(job: Job, { met, failed, failureTarget, complete }: Changes): Rule[] {
  return [
    [met && failed, conditions('cannot set SuccessCriteriaMet=True and Failed=true conditions')],
    [
      met && failureTarget,
      conditions('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'),
    ],
    [
      job.spec?.successPolicy !== undefined && !met && complete,
      conditions('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'),
    ],
  ];
}

/** As Go prints a time: `2026-11-20 12:00:00 +0000 UTC`. */
function shownTime(time: string | undefined): GoValue {
  if (time === undefined) return new GoValue('null');
  return new GoValue(`${new Date(time).toISOString().replace('T', ' ').slice(0, 19)} +0000 UTC`);
}

function validateIndexes(job: Job, old: Job): FieldError[] {
  const { completedIndexes: completed = '', failedIndexes: failed } = job.status ?? {};
  const { completions, completionMode, backoffLimitPerIndex } = job.spec ?? {};
  const completedChanged = completed !== (old.status?.completedIndexes ?? '');
  const failedChanged = failed !== old.status?.failedIndexes;
  const [done, lost] = ['status.completedIndexes', 'status.failedIndexes'];
  const parsed = (field: string, name: string, text: string) => {
    const counted = countIndexes(text, completions ?? 0);
    return typeof counted === 'number'
      ? []
      : [invalidValue(field, text, `error parsing ${name}: ${counted.problem}`)];
  };
  const errors: FieldError[] = [];
  if (completedChanged && completions !== undefined)
    errors.push(...parsed(done, 'completedIndexes', completed));
  if (
    failedChanged &&
    completions !== undefined &&
    backoffLimitPerIndex !== undefined &&
    failed !== undefined
  )
    errors.push(...parsed(lost, 'failedIndexes', failed));
  if (completedChanged && completed !== '' && completionMode !== 'Indexed')
    errors.push(
      invalidValue(done, completed, 'cannot set non-empty completedIndexes when non-indexed completion mode'),
    );
  if (failedChanged && backoffLimitPerIndex === undefined && failed !== undefined)
    errors.push(
      invalidValue(lost, failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'),
    );
  if ((failedChanged || completedChanged) && completions !== undefined && failed !== undefined) {
    const both = firstOverlap(completed, failed, completions);
    if (both !== undefined)
      errors.push(invalidValue(lost, failed, `failedIndexes and completedIndexes overlap at index: ${both}`));
  }
  return errors;
}

/** What has been said of a Job's end is not taken back. */
function validateTransition(job: Job, old: Job): FieldError[] {
  const { status = {}, spec } = job;
  const before = old.status ?? {};
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter((type) => has(old, type) && !has(job, type))
    .map((type) => conditions(`cannot disable the terminal ${type}=True condition`));
  const mayShrink = spec?.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const isResuming = has(old, 'Suspended') && has(job, 'Suspended', 'False');
  const fell = (count: 'failed' | 'succeeded') => (status[count] ?? 0) < (before[count] ?? 0);
  if (fell('failed'))
    errors.push(invalidValue('status.failed', status.failed ?? 0, 'cannot decrease the failed counter'));
  if (fell('succeeded') && !mayShrink)
    errors.push(
      invalidValue('status.succeeded', status.succeeded ?? 0, 'cannot decrease the succeeded counter'),
    );
  if (
    status.completionTime !== undefined &&
    before.completionTime !== undefined &&
    status.completionTime !== before.completionTime
  )
    errors.push(
      invalidValue(
        'status.completionTime',
        shownTime(status.completionTime),
        'completionTime cannot be mutated',
      ),
    );
  if (
    before.startTime !== undefined &&
    before.startTime !== status.startTime &&
    !spec?.suspend &&
    !isResuming
  )
    errors.push(required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  if (has(old, 'SuccessCriteriaMet') && !has(job, 'SuccessCriteriaMet'))
    errors.push(conditions('cannot disable the SuccessCriteriaMet=True condition'));
  if (has(old, 'Complete') && !has(old, 'SuccessCriteriaMet') && has(job, 'SuccessCriteriaMet'))
    errors.push(
      conditions('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'),
    );
  return errors;
}
