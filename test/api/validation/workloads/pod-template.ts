import type { SpoiltTable } from './spoilt.ts';

export const podTemplates: SpoiltTable = {
  collection: '/api/v1/namespaces/default/podtemplates',
  good: {
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name: 'web', namespace: 'default' },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'hello:1' }] },
    },
  },
  spoilt: [
    [{ template: undefined }, 'template.spec.containers: Required value'],
    [{ 'template.spec.containers': [] }, 'template.spec.containers: Required value'],
    [
      { 'template.metadata.labels': { '-x': 'y' } },
      "template.labels: Invalid value: \"-x\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'template.metadata.annotations': { 'a b': 'c' } },
      "template.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      { 'template.spec.ephemeralContainers': [{ name: 'd', image: 'x' }] },
      'template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
    ],
    [
      { 'template.spec.restartPolicy': 'Sometimes' },
      'template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      { 'template.spec.activeDeadlineSeconds': -1 },
      'template.spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive',
    ],
  ],
  changes: [[{ 'template.spec.containers[0].image': 'hello:2' }]],
  statuses: [],
};
