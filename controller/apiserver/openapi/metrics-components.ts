import { ofEveryObject } from './custom-schemas.ts';
import type { Json } from './published-types.ts';
import { refTo } from './type-schemas.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const prefix = 'io.k8s.metrics.pkg.apis.metrics.v1beta1';
const usage = {
  description: 'The memory usage is the memory working set.',
  type: 'object',
  additionalProperties: refTo('io.k8s.apimachinery.pkg.api.resource.Quantity'),
};
const measured = {
  metadata: { allOf: [refTo(`${meta}.ObjectMeta`)], default: {} },
  timestamp: {
    description:
      'The following fields define time interval from which metrics were collected from the interval [Timestamp-Window, Timestamp].',
    allOf: [refTo(`${meta}.Time`)],
  },
  window: { allOf: [refTo(`${meta}.Duration`)], default: 0 },
};

const kind = (name: string) => [{ group: 'metrics.k8s.io', kind: name, version: 'v1beta1' }];

function list(name: string, description: string): Json {
  return {
    description,
    type: 'object',
    required: ['metadata', 'items'],
    properties: {
      ...ofEveryObject,
      items: {
        type: 'array',
        items: { allOf: [refTo(`${prefix}.${name}`)], default: {} },
        description: `List of ${name}.`,
      },
      metadata: { allOf: [refTo(`${meta}.ListMeta`)], default: {} },
    },
    'x-kubernetes-group-version-kind': kind(`${name}List`),
  };
}

/** What metrics-server publishes of its kinds. Source: k8s.io/metrics/pkg/apis/metrics/v1beta1/types.go */
export const metricsComponents: Readonly<Record<string, Json>> = {
  [`${meta}.Duration`]: {
    description:
      'Duration is a wrapper around time.Duration which supports correct marshaling to YAML and JSON. In particular, it marshals into strings, which can be used as map keys in json.',
    type: 'string',
  },
  [`${prefix}.NodeMetrics`]: {
    description: 'NodeMetrics sets resource usage metrics of a node.',
    type: 'object',
    required: ['timestamp', 'window', 'usage'],
    properties: { ...ofEveryObject, ...measured, usage },
    'x-kubernetes-group-version-kind': kind('NodeMetrics'),
  },
  [`${prefix}.NodeMetricsList`]: list('NodeMetrics', 'NodeMetricsList is a list of NodeMetrics.'),
  [`${prefix}.PodMetrics`]: {
    description: 'PodMetrics sets resource usage metrics of a pod.',
    type: 'object',
    required: ['timestamp', 'window', 'containers'],
    properties: {
      ...ofEveryObject,
      ...measured,
      containers: {
        description: 'Metrics for all containers are collected within the same time window.',
        type: 'array',
        items: { allOf: [refTo(`${prefix}.ContainerMetrics`)], default: {} },
        'x-kubernetes-list-type': 'atomic',
      },
    },
    'x-kubernetes-group-version-kind': kind('PodMetrics'),
  },
  [`${prefix}.PodMetricsList`]: list('PodMetrics', 'PodMetricsList is a list of PodMetrics.'),
  [`${prefix}.ContainerMetrics`]: {
    description: 'ContainerMetrics sets resource usage metrics of a container.',
    type: 'object',
    required: ['name', 'usage'],
    properties: {
      name: {
        description: 'Container name corresponding to the one from pod.spec.containers.',
        type: 'string',
        default: '',
      },
      usage,
    },
  },
};
