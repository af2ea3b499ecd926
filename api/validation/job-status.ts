import { duplicate, invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import { goStrings } from '../go-strings.ts';
import { GoValue } from '../go-value.ts';
import { sameJson } from '../plain-objects.ts';
import type { Job, JobStatus } from '../types.ts';
import {
  conditionsError as conditions,
  hasCondition as has,
  shownTime,
  validateIndexes,
  validateTransition,
} from './job-transition.ts';
import { notNegative } from './rules.ts';

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
        new GoValue(
          `batch.UncountedTerminatedPods{Succeeded:${uids(pods?.succeeded)}, Failed:${uids(pods?.failed)}}`,
        ),
        'uncountedTerminatedPods needs to be empty for finished job',
      ),
    ],
  ];
}

const uids = (values: string[] | undefined) => goStrings('types.UID', values).text;

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
