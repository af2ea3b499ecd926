import { conditionOf } from '../conditions.ts';
import type { CronJob, Job } from '../types.ts';
import { age, humanDuration } from './duration.ts';
import { column, nameColumn, none, wide } from './table.ts';
import type { Columns } from './table.ts';
import { containerImages, containerNames, selectorText } from './text.ts';

export const jobColumns: Columns<Job> = [
  nameColumn,
  column('Status', jobStatus),
  column('Completions', completions),
  column('Duration', duration),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('Containers', ({ spec }) => containerNames(spec?.template)),
  wide('Images', ({ spec }) => containerImages(spec?.template)),
  wide('Selector', ({ spec }) => selectorText(spec?.selector)),
];

function jobStatus({ metadata, status }: Job): string {
  const is = (type: string) => conditionOf(status?.conditions, type)?.status === 'True';
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata?.deletionTimestamp) return 'Terminating';
  if (is('Suspended')) return 'Suspended';
  return is('FailureTarget') ? 'FailureTarget' : 'Running';
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const { parallelism = 0 } = spec ?? {};
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, now: Date): string {
  const { startTime, completionTime } = status ?? {};
  if (startTime === undefined) return '';
  const end = completionTime === undefined ? now.getTime() : Date.parse(completionTime);
  return humanDuration(end - Date.parse(startTime));
}

export const cronJobColumns: Columns<CronJob> = [
  nameColumn,
  column('Schedule', ({ spec }) => spec?.schedule ?? ''),
  column('Timezone', ({ spec }) => spec?.timeZone ?? none),
  // Kubernetes calls the column boolean and fills it with Go's words.
  column(
    'Suspend',
    ({ spec }) => (spec?.suspend === undefined ? '<unset>' : goBoolean(spec.suspend)),
    'boolean',
  ),
  column('Active', ({ status }) => status?.active?.length ?? 0, 'integer'),
  column('Last Schedule', ({ status }, now) =>
    status?.lastScheduleTime === undefined ? none : age(status.lastScheduleTime, now),
  ),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
  wide('Containers', ({ spec }) => containerNames(spec?.jobTemplate?.spec?.template)),
  wide('Images', ({ spec }) => containerImages(spec?.jobTemplate?.spec?.template)),
  wide('Selector', ({ spec }) => selectorText(spec?.jobTemplate?.spec?.selector)),
];

function goBoolean(value: boolean): string {
  return value ? 'True' : 'False';
}
