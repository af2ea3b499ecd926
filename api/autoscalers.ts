import { isPlainObject } from './plain-objects.ts';
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerV1,
  MetricSpec,
  MetricTarget,
} from './types.ts';

/**
 * Autoscalers have two forms, of `autoscaling/v2` and `/v1`, for the same objects: they are stored in the first. The older one knows
 * only how busy processors should be; all else it carries in annotations, so that nothing is lost on the way there and back.
 *
 * Source: k8s.io/kubernetes/pkg/apis/autoscaling/v1/conversion.go
 */

const prefix = 'autoscaling.alpha.kubernetes.io/';
const annotation = {
  metrics: `${prefix}metrics`,
  behavior: `${prefix}behavior`,
  currentMetrics: `${prefix}current-metrics`,
  conditions: `${prefix}conditions`,
} as const;

/** What a pod uses of its processors in percent of what it requests, where nothing else is asked for. */
export const cpuUtilizationByDefault = 80;

export function toAutoscalerV1(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { metadata, spec, status } = autoscaler;
  const { metrics = [], behavior, minReplicas, maxReplicas, scaleTargetRef } = spec;
  const others = metrics.filter((metric) => cpuShare(metric) === undefined).map(toMetricV1);
  const share = metrics.map(cpuShare).find((each) => each !== undefined);
  const { conditions, currentMetrics, currentReplicas = 0, desiredReplicas = 0, ...rest } = status ?? {};
  const carried = {
    ...(others.length > 0 && { [annotation.metrics]: JSON.stringify(others) }),
    ...(behavior && { [annotation.behavior]: JSON.stringify(withKeys(behavior, upper)) }),
    ...(conditions?.length && { [annotation.conditions]: JSON.stringify(conditions) }),
  };
  const current = currentMetrics?.find(
    ({ type, resource }) => type === 'Resource' && resource?.name === 'cpu',
  );
  const currentShare = current?.resource?.current.averageUtilization;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(metadata ?? {}, carried),
    spec: {
      scaleTargetRef,
      ...(minReplicas !== undefined && { minReplicas }),
      maxReplicas,
      ...(share !== undefined && { targetCPUUtilizationPercentage: share }),
    },
    ...(status && {
      status: {
        ...rest,
        currentReplicas,
        desiredReplicas,
        ...(currentShare !== undefined && { currentCPUUtilizationPercentage: currentShare }),
      },
    }),
  };
}

export function toAutoscalerV2(autoscaler: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { metadata, spec, status } = autoscaler;
  const { targetCPUUtilizationPercentage: share, ...rest } = spec ?? {};
  const read = (key: keyof typeof annotation) => parsed(metadata?.annotations?.[annotation[key]]);
  const others = read('metrics');
  const metrics = [
    ...(Array.isArray(others)
      ? others.filter(isPlainObject).map((each) => toMetricV2(each as MetricV1))
      : []),
    ...(share === undefined ? [] : [cpuMetric(share)]),
  ];
  const behavior = read('behavior');
  const conditions = read('conditions');
  const { currentCPUUtilizationPercentage: currentShare, currentReplicas, ...counts } = status ?? {};
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withAnnotations(metadata ?? {}, {}),
    spec: {
      ...(rest as { maxReplicas: number; scaleTargetRef: CrossVersionObjectReference }),
      metrics: metrics.length > 0 ? metrics : [cpuMetric(cpuUtilizationByDefault)],
      ...(isPlainObject(behavior) && {
        behavior: withKeys(behavior, lower) as HorizontalPodAutoscalerBehavior,
      }),
    },
    ...(status && {
      status: {
        ...(counts as { desiredReplicas: number }),
        ...(currentReplicas && { currentReplicas }),
        ...(Array.isArray(conditions) && { conditions }),
        ...(currentShare !== undefined && {
          currentMetrics: [
            { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: currentShare } } },
          ],
        }),
      },
    }),
  };
}

function cpuMetric(averageUtilization: number): MetricSpec {
  return {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
  };
}

function cpuShare({ type, resource }: MetricSpec): number | undefined {
  return type === 'Resource' && resource?.name === 'cpu' ? resource.target?.averageUtilization : undefined;
}

/** A metric as the older form writes it: its target's parts lie beside what is measured. */
type MetricV1 = { type?: string } & Record<string, Record<string, unknown> | string | undefined>;

const sources = ['object', 'pods', 'resource', 'containerResource', 'external'] as const;

function toMetricV1(metric: MetricSpec): object {
  const source = sources.find((each) => metric[each] !== undefined);
  if (!source) return { type: metric.type };
  const { target, metric: measured, describedObject, ...rest } = metric[source] as Source;
  const { value, averageValue, averageUtilization } = target ?? ({} as MetricTarget);
  const own =
    source === 'object'
      ? { target: describedObject, targetValue: value ?? '0', averageValue }
      : source === 'external'
        ? { targetValue: value, targetAverageValue: averageValue }
        : { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue };
  const named =
    source === 'external'
      ? { metricName: measured?.name, metricSelector: measured?.selector }
      : { metricName: measured?.name, selector: measured?.selector };
  return { type: metric.type, [source]: { ...rest, ...(measured && named), ...own } };
}

interface Source {
  target?: MetricTarget;
  metric?: { name: string; selector?: unknown };
  describedObject?: CrossVersionObjectReference;
}

function toMetricV2(metric: MetricV1): MetricSpec {
  const { type = '' } = metric;
  const source = sources.find((each) => isPlainObject(metric[each]));
  if (!source) return { type };
  const { metricName, metricSelector, selector, targetValue, targetAverageValue, ...given } = metric[
    source
  ] as Record<string, unknown>;
  const { targetAverageUtilization: share, averageValue = targetAverageValue, target, ...rest } = given;
  const isWhole = targetValue !== undefined && !(source === 'object' && averageValue !== undefined);
  const amounts = {
    ...(isWhole && { value: targetValue }),
    ...(averageValue !== undefined && { averageValue }),
    ...(share !== undefined && { averageUtilization: share }),
  };
  const kind = share !== undefined ? 'Utilization' : isWhole ? 'Value' : 'AverageValue';
  const labels = metricSelector ?? selector;
  return {
    type,
    [source]: {
      ...rest,
      ...(target !== undefined && { describedObject: target }),
      ...(metricName !== undefined && {
        metric: { name: metricName, ...(labels !== undefined && { selector: labels }) },
      }),
      target: { type: kind, ...amounts },
    },
  } as MetricSpec;
}

/** Without those that an earlier turn has left, and with these. */
function withAnnotations<T extends { annotations?: Record<string, string> }>(
  metadata: T,
  carried: Record<string, string>,
): T {
  const { annotations, ...rest } = metadata;
  const known = new Set<string>(Object.values(annotation));
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !known.has(key));
  const all = { ...Object.fromEntries(kept), ...carried };
  return (Object.keys(all).length > 0 ? { ...rest, annotations: all } : rest) as T;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    // As in Kubernetes: an annotation that cannot be read says nothing.
    return undefined;
  }
}

const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** Kubernetes writes the behaviour with the names that it has within. */
function withKeys(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => withKeys(each, rename));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([key, each]) => [rename(key), withKeys(each, rename)]),
  );
}
