import assert from 'node:assert/strict';
import { testCluster, type Answer, type TestCluster } from '../../controller/apiserver/cluster.ts';
import { autoscalers } from './workloads/autoscaler.ts';
import { controllerRevisions } from './workloads/controller-revision.ts';
import { cronJobs } from './workloads/cron-job.ts';
import { daemonSets } from './workloads/daemon-set.ts';
import { deployments } from './workloads/deployment.ts';
import { disruptionBudgets } from './workloads/disruption-budget.ts';
import { jobs } from './workloads/job.ts';
import { endedJobs } from './workloads/job-ended.ts';
import { indexedJobs } from './workloads/job-indexed.ts';
import { ephemeralContainers } from './workloads/ephemeral-containers.ts';
import { pods } from './workloads/pod.ts';
import { podsOnWait } from './workloads/pod-on-wait.ts';
import { podTemplates } from './workloads/pod-template.ts';
import { replicaSets } from './workloads/replica-set.ts';
import { replicationControllers } from './workloads/replication-controller.ts';
import { resizes } from './workloads/resizes.ts';
import { spoil, type SpoiltRow, type SpoiltTable } from './workloads/spoilt.ts';
import { statefulSets } from './workloads/stateful-set.ts';

const tables: Record<string, SpoiltTable> = {
  ControllerRevision: controllerRevisions,
  CronJob: cronJobs,
  DaemonSet: daemonSets,
  Deployment: deployments,
  HorizontalPodAutoscaler: autoscalers,
  Job: jobs,
  'Job with an index each': indexedJobs,
  'Job that has ended': endedJobs,
  PodDisruptionBudget: disruptionBudgets,
  Pod: pods,
  'Pod behind a gate': podsOnWait,
  'Pod/ephemeralcontainers': ephemeralContainers,
  'Pod/resize': resizes,
  PodTemplate: podTemplates,
  ReplicaSet: replicaSets,
  ReplicationController: replicationControllers,
  StatefulSet: statefulSets,
};

describe('workloads are judged in the words of Kubernetes', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  for (const [kind, table] of Object.entries(tables)) {
    const { collection, subresource = '', good, begin, spoilt, changes, statuses } = table;
    const name = `${collection}/web`;
    const create = async () => {
      const made = await cluster.ask('POST', collection, { body: good });
      return begin && made.status === 201
        ? cluster.ask('PUT', `${name}/status`, { body: { ...made.json, status: begin } })
        : made;
    };

    it(`${kind}: one that is in order is taken, and each mistake is said, in order`, async () => {
      await hold(spoilt, (row) =>
        cluster.ask('POST', `${collection}?dryRun=All`, { body: spoil(good, row) }),
      );
      assert.ok((await create()).status < 300);
    });

    it(`${kind}: of one that exists, only what may change does`, async () => {
      const made = (await create()).json;
      await hold(changes, (row) =>
        cluster.ask('PUT', `${name}${subresource}?dryRun=All`, { body: spoil(made, row) }),
      );
    });

    it(`${kind}: whatever is missing or empty in it, it is taken or refused, and nothing breaks`, async () => {
      for (const path of pathsOf(good))
        for (const value of [undefined, null, {}, [], '', 0, -1, 'x', [{}], { a: {} }]) {
          const { status, json } = await cluster.ask('POST', `${collection}?dryRun=All`, {
            body: spoil(good, { [path]: value }),
          });
          assert.ok(
            [201, 400, 403, 422].includes(status),
            `${path}: ${String(value)}: ${status} ${json.message}`,
          );
        }
    });

    if (statuses.length > 0)
      it(`${kind}: a status that contradicts itself or what it was is refused`, async () => {
        const made = (await create()).json;
        await hold(statuses, (row) =>
          cluster.ask('PUT', `${name}/status?dryRun=All`, { body: spoil(made, row) }),
        );
      });
  }
});

/** The path of every field of an object, however deep. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = path ? `${path}.${key}` : key;
    return [own, ...pathsOf(item, own)];
  });
}

const uid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Tries every row before it fails, so that one run shows all that differs. */
async function hold(
  rows: readonly SpoiltRow[],
  ask: (row: Record<string, unknown>) => Promise<Answer>,
): Promise<void> {
  const [expected, told]: [unknown[], unknown[]] = [[], []];
  for (const [row, ...says] of rows) {
    const { status, json } = await ask(row);
    expected.push({ row, says });
    told.push({ row, says: status < 300 ? [] : causes(json) });
  }
  assert.deepEqual(told, expected);
}

function causes({ details, message }: Answer['json']): string[] {
  const list = (details?.causes ?? []) as { field?: string; message?: string }[];
  const texts = list.length > 0 ? list.map((cause) => `${cause.field}: ${cause.message}`) : [message ?? ''];
  return [...new Set(texts.map((text) => text.replaceAll(uid, '<uid>').split('\n(changed')[0]!))];
}
