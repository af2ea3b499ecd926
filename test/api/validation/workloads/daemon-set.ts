import type { SpoiltTable } from './spoilt.ts';
import { spoiltTemplates } from './templates.ts';

export const daemonSets: SpoiltTable = {
  collection: '/apis/apps/v1/namespaces/default/daemonsets',
  good: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'hello:1' }] },
      },
    },
  },
  spoilt: [
    ...spoiltTemplates,
    [
      { 'spec.selector': undefined },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      { 'spec.selector': {} },
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for daemonset',
    ],
    [
      { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'Is', values: ['web'] }] } },
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
    [
      { 'spec.selector': { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
    [
      { 'spec.selector.matchLabels.app': '-' },
      "spec.selector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
    [
      { 'spec.template.spec.activeDeadlineSeconds': 5 },
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    ],
    [
      { spec: undefined },
      'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
      'spec.template.spec.containers: Required value',
    ],
    [
      { 'spec.updateStrategy': { type: 'Recreate' } },
      'spec.updateStrategy: Unsupported value: apps.DaemonSetUpdateStrategy{Type:"Recreate", RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}: supported values: "RollingUpdate", "OnDelete"',
    ],
    [
      { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: 0 } } },
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
    [
      { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } },
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:0, IntVal:1, StrVal:""}: may not be set when maxUnavailable is non-zero',
    ],
    [
      { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: '101%' } } },
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%',
    ],
    [
      { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: 0, maxSurge: '101%' } } },
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%',
    ],
    [
      { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: 'some' } } },
      "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:\"some\"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
    [
      { 'spec.updateStrategy': { rollingUpdate: { maxUnavailable: -1 } } },
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.revisionHistoryLimit': -1 },
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  changes: [
    [{ 'spec.template.spec.containers[0].image': 'hello:2' }],
    [{ 'spec.updateStrategy': { type: 'OnDelete' } }],
    [
      {
        'spec.selector.matchLabels': { app: 'web', b: 'c' },
        'spec.template.metadata.labels': { app: 'web', b: 'c' },
      },
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web", "b":"c"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
    ],
    [
      { 'spec.selector': undefined },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: "null": field is immutable',
    ],
  ],
  statuses: [
    [{ 'status.numberReady': 2 }],
    [
      { 'status.numberReady': -1 },
      'status.numberReady: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.currentNumberScheduled': -1 },
      'status.currentNumberScheduled: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.desiredNumberScheduled': -1 },
      'status.desiredNumberScheduled: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.numberMisscheduled': -1 },
      'status.numberMisscheduled: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.updatedNumberScheduled': -1 },
      'status.updatedNumberScheduled: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'status.numberUnavailable': -1 },
      'status.numberUnavailable: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
};
