import type { SpoiltTable } from './spoilt.ts';

export const autoscalers: SpoiltTable = {
  collection: '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
  good: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'default' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  },
  spoilt: [
    [
      { spec: undefined },
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
    ],
    [
      { 'spec.maxReplicas': undefined },
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
    ],
    [
      { 'spec.maxReplicas': -1 },
      'spec.maxReplicas: Invalid value: -1: must be greater than 0',
      'spec.maxReplicas: Invalid value: -1: must be greater than or equal to `minReplicas`',
    ],
    [
      { 'spec.minReplicas': 0 },
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
    [{ 'spec.minReplicas': -1 }, 'spec.minReplicas: Invalid value: -1: must be greater than or equal to 1'],
    [
      { 'spec.minReplicas': 5 },
      'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
    ],
    [
      { 'spec.scaleTargetRef': undefined },
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
    ],
    [
      { 'spec.scaleTargetRef.kind': 'a/b%' },
      'spec.scaleTargetRef.kind: Invalid value: "a/b%": may not contain \'/\'',
      'spec.scaleTargetRef.kind: Invalid value: "a/b%": may not contain \'%\'',
    ],
    [
      { 'spec.scaleTargetRef.name': '..' },
      'spec.scaleTargetRef.name: Invalid value: "..": may not be \'..\'',
    ],
    [
      { 'spec.metrics': [{}] },
      'spec.metrics[0].type: Required value: must specify a metric source type',
      'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    ],
    [
      { 'spec.metrics': [{ type: 'Other' }] },
      'spec.metrics[0].type: Unsupported value: "Other": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
    ],
    [
      { 'spec.metrics': [{ type: 'Resource' }] },
      'spec.metrics[0].resource: Required value: must populate information for the given metric source',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'Resource',
            pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
          },
        ],
      },
      'spec.metrics[0].resource: Required value: must populate information for the given metric source',
    ],
    [
      { 'spec.metrics': [{ type: 'Resource', resource: {} }] },
      'spec.metrics[0].resource.name: Required value: must specify a resource name',
      'spec.metrics[0].resource.target.type: Required value: must specify a metric target type',
      'spec.metrics[0].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
    [
      { 'spec.metrics': [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }] },
      'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } },
          },
        ],
      },
      'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: 5, averageValue: '1' },
            },
          },
        ],
      },
      'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
    ],
    [
      {
        'spec.metrics': [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Some', averageUtilization: 5 } } },
        ],
      },
      'spec.metrics[0].resource.target.type: Invalid value: "Some": must be either Utilization, Value, or AverageValue',
    ],
    [
      { 'spec.metrics': [{ type: 'ContainerResource', containerResource: {} }] },
      'spec.metrics[0].containerResource.name: Required value: must specify a resource name',
      'spec.metrics[0].containerResource.container: Required value: must specify a container',
      'spec.metrics[0].containerResource.target.type: Required value: must specify a metric target type',
      'spec.metrics[0].containerResource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].containerResource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'gold',
              container: 'A_b',
              target: { type: 'Utilization', averageUtilization: 5 },
            },
          },
        ],
      },
      'spec.metrics[0].containerResource.name: Invalid value: gold: must be a standard resource type or fully qualified',
      'spec.metrics[0].containerResource.name: Invalid value: gold: must be a standard resource for containers',
      "spec.metrics[0].containerResource.container: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      { 'spec.metrics': [{ type: 'Pods', pods: {} }] },
      'spec.metrics[0].pods.metric.name: Required value: must specify a metric name',
      'spec.metrics[0].pods.target.type: Required value: must specify a metric target type',
      'spec.metrics[0].pods.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'Pods',
            pods: { metric: { name: 'a/b' }, target: { type: 'AverageValue', averageValue: '0' } },
          },
        ],
      },
      'spec.metrics[0].pods.metric.name: Invalid value: "a/b": may not contain \'/\'',
      'spec.metrics[0].pods.target.averageValue: Invalid value: resource.Quantity{i:resource.int64Amount{value:0, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"0", Format:"DecimalSI"}: must be positive',
    ],
    [
      { 'spec.metrics': [{ type: 'Object', object: {} }] },
      'spec.metrics[0].object.describedObject.kind: Required value',
      'spec.metrics[0].object.describedObject.name: Required value',
      'spec.metrics[0].object.metric.name: Required value: must specify a metric name',
      'spec.metrics[0].object.target.type: Required value: must specify a metric target type',
      'spec.metrics[0].object.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'Object',
            object: {
              describedObject: { kind: 'Service', name: 'a' },
              metric: { name: 'x' },
              target: { type: 'Value', value: '-1' },
            },
          },
        ],
      },
      'spec.metrics[0].object.target.value: Invalid value: resource.Quantity{i:resource.int64Amount{value:-1, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"-1", Format:"DecimalSI"}: must be positive',
    ],
    [
      { 'spec.metrics': [{ type: 'External', external: {} }] },
      'spec.metrics[0].external.metric.name: Required value: must specify a metric name',
      'spec.metrics[0].external.target.type: Required value: must specify a metric target type',
      'spec.metrics[0].external.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].external.target.averageValue: Required value: must set either a target value for metric or a per-pod target',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'External',
            external: { metric: { name: 'x' }, target: { type: 'Value', value: '1', averageValue: '2' } },
          },
        ],
      },
      'spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
    ],
    [
      {
        'spec.metrics': [
          {
            type: 'Pods',
            pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } },
          },
        ],
      },
      'spec.metrics[0].resource: Forbidden: must populate the given metric source only',
    ],
    [
      { 'spec.behavior': { scaleUp: { policies: [] } } },
      'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy',
    ],
    [
      { 'spec.behavior': { scaleUp: { stabilizationWindowSeconds: -1 } } },
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero',
    ],
    [
      { 'spec.behavior': { scaleDown: { stabilizationWindowSeconds: 3601 } } },
      'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    ],
    [
      { 'spec.behavior': { scaleDown: { selectPolicy: 'Other' } } },
      'spec.behavior.scaleDown.selectPolicy: Unsupported value: "Other": supported values: "Disabled", "Max", "Min"',
    ],
    [
      { 'spec.behavior': { scaleUp: { policies: [{}] } } },
      'spec.behavior.scaleUp.policies[0].type: Unsupported value: "": supported values: "Percent", "Pods"',
      'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 0: must be greater than zero',
    ],
    [
      { 'spec.behavior': { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }] } } },
      'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    ],
  ],
  changes: [
    [{ 'spec.maxReplicas': 9 }],
    [{ 'spec.scaleTargetRef.name': 'other' }],
    [
      { 'spec.minReplicas': 0 },
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  statuses: [
    [{ 'status.currentReplicas': 1 }],
    [
      { 'status.currentReplicas': -1 },
      'status.currentReplicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.desiredReplicas': -1 },
      'status.desiredReplicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
};
