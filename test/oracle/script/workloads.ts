import { changes, collected, lifecycle, merged, named, selections, statusOf, variants } from './kind.ts';
import { get, patch, post, put, remove, table, type Step, type Topic } from './step.ts';

export const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'example/web:1' }] },
};
export const selector = { matchLabels: { app: 'web' } };
const of = (kind: string, apiVersion: string, spec: object) => ({ apiVersion, kind, metadata: {}, spec });
const at = (topic: string, plural: string, group = 'apis/apps/v1') =>
  `/${group}/namespaces/${topic}/${plural}`;

/** What every workload that has a selector and a template is refused for. */
const spoilt: Record<string, object> = {
  'no selector': { spec: { selector: null } },
  'an empty selector': { spec: { selector: { matchLabels: null } } },
  'a selector that fits other labels': { spec: { selector: { matchLabels: { app: 'other' } } } },
  'a selector with a strange operator': {
    spec: { selector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } },
  },
  'a selector without values': { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } } },
  'no template': { spec: { template: null } },
  'a template without labels': { spec: { template: { metadata: null } } },
  'a template without containers': { spec: { template: { spec: { containers: [] } } } },
  'a template that restarts never': { spec: { template: { spec: { restartPolicy: 'Never' } } } },
  'a template with a deadline': { spec: { template: { spec: { activeDeadlineSeconds: 5 } } } },
  'fewer than none': { spec: { replicas: -1 } },
  'no spec at all': { spec: null },
};

function scale(collection: string, apiVersion: string, name = 'scaled', object: object): Step[] {
  const one = `${collection}/${name}`;
  return [
    post('create what is scaled', collection, named(object, name)),
    get('get the scale', `${one}/scale`),
    put('replace the scale', `${one}/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name },
      spec: { replicas: 4 },
    }),
    patch('patch the scale', `${one}/scale`, 'merge', { spec: { replicas: 5 } }),
    patch('scale below none', `${one}/scale`, 'merge', { spec: { replicas: -5 } }),
    put('a scale of another name', `${one}/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'other' },
      spec: { replicas: 4 },
    }),
    put('a scale of another version', `${one}/scale`, {
      apiVersion,
      kind: 'Scale',
      metadata: { name },
      spec: {},
    }),
    get('the scale of what is not there', `${collection}/none/scale`),
    get('get what was scaled', one),
  ];
}

const deployment = of('Deployment', 'apps/v1', { selector, template });
const deploymentsAt = at('deployments', 'deployments');
export const deployments: Topic = {
  name: 'deployments',
  steps: [
    ...lifecycle(deploymentsAt, deployment),
    ...collected(deploymentsAt, deployment),
    ...statusOf(deploymentsAt, deployment, {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: [{ type: 'Available', status: 'True', reason: 'r', message: 'm' }],
    }),
    ...scale(deploymentsAt, 'apps/v1', 'scaled', deployment),
    ...changes(deploymentsAt, deployment, {
      'another selector': { spec: { selector: { matchLabels: { app: 'x' } } } },
      'another image': { spec: { template: { spec: { containers: [{ name: 'web', image: 'i:2' }] } } } },
      'another label of the template': { spec: { template: { metadata: { labels: { app: null } } } } },
      'another strategy': { spec: { strategy: { type: 'Recreate' } } },
      'Recreate without the rest': { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } },
      paused: { spec: { paused: true } },
    }),
    ...variants(deploymentsAt, deployment, {
      ...spoilt,
      'a strategy that is none': { spec: { strategy: { type: 'Blue' } } },
      'no step at all': { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } },
      'a surge of strange share': { spec: { strategy: { rollingUpdate: { maxSurge: 'much' } } } },
      'more than all unavailable': { spec: { strategy: { rollingUpdate: { maxUnavailable: '120%' } } } },
      'a deadline that is too short': { spec: { minReadySeconds: 10, progressDeadlineSeconds: 5 } },
      'negative history': { spec: { revisionHistoryLimit: -1 } },
      'many replicas': { spec: { replicas: 3, minReadySeconds: 5, revisionHistoryLimit: 2 } },
    }),
    post('rollback', `${deploymentsAt}/changing/rollback`, {}),
  ],
};

const replicaSet = of('ReplicaSet', 'apps/v1', { selector, template });
const replicaSetsAt = at('replica-sets', 'replicasets');
export const replicaSets: Topic = {
  name: 'replica-sets',
  steps: [
    ...lifecycle(replicaSetsAt, replicaSet),
    ...collected(replicaSetsAt, replicaSet),
    ...statusOf(replicaSetsAt, replicaSet, { replicas: 3, readyReplicas: 1 }),
    ...scale(replicaSetsAt, 'apps/v1', 'scaled', replicaSet),
    ...changes(replicaSetsAt, replicaSet, {
      'another selector': { spec: { selector: { matchLabels: { app: 'x' } } } },
      'another image': { spec: { template: { spec: { containers: [{ name: 'web', image: 'i:2' }] } } } },
    }),
    ...variants(replicaSetsAt, replicaSet, spoilt),
    get('by replicas', `${replicaSetsAt}?fieldSelector=status.replicas%3D0`, { accept: table }),
    remove('delete all', replicaSetsAt),
  ],
};

const statefulSet = of('StatefulSet', 'apps/v1', {
  selector,
  template,
  serviceName: 'web',
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
});
const statefulSetsAt = at('stateful-sets', 'statefulsets');
export const statefulSets: Topic = {
  name: 'stateful-sets',
  steps: [
    ...lifecycle(statefulSetsAt, statefulSet),
    ...collected(statefulSetsAt, statefulSet),
    ...statusOf(statefulSetsAt, statefulSet, { replicas: 3, readyReplicas: 1, currentRevision: 'r' }),
    ...scale(statefulSetsAt, 'apps/v1', 'scaled', statefulSet),
    ...changes(statefulSetsAt, statefulSet, {
      'another selector': { spec: { selector: { matchLabels: { app: 'x' } } } },
      'another service': { spec: { serviceName: 'x' } },
      'another image': { spec: { template: { spec: { containers: [{ name: 'web', image: 'i:2' }] } } } },
      'another claim': { spec: { volumeClaimTemplates: [] } },
    }),
    ...variants(statefulSetsAt, statefulSet, {
      ...spoilt,
      'no service': { spec: { serviceName: null } },
      'a pod management that is none': { spec: { podManagementPolicy: 'Wild' } },
      'an update strategy that is none': { spec: { updateStrategy: { type: 'Blue' } } },
      'a negative partition': { spec: { updateStrategy: { rollingUpdate: { partition: -1 } } } },
      'negative history': { spec: { revisionHistoryLimit: -1 } },
      'a retention that is none': {
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Maybe' } },
      },
      'a negative ordinal': { spec: { ordinals: { start: -1 } } },
    }),
  ],
};

const daemonSet = of('DaemonSet', 'apps/v1', { selector, template });
const daemonSetsAt = at('daemon-sets', 'daemonsets');
export const daemonSets: Topic = {
  name: 'daemon-sets',
  steps: [
    ...lifecycle(daemonSetsAt, daemonSet),
    ...collected(daemonSetsAt, daemonSet),
    ...statusOf(daemonSetsAt, daemonSet, {
      currentNumberScheduled: 1,
      numberMisscheduled: 0,
      desiredNumberScheduled: 2,
      numberReady: 1,
    }),
    ...changes(daemonSetsAt, daemonSet, {
      'another selector': { spec: { selector: { matchLabels: { app: 'x' } } } },
      'another image': { spec: { template: { spec: { containers: [{ name: 'web', image: 'i:2' }] } } } },
    }),
    ...variants(daemonSetsAt, daemonSet, {
      ...spoilt,
      'an update strategy that is none': { spec: { updateStrategy: { type: 'Blue' } } },
      'none unavailable': { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } } },
      'on deletion': { spec: { updateStrategy: { type: 'OnDelete' } } },
      'negative history': { spec: { revisionHistoryLimit: -1 } },
    }),
    get('there is no scale', `${daemonSetsAt}/changing/scale`),
  ],
};

const controller = of('ReplicationController', 'v1', { selector: { app: 'web' }, template });
const controllersAt = at('replication-controllers', 'replicationcontrollers', 'api/v1');
export const replicationControllers: Topic = {
  name: 'replication-controllers',
  steps: [
    ...lifecycle(controllersAt, controller),
    ...collected(controllersAt, controller),
    ...selections(controllersAt, { 'status.replicas': '0' }),
    ...statusOf(controllersAt, controller, { replicas: 3, readyReplicas: 1 }),
    ...scale(controllersAt, 'v1', 'scaled', controller),
    ...variants(controllersAt, controller, {
      'no selector': { spec: { selector: null } },
      'a selector that fits other labels': { spec: { selector: { app: 'other' } } },
      'no template': { spec: { template: null } },
      'fewer than none': { spec: { replicas: -1 } },
      'a template that restarts never': { spec: { template: { spec: { restartPolicy: 'Never' } } } },
    }),
  ],
};

const podTemplatesAt = at('pod-templates', 'podtemplates', 'api/v1');
const podTemplate = { apiVersion: 'v1', kind: 'PodTemplate', metadata: {}, template };
export const podTemplates: Topic = {
  name: 'pod-templates',
  steps: [
    ...lifecycle(podTemplatesAt, podTemplate),
    ...collected(podTemplatesAt, podTemplate),
    ...variants(podTemplatesAt, podTemplate, { 'no containers': { template: { spec: { containers: [] } } } }),
  ],
};

const revisionsAt = at('controller-revisions', 'controllerrevisions');
const revision = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {},
  revision: 3,
  data: { spec: { template } },
};
export const controllerRevisions: Topic = {
  name: 'controller-revisions',
  steps: [
    ...lifecycle(revisionsAt, revision),
    ...collected(revisionsAt, revision),
    ...changes(revisionsAt, revision, {
      'other data': { data: { spec: null } },
      'another number': { revision: 4 },
    }),
    ...variants(revisionsAt, revision, { 'no data': { data: null }, 'a negative number': { revision: -1 } }),
  ],
};

const job = of('Job', 'batch/v1', {
  template: merged({ spec: template.spec }, { spec: { restartPolicy: 'Never' } }),
});
const jobsAt = at('jobs', 'jobs', 'apis/batch/v1');
const withOwnSelector = { metadata: { labels: { 'batch.kubernetes.io/job-name': 'x' } } };
export const jobs: Topic = {
  name: 'jobs',
  steps: [
    ...lifecycle(jobsAt, job),
    ...collected(jobsAt, job),
    ...selections(jobsAt, { 'status.successful': '0' }),
    ...statusOf(jobsAt, job, { active: 1, startTime: '2020-01-01T00:00:00Z' }),
    ...changes(jobsAt, job, {
      'another image': { spec: { template: { spec: { containers: [{ name: 'web', image: 'i:2' }] } } } },
      'more completions': { spec: { completions: 3 } },
      'more at once': { spec: { parallelism: 3 } },
      suspended: { spec: { suspend: true } },
      'another selector': { spec: { selector: { matchLabels: { a: 'b' } } } },
    }),
    ...variants(jobsAt, job, {
      'a template that restarts always': { spec: { template: { spec: { restartPolicy: 'Always' } } } },
      'no restart policy': { spec: { template: { spec: { restartPolicy: null } } } },
      'negative completions': { spec: { completions: -1 } },
      'negative parallelism': { spec: { parallelism: -1 } },
      'a negative backoff limit': { spec: { backoffLimit: -1 } },
      'a negative deadline': { spec: { activeDeadlineSeconds: -1 } },
      'a negative time to live': { spec: { ttlSecondsAfterFinished: -1 } },
      'a completion mode that is none': { spec: { completionMode: 'Wild' } },
      'indexed without completions': { spec: { completionMode: 'Indexed' } },
      indexed: { spec: { completionMode: 'Indexed', completions: 2, parallelism: 2 } },
      'a selector of its own': { spec: { selector: { matchLabels: { a: 'b' } } } },
      'a manual selector': {
        spec: {
          manualSelector: true,
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } } },
        },
      },
      'labels of the server': { spec: { template: withOwnSelector } },
      'a replacement policy that is none': { spec: { podReplacementPolicy: 'Wild' } },
      'a failure policy': {
        spec: {
          podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }] },
        },
      },
      'no template': { spec: { template: null } },
    }),
  ],
};

const cronJob = of('CronJob', 'batch/v1', {
  schedule: '*/5 * * * *',
  jobTemplate: { spec: job.spec },
});
const cronJobsAt = at('cron-jobs', 'cronjobs', 'apis/batch/v1');
export const cronJobs: Topic = {
  name: 'cron-jobs',
  steps: [
    ...lifecycle(cronJobsAt, cronJob),
    ...collected(cronJobsAt, cronJob),
    ...statusOf(cronJobsAt, cronJob, { lastScheduleTime: '2020-01-01T00:00:00Z' }),
    ...variants(cronJobsAt, cronJob, {
      'no schedule': { spec: { schedule: '' } },
      'a schedule that is none': { spec: { schedule: 'often' } },
      'a schedule with a zone in it': { spec: { schedule: 'TZ=UTC 0 * * * *' } },
      'a zone': { spec: { timeZone: 'Europe/Berlin' } },
      'a zone that is none': { spec: { timeZone: 'Mars/North' } },
      'an empty zone': { spec: { timeZone: '' } },
      'a concurrency that is none': { spec: { concurrencyPolicy: 'Wild' } },
      'a negative deadline': { spec: { startingDeadlineSeconds: -1 } },
      'negative history': { spec: { successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -1 } },
      suspended: { spec: { suspend: true } },
      'a template that restarts always': {
        spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: 'Always' } } } } },
      },
      'a selector': {
        spec: { jobTemplate: { spec: { manualSelector: true, selector: { matchLabels: { a: 'b' } } } } },
      },
      'a very long name': { metadata: { name: 'a'.repeat(53) } },
    }),
  ],
};

const autoscaler = of('HorizontalPodAutoscaler', 'autoscaling/v2', {
  scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  maxReplicas: 3,
  metrics: [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
  ],
});
const autoscalerV1 = of('HorizontalPodAutoscaler', 'autoscaling/v1', {
  scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  maxReplicas: 3,
  targetCPUUtilizationPercentage: 50,
});
const autoscalersV1At = at('autoscalers-v1', 'horizontalpodautoscalers', 'apis/autoscaling/v1');
/** The same objects in the form of an earlier version. */
export const autoscalersV1: Topic = {
  name: 'autoscalers-v1',
  steps: [
    ...lifecycle(autoscalersV1At, autoscalerV1),
    ...collected(autoscalersV1At, autoscalerV1),
    ...statusOf(autoscalersV1At, autoscalerV1, { currentReplicas: 1, desiredReplicas: 2 }),
    ...variants(autoscalersV1At, autoscalerV1, {
      'no share': { spec: { targetCPUUtilizationPercentage: null } },
      'a share of nothing': { spec: { targetCPUUtilizationPercentage: 0 } },
      'no most': { spec: { maxReplicas: null } },
    }),
    get(
      'in the newer version',
      `${at('autoscalers-v1', 'horizontalpodautoscalers', 'apis/autoscaling/v2')}/variant-0`,
    ),
  ],
};
const autoscalersAt = at('autoscalers', 'horizontalpodautoscalers', 'apis/autoscaling/v2');
const metric = (more: object) => ({ spec: { metrics: [more] } });
export const autoscalers: Topic = {
  name: 'autoscalers',
  steps: [
    ...lifecycle(autoscalersAt, autoscaler),
    ...collected(autoscalersAt, autoscaler),
    ...statusOf(autoscalersAt, autoscaler, { currentReplicas: 1, desiredReplicas: 2, conditions: [] }),
    ...variants(autoscalersAt, autoscaler, {
      'no metrics': { spec: { metrics: null } },
      'no most': { spec: { maxReplicas: null } },
      'less most than least': { spec: { minReplicas: 5 } },
      'least of none': { spec: { minReplicas: 0 } },
      'no target': { spec: { scaleTargetRef: null } },
      'a target without a name': { spec: { scaleTargetRef: { name: null } } },
      'a metric of a strange type': metric({ type: 'Luck' }),
      'a metric without its source': metric({ type: 'Resource' }),
      'a metric without a target': metric({ type: 'Resource', resource: { name: 'cpu', target: {} } }),
      'a metric of two targets': metric({
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 1, averageValue: '1' } },
      }),
      behaviour: {
        spec: { behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } } },
      },
      'a behaviour that is none': {
        spec: { behavior: { scaleUp: { policies: [{ type: 'Wild', value: 0, periodSeconds: 0 }] } } },
      },
      'a window that is too long': {
        spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 4000 } } },
      },
    }),
    get(
      'in version 1',
      `${at('autoscalers', 'horizontalpodautoscalers', 'apis/autoscaling/v1')}/with-status`,
    ),
  ],
};

const budget = of('PodDisruptionBudget', 'policy/v1', { minAvailable: 1, selector });
const budgetsAt = at('budgets', 'poddisruptionbudgets', 'apis/policy/v1');
export const budgets: Topic = {
  name: 'budgets',
  steps: [
    ...lifecycle(budgetsAt, budget),
    ...collected(budgetsAt, budget),
    post('create one whose status is replaced', budgetsAt, named(budget, 'replaced')),
    put(
      'replace the status by what was read',
      `${budgetsAt}/replaced/status`,
      '{{create one whose status is replaced:*}}',
      {
        keep: 'status',
      },
    ),
    ...statusOf(budgetsAt, budget, {
      currentHealthy: 2,
      desiredHealthy: 1,
      disruptionsAllowed: 1,
      expectedPods: 2,
      observedGeneration: 1,
    }),
    ...changes(budgetsAt, budget, {
      'another selector': { spec: { selector: { matchLabels: { app: 'x' } } } },
      'a share': { spec: { minAvailable: '50%' } },
      'the other way round': { spec: { minAvailable: null, maxUnavailable: 1 } },
    }),
    ...variants(budgetsAt, budget, {
      'both ways': { spec: { maxUnavailable: 1 } },
      'a share of more than all': { spec: { minAvailable: '110%' } },
      'a share that is none': { spec: { minAvailable: 'most' } },
      'fewer than none': { spec: { minAvailable: -1 } },
      'neither way': { spec: { minAvailable: null } },
      'no selector': { spec: { selector: null } },
      'a selector that is none': { spec: { selector: { matchLabels: { 'a b': 'c' } } } },
      'an eviction policy that is none': { spec: { unhealthyPodEvictionPolicy: 'Wild' } },
    }),
  ],
};
