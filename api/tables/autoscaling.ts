import { toAutoscalerV2 } from '../autoscalers.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerV1,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../types.ts';
import { age } from './duration.ts';
import { column, nameColumn, none } from './table.ts';
import type { Columns } from './table.ts';

/** So many metrics are shown, and how many more there are. */
const shownMax = 2;

export const autoscalerColumns: Columns<HorizontalPodAutoscaler> = [
  nameColumn,
  column(
    'Reference',
    ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
  ),
  column('Targets', targets),
  column('MinPods', ({ spec }) => String(spec?.minReplicas ?? '<unset>')),
  column('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
  column('Replicas', ({ status }) => status?.currentReplicas ?? 0),
  column('Age', ({ metadata }, now) => age(metadata?.creationTimestamp, now)),
];

export const autoscalerV1Columns: Columns<HorizontalPodAutoscalerV1> = autoscalerColumns.map((each) => ({
  ...each,
  cell: (autoscaler, now) => each.cell(toAutoscalerV2(autoscaler), now),
}));

/** `cpu: <unknown>/80%, 12/50`. */
function targets({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return none;
  const shown = metrics
    .slice(0, shownMax)
    .map((metric, index) => metricText(metric, status?.currentMetrics?.[index]))
    .join(', ');
  return metrics.length > shownMax ? `${shown} + ${metrics.length - shownMax} more...` : shown;
}

const unknown = '<unknown>';

function metricText(metric: MetricSpec, status: MetricStatus | undefined): string {
  const { object, external, pods, resource, containerResource } = metric;
  switch (metric.type) {
    case 'External':
      return ofObject(external?.target, status?.external?.current);
    case 'Object':
      return ofObject(object?.target, status?.object?.current);
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? unknown}/${pods?.target?.averageValue ?? ''}`;
    case 'Resource':
      return ofResource(resource, status?.resource?.current);
    case 'ContainerResource':
      return ofResource(containerResource, status?.containerResource?.current);
    default:
      return '<unknown type>';
  }
}

function ofObject(target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  return target?.averageValue === undefined
    ? `${current?.value ?? unknown}/${target?.value ?? ''}`
    : `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;
}

function ofResource(
  source: { name: string; target: MetricTarget } | undefined,
  current: MetricValueStatus | undefined,
): string {
  const { averageValue, averageUtilization: share } = source?.target ?? {};
  const name = source?.name ?? '';
  if (averageValue !== undefined) return `${name}: ${current?.averageValue ?? unknown}/${averageValue}`;
  const now = current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}%`;
  return `${name}: ${now}/${share === undefined ? '<auto>' : `${share}%`}`;
}
