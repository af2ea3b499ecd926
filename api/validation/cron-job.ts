import { parseSchedule } from '../cron.ts';
import { invalidValue, notSupported, required } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { child } from '../field-path.ts';
import { goLabelSelector } from '../go-value.ts';
import { isTimeZone } from '../time-zones.ts';
import type { CronJob, CronJobSpec, JobTemplateSpec } from '../types.ts';
import { validateJobSpec } from './job-spec.ts';
import { notNegative, oneOf } from './rules.ts';

/** A Job's name has 11 letters more than its CronJob's, and may be a label: 63. */
const nameCharactersMax = 52;

export function validateCronJob({ metadata, spec }: CronJob, old?: CronJob): FieldError[] {
  const name = metadata?.name ?? '';
  return [
    ...validateCronJobSpec('spec', spec ?? {}, old?.spec),
    ...(!old && name.length > nameCharactersMax
      ? [invalidValue('metadata.name', name, `must be no more than ${nameCharactersMax} characters`)]
      : []),
  ];
}

function validateCronJobSpec(
  field: string,
  spec: Partial<CronJobSpec>,
  old: CronJobSpec | undefined,
): FieldError[] {
  const zone = child(field, 'timeZone');
  return [
    ...validateSchedule(child(field, 'schedule'), spec, old),
    ...notNegative(child(field, 'startingDeadlineSeconds'), spec.startingDeadlineSeconds),
    ...(old && old.timeZone === spec.timeZone ? [] : validateTimeZone(zone, spec.timeZone)),
    ...(spec.concurrencyPolicy
      ? oneOf(child(field, 'concurrencyPolicy'), spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])
      : [required(child(field, 'concurrencyPolicy'))]),
    ...validateJobTemplate(child(field, 'jobTemplate'), spec.jobTemplate),
    ...notNegative(child(field, 'successfulJobsHistoryLimit'), spec.successfulJobsHistoryLimit),
    ...notNegative(child(field, 'failedJobsHistoryLimit'), spec.failedJobsHistoryLimit),
  ];
}

/** A zone within the schedule is Kubernetes' past: only a schedule that has one already may go on with one. */
function validateSchedule(
  field: string,
  { schedule, timeZone }: Partial<CronJobSpec>,
  old: CronJobSpec | undefined,
): FieldError[] {
  if (!schedule) return [required(field)];
  const errors: FieldError[] = [];
  try {
    parseSchedule(schedule);
  } catch (error) {
    errors.push(invalidValue(field, schedule, (error as Error).message));
  }
  if (!schedule.includes('TZ')) return errors;
  if (!old?.schedule.includes('TZ'))
    errors.push(
      invalidValue(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'),
    );
  else if (timeZone !== undefined)
    errors.push(
      invalidValue(field, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'),
    );
  return errors;
}

function validateTimeZone(field: string, name: string | undefined): FieldError[] {
  if (name === undefined) return [];
  if (name === '') return [invalidValue(field, name, 'timeZone must be nil or non-empty string')];
  if (name.toLowerCase() === 'local') {
    const explicit = invalidValue(
      field,
      name,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    );
    return name === 'Local' ? [explicit] : [explicit, invalidValue(field, name, `unknown time zone ${name}`)];
  }
  return isTimeZone(name) ? [] : [invalidValue(field, name, `unknown time zone ${name}`)];
}

/** Each Job that it makes gets a selector of its own. */
function validateJobTemplate(field: string, template: JobTemplateSpec | undefined): FieldError[] {
  const { selector, manualSelector } = template?.spec ?? {};
  return [
    ...validateJobSpec(child(field, 'spec'), template?.spec ?? {}),
    ...(selector
      ? [
          invalidValue(
            child(field, 'spec.selector'),
            goLabelSelector(selector),
            '`selector` will be auto-generated',
          ),
        ]
      : []),
    ...(manualSelector
      ? [notSupported(child(field, 'spec.manualSelector'), manualSelector, ['nil', 'false'])]
      : []),
  ];
}
