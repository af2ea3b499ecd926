import type { SpoiltTable } from './spoilt.ts';

export const cronJobs: SpoiltTable = {
  collection: '/apis/batch/v1/namespaces/default/cronjobs',
  good: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      schedule: '*/5 8-17 * * mon-fri',
      jobTemplate: {
        spec: {
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'web', image: 'hello:1' }], restartPolicy: 'Never' },
          },
        },
      },
    },
  },
  spoilt: [
    [
      { spec: undefined },
      'spec.schedule: Required value',
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'metadata.name': 'a'.repeat(53) },
      'metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 52 characters',
    ],
    [{ 'spec.schedule': '' }, 'spec.schedule: Required value'],
    [
      { 'spec.schedule': '* * * *' },
      'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]',
    ],
    [
      { 'spec.schedule': '* * * * * *' },
      'spec.schedule: Invalid value: "* * * * * *": expected exactly 5 fields, found 6: [* * * * * *]',
    ],
    [
      { 'spec.schedule': '60 * * * *' },
      'spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60',
    ],
    [
      { 'spec.schedule': '* 24 * * *' },
      'spec.schedule: Invalid value: "* 24 * * *": end of range (24) above maximum (23): 24',
    ],
    [
      { 'spec.schedule': '* * 0 * *' },
      'spec.schedule: Invalid value: "* * 0 * *": beginning of range (0) below minimum (1): 0',
    ],
    [
      { 'spec.schedule': '* * * 13 *' },
      'spec.schedule: Invalid value: "* * * 13 *": end of range (13) above maximum (12): 13',
    ],
    [
      { 'spec.schedule': '* * * * 7' },
      'spec.schedule: Invalid value: "* * * * 7": end of range (7) above maximum (6): 7',
    ],
    [
      { 'spec.schedule': 'a * * * *' },
      'spec.schedule: Invalid value: "a * * * *": failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax',
    ],
    [
      { 'spec.schedule': '5-1 * * * *' },
      'spec.schedule: Invalid value: "5-1 * * * *": beginning of range (5) beyond end of range (1): 5-1',
    ],
    [
      { 'spec.schedule': '1-2-3 * * * *' },
      'spec.schedule: Invalid value: "1-2-3 * * * *": too many hyphens: 1-2-3',
    ],
    [
      { 'spec.schedule': '1/2/3 * * * *' },
      'spec.schedule: Invalid value: "1/2/3 * * * *": too many slashes: 1/2/3',
    ],
    [
      { 'spec.schedule': '*/0 * * * *' },
      'spec.schedule: Invalid value: "*/0 * * * *": step of range should be a positive number: */0',
    ],
    [
      { 'spec.schedule': '-1 * * * *' },
      'spec.schedule: Invalid value: "-1 * * * *": failed to parse int from : strconv.Atoi: parsing "": invalid syntax',
    ],
    [
      { 'spec.schedule': '1-x * * * *' },
      'spec.schedule: Invalid value: "1-x * * * *": failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax',
    ],
    [
      { 'spec.schedule': '@often' },
      'spec.schedule: Invalid value: "@often": unrecognized descriptor: @often',
    ],
    [
      { 'spec.schedule': '@every 1x' },
      'spec.schedule: Invalid value: "@every 1x": failed to parse duration @every 1x: time: unknown unit "x" in duration "1x"',
    ],
    [
      { 'spec.schedule': '@every' },
      'spec.schedule: Invalid value: "@every": unrecognized descriptor: @every',
    ],
    [
      { 'spec.schedule': '@every 5' },
      'spec.schedule: Invalid value: "@every 5": failed to parse duration @every 5: time: missing unit in duration "5"',
    ],
    [
      { 'spec.schedule': '@every abc' },
      'spec.schedule: Invalid value: "@every abc": failed to parse duration @every abc: time: invalid duration "abc"',
    ],
    [
      { 'spec.schedule': 'TZ=UTC * * * * *' },
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    [
      { 'spec.schedule': 'CRON_TZ=UTC * * * * *' },
      'spec.schedule: Invalid value: "CRON_TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    [
      { 'spec.schedule': '* * * foo *' },
      'spec.schedule: Invalid value: "* * * foo *": failed to parse int from foo: strconv.Atoi: parsing "foo": invalid syntax',
    ],
    [
      { 'spec.startingDeadlineSeconds': -1 },
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [{ 'spec.timeZone': '' }, 'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
    [
      { 'spec.timeZone': 'Mars/Olympus' },
      'spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus',
    ],
    [
      { 'spec.timeZone': 'local' },
      'spec.timeZone: Invalid value: "local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      'spec.timeZone: Invalid value: "local": unknown time zone local',
    ],
    [
      { 'spec.timeZone': 'Local' },
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
    [
      { 'spec.timeZone': 'europe/berlin' },
      'spec.timeZone: Invalid value: "europe/berlin": unknown time zone europe/berlin',
    ],
    [{ 'spec.timeZone': '../etc' }, 'spec.timeZone: Invalid value: "../etc": unknown time zone ../etc'],
    [{ 'spec.timeZone': '+01:00' }, 'spec.timeZone: Invalid value: "+01:00": unknown time zone +01:00'],
    [
      { 'spec.concurrencyPolicy': 'Other' },
      'spec.concurrencyPolicy: Unsupported value: "Other": supported values: "Allow", "Forbid", "Replace"',
    ],
    [
      { 'spec.successfulJobsHistoryLimit': -1 },
      'spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.failedJobsHistoryLimit': -1 },
      'spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.jobTemplate': undefined },
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'spec.jobTemplate.spec': undefined },
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'spec.jobTemplate.spec.selector': { matchLabels: { app: 'web' } } },
      'spec.jobTemplate.spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` will be auto-generated',
    ],
    [
      { 'spec.jobTemplate.spec.manualSelector': true },
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
    ],
    [
      { 'spec.jobTemplate.spec.parallelism': -1 },
      'spec.jobTemplate.spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      { 'spec.jobTemplate.spec.template.spec.restartPolicy': 'Always' },
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      { 'spec.jobTemplate.spec.template.spec.containers': [] },
      'spec.jobTemplate.spec.template.spec.containers: Required value',
    ],
  ],
  changes: [
    [{ 'spec.schedule': '@daily' }],
    [{ 'spec.schedule': '@every 1h30m' }],
    [{ 'spec.schedule': '0 0 29 2 *' }],
    [{ 'spec.schedule': '0,30 * * * ?' }],
    [{ 'spec.schedule': '10/5 * * * SUN' }],
    [{ 'spec.timeZone': 'Europe/Berlin' }],
    [{ 'spec.timeZone': 'Etc/UTC' }],
    [{ 'spec.timeZone': 'Asia/Calcutta' }],
    [{ 'spec.suspend': true }],
    [
      { 'spec.schedule': 'TZ=UTC * * * * *' },
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
  ],
  statuses: [[{ 'status.lastScheduleTime': '2026-01-01T00:00:00Z' }]],
};
