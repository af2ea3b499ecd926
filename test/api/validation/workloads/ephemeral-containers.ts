import type { SpoiltTable } from './spoilt.ts';

export const ephemeralContainers: SpoiltTable = {
  collection: '/api/v1/namespaces/default/pods',
  subresource: '/ephemeralcontainers',
  good: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'web', image: 'hello:1' }] },
  },
  spoilt: [],
  changes: [
    [{ 'spec.ephemeralContainers': [{ name: 'd', image: 'x' }] }],
    [
      { 'spec.ephemeralContainers': [{ name: 'web', image: 'x' }] },
      'spec.ephemeralContainers[0].name: Duplicate value: "web"',
    ],
    [
      { 'spec.ephemeralContainers': [{ name: 'd', image: '' }] },
      'spec.ephemeralContainers[0].image: Required value',
    ],
    [
      { 'spec.ephemeralContainers': [{ name: 'd', image: 'x', targetContainerName: 'other' }] },
      'spec.ephemeralContainers[0].targetContainerName: Not found: "other"',
    ],
    [{ 'spec.ephemeralContainers': [{ name: 'd', image: 'x', targetContainerName: 'web' }] }],
    [
      {
        'spec.ephemeralContainers': [
          {
            name: 'd',
            image: 'x',
            ports: [{ containerPort: 80 }],
            resources: { requests: { cpu: '1' } },
            livenessProbe: { tcpSocket: { port: 80 } },
            lifecycle: { preStop: { sleep: { seconds: 1 } } },
          },
        ],
      },
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
      'spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container',
      'spec.ephemeralContainers[0].livenessProbe: Forbidden: cannot be set for an Ephemeral Container',
      'spec.ephemeralContainers[0].lifecycle: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      {
        'spec.ephemeralContainers': [
          { name: 'd', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a' }] },
        ],
      },
      'spec.ephemeralContainers[0].volumeMounts[0].name: Not found: "v"',
      'spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container',
    ],
  ],
  statuses: [],
};
