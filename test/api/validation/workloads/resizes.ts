import type { SpoiltTable } from './spoilt.ts';

export const resizes: SpoiltTable = {
  collection: '/api/v1/namespaces/default/pods',
  subresource: '/resize',
  good: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'web',
          image: 'hello:1',
          resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
        },
      ],
      initContainers: [{ name: 'init', image: 'hello:1', resources: { requests: { cpu: '1' } } }],
    },
  },
  spoilt: [],
  changes: [
    [{ 'spec.containers[0].resources.requests.cpu': '2' }],
    [{ 'spec.containers[0].resources.limits.memory': '3Gi' }],
    [
      { 'spec.containers[0].resources.limits.memory': '1Gi' },
      'spec.containers[0].resources.limits[memory]: Forbidden: memory limits cannot be decreased unless resizePolicy is RestartContainer',
    ],
    [
      { 'spec.containers[0].resources.requests': undefined },
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      { 'spec.containers[0].resources.limits': {} },
      'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
    ],
    [
      { 'spec.containers[0].resources.requests.ephemeral-storage': '1Gi' },
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      {
        'spec.containers[0].resources.limits.cpu': '1',
        'spec.containers[0].resources.requests.memory': '2Gi',
      },
    ],
    [
      { 'spec.containers': [] },
      'spec.containers: Required value',
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      { 'spec.containers[0].name': 'other' },
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ],
    [
      { 'spec.initContainers[0].resources.requests.cpu': '2' },
      'spec: Forbidden: resources for non-sidecar init containers are immutable',
    ],
    [{ 'spec.containers[0].image': 'hello:2' }],
    [
      {
        'spec.containers[0].resources.limits.memory': '1Gi',
        'spec.containers[0].resizePolicy': [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
      },
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      { 'spec.containers[0].resources.requests.memory': '4Gi' },
      'spec.containers[0].resources.requests: Invalid value: "4Gi": must be less than or equal to memory limit of 2Gi',
    ],
  ],
  statuses: [],
};
