import type { SpoiltRow } from './spoilt.ts';

/** What is said of the selector and the template of every kind that makes pods of one. */
export const spoiltTemplates: SpoiltRow[] = [
  [
    { 'spec.minReadySeconds': -1 },
    'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    { 'spec.selector.matchLabels.app': 'other' },
    'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web', 'x'] }] } },
    'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    { 'spec.template': undefined },
    'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
    'spec.template.spec.containers: Required value',
  ],
  [
    { 'spec.template.metadata': undefined },
    'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
  ],
  [
    { 'spec.template.metadata.labels': { app: 'web', '-x': 'y' } },
    "spec.template.labels: Invalid value: \"-x\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
  [
    { 'spec.template.metadata.annotations': { 'a b': 'c' } },
    "spec.template.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
  [
    { 'spec.template.metadata.annotations': { 'controller.kubernetes.io/pod-deletion-cost': 'x' } },
    'spec.template.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "x": must be a 32bit integer',
  ],
  [{ 'spec.template.spec.containers': [] }, 'spec.template.spec.containers: Required value'],
  [
    { 'spec.template.spec.containers[0].name': undefined },
    'spec.template.spec.containers[0].name: Required value',
  ],
  [
    { 'spec.template.spec.containers[0].image': '' },
    'spec.template.spec.containers[0].image: Required value',
  ],
  [
    { 'spec.template.spec.restartPolicy': 'Never' },
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    { 'spec.template.spec.restartPolicy': 'Sometimes' },
    'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always"',
  ],
  [
    { 'spec.template.spec.ephemeralContainers': [{ name: 'd', image: 'x' }] },
    'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
  ],
];

/** What is said of those besides that have as many as somebody wishes for. */
export const spoiltScaled: SpoiltRow[] = [
  [{ 'spec.replicas': -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  [
    { 'spec.selector': undefined },
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    { 'spec.selector': {} },
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment',
  ],
  [
    { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'Is', values: ['web'] }] } },
    'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Is", Values:[]string{"web"}}}}: invalid label selector',
  ],
  [
    { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'In' }] } },
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"In", Values:[]string(nil)}}}: invalid label selector',
  ],
  [
    { 'spec.selector.matchLabels.app': '-' },
    "spec.selector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"-"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: invalid label selector',
  ],
  [
    { 'spec.template.spec.activeDeadlineSeconds': 5 },
    'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
  ],
  [
    { spec: undefined },
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
    'spec.template.spec.containers: Required value',
  ],
];
