import { invalidValue, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { GoValue } from '../go-value.ts';
import type { Job } from '../types.ts';
import { countIndexes, firstOverlap } from './job-indexes.ts';

/** Whether the Job's status has a condition of this type. */
export const hasCondition = ({ status }: Job, type: string, is = 'True') =>
  status?.conditions?.some((each) => each.type === type && each.status === is) ?? false;

/** What is wrong with the conditions as a whole. */
export const conditionsError = (detail: string) => invalidValue('status.conditions', undefined, detail);

/** As Go prints a time: `2026-11-20 12:00:00 +0000 UTC`. */
export function shownTime(time: string | undefined): GoValue {
  if (time === undefined) return new GoValue('null');
  return new GoValue(`${new Date(time).toISOString().replace('T', ' ').slice(0, 19)} +0000 UTC`);
}

/** Which indexes are through, and which are lost: none is both. */
export function validateIndexes(job: Job, old: Job): FieldError[] {
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
export function validateTransition(job: Job, old: Job): FieldError[] {
  const { status = {}, spec } = job;
  const before = old.status ?? {};
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter((type) => hasCondition(old, type) && !hasCondition(job, type))
    .map((type) => conditionsError(`cannot disable the terminal ${type}=True condition`));
  const mayShrink = spec?.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const isResuming = hasCondition(old, 'Suspended') && hasCondition(job, 'Suspended', 'False');
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
  if (hasCondition(old, 'SuccessCriteriaMet') && !hasCondition(job, 'SuccessCriteriaMet'))
    errors.push(conditionsError('cannot disable the SuccessCriteriaMet=True condition'));
  if (
    hasCondition(old, 'Complete') &&
    !hasCondition(old, 'SuccessCriteriaMet') &&
    hasCondition(job, 'SuccessCriteriaMet')
  )
    errors.push(
      conditionsError('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'),
    );
  return errors;
}
