import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CronJob, Deployment, HorizontalPodAutoscaler, Job, StatefulSet } from '../../../api/types.ts';
import { writeContext } from '../../../client/kubeconfig.ts';
import { Tokens } from '../../../controller/apiserver/auth/tokens.ts';
import { tlsListener, type TlsListener } from '../../../controller/apiserver/tls-listener.ts';
import { servingCertificate } from '../../../controller/apiserver/tls/serving-certificate.ts';
import { adminUser } from '../../../controller/apiserver/users.ts';
import { startControllers } from '../../../controller/controllers.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { until } from '../../support/wait.ts';
import { controllerRevisions } from '../../api/validation/workloads/controller-revision.ts';
import { daemonSets } from '../../api/validation/workloads/daemon-set.ts';
import { disruptionBudgets } from '../../api/validation/workloads/disruption-budget.ts';
import { podTemplates } from '../../api/validation/workloads/pod-template.ts';
import { replicationControllers } from '../../api/validation/workloads/replication-controller.ts';
import { statefulSets } from '../../api/validation/workloads/stateful-set.ts';
import { testCluster, type TestCluster } from './cluster.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;
const samples = [
  statefulSets,
  daemonSets,
  replicationControllers,
  controllerRevisions,
  podTemplates,
  disruptionBudgets,
].map(({ good }) => good);
/** As long as kubectl waits for what does not come: it must give up by itself. */
const giveUp = '--timeout=1s';

/** The stock kubectl with workloads; the controllers run, and no host is there. */
describe('kubectl, of workloads', function () {
  this.timeout(60_000);
  let folder: string;
  let cluster: TestCluster;
  let listener: TlsListener;
  let controllers: Awaited<ReturnType<typeof startControllers>>;
  let environment: NodeJS.ProcessEnv;
  before(async function () {
    if (!isInstalled) {
      if (process.env['CI'] === 'true')
        throw new Error('kubectl is not on the PATH: install it (https://kubernetes.io/docs/tasks/tools)');
      console.log('      skipped: install kubectl (https://kubernetes.io/docs/tasks/tools) to run these');
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'kith-kubectl-'));
    cluster = await testCluster(systemClock);
    const certificate = await servingCertificate(folder, systemClock);
    const tokens = new Tokens().add('token', adminUser);
    const { apiServer, client } = cluster;
    listener = await tlsListener({ apiServer, certificate, tokens, port: 0, clock: systemClock });
    controllers = await startControllers({
      client,
      clock: systemClock,
      random: seededRandom(3),
      log: silentLog,
      hearing: { lastHeardAt: () => systemClock.now(), goodbye: () => false, probe: async () => false },
    });
    const kubeconfig = join(folder, 'kubeconfig');
    const { server } = listener;
    await writeContext(kubeconfig, { name: 'kith', server, ca: certificate.ca, token: 'token' });
    environment = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
  });
  after(async () => {
    if (!cluster) return;
    await controllers.stop();
    await cluster.close();
    await listener.close(500);
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: string[], input?: string) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const child = execFile('kubectl', args, { env: environment, timeout: 30_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      );
      child.stdin!.end(input ?? '');
    });
  const kubectl = async (args: string | string[], input?: string): Promise<string> => {
    const { code, out, err } = await run(typeof args === 'string' ? args.split(' ') : args, input);
    assert.equal(code, 0, `kubectl ${args}: ${err}`);
    return out;
  };
  const object = <T extends object>(kind: string, name: string) =>
    cluster.client.get<T>({ kind, namespace: 'default', name });

  it('creates deployments, jobs and cron jobs by its generators', async () => {
    await kubectl('create deployment web --image=hello:1 --replicas=2');
    assert.equal((await object<Deployment>('Deployment', 'web')).spec!.replicas, 2);
    await kubectl('create job once --image=hello:1');
    const once = await object<Job>('Job', 'once');
    assert.equal(once.spec!.template.spec!.restartPolicy, 'Never');
    assert.equal(once.spec!.template.metadata!.labels!['controller-uid'], once.metadata!.uid);
    await kubectl(['create', 'cronjob', 'often', '--image=hello:1', '--schedule=*/5 * * * *']);
    assert.equal((await object<CronJob>('CronJob', 'often')).spec.schedule, '*/5 * * * *');
    await kubectl('create job now --from=cronjob/often');
    assert.equal((await object<Job>('Job', 'now')).metadata!.ownerReferences![0]!.kind, 'CronJob');
    await assert.rejects(
      kubectl(['create', 'cronjob', 'x', '--image=hello:1', '--schedule=often']),
      /spec.schedule: Invalid value: "often": expected exactly 5 fields, found 1: \[often\]/,
    );
  });

  it('sets an autoscaler before a deployment', async () => {
    await kubectl('autoscale deployment web --min=2 --max=5 --cpu-percent=60');
    const { spec } = await object<HorizontalPodAutoscaler>('HorizontalPodAutoscaler', 'web');
    assert.deepEqual([spec.minReplicas, spec.maxReplicas, spec.scaleTargetRef.name], [2, 5, 'web']);
    assert.equal(spec.metrics?.[0]?.resource?.target.averageUtilization, 60);
    assert.match(await kubectl('get hpa'), /web +Deployment\/web +cpu: <unknown>\/60% +2 +5 +0 +\S+\n/);
  });

  it('shows the history of a deployment and goes back in it', async () => {
    const revision = async () =>
      (await object<Deployment>('Deployment', 'web')).metadata!.annotations?.[
        'deployment.kubernetes.io/revision'
      ];
    await until('the first revision', async () => (await revision()) === '1', 5_000);
    await kubectl('set image deployment/web hello=hello:2');
    await until('the second revision', async () => (await revision()) === '2', 5_000);
    assert.match(await kubectl('rollout history deployment/web'), /\n1 +<none>\n2 +<none>\n/);
    assert.match(await kubectl('rollout history deployment/web --revision=1'), /Image:\thello:1/);
    assert.match(await kubectl('rollout undo deployment/web'), /deployment.apps\/web rolled back/);
    await until('the third revision', async () => (await revision()) === '3', 5_000);
    assert.equal(
      (await object<Deployment>('Deployment', 'web')).spec!.template.spec!.containers[0]!.image,
      'hello:1',
    );
    assert.match(await kubectl('rollout history deployment/web'), /\n2 +<none>\n3 +<none>\n/);
  });

  it('applies one of each kind, lists all of it, and describes each with what is to be known of it', async () => {
    await kubectl('apply -f -', samples.map((each) => JSON.stringify(each)).join('\n---\n'));
    const all = await kubectl('get all');
    for (const name of [
      'deployment.apps/web',
      'statefulset.apps/web',
      'daemonset.apps/web',
      'replicationcontroller/web',
      'job.batch/once',
      'cronjob.batch/often',
      'horizontalpodautoscaler.autoscaling/web',
    ])
      assert.match(all, new RegExp(`^${name} `, 'm'));
    const told = async (kind: string) =>
      until(
        `the event of ${kind}`,
        async () => {
          const text = await kubectl(`describe ${kind}`);
          return /NoController/.test(text) && text;
        },
        5_000,
      );
    assert.match(await told('sts/web'), /Replicas: +1 desired \| 0 total/);
    assert.match(await told('ds/web'), /Desired Number of Nodes Scheduled: 0/);
    assert.match(await told('rc/web'), /Replicas: +0 current \/ 1 desired/);
    assert.match(await told('job/once'), /Pods Statuses: +0 Active/);
    assert.match(await told('cj/often'), /Schedule: +\*\/5 \* \* \* \*/);
    assert.match(
      await told('hpa/web'),
      /resource cpu on pods +\(as a percentage of request\): +<unknown> \/ 60%/,
    );
    assert.match(await kubectl('describe deploy/web'), /NewReplicaSet: +web-\S+ \(2\/2 replicas created\)/);
    assert.match(await kubectl('describe controllerrevision/web'), /Revision: +1/);
    assert.match(await kubectl('describe podtemplate/web'), /Image: +hello:1/);
    assert.match(await kubectl('describe pdb/web'), /Min available: +1/);
  });

  it('waits in vain for what nothing acts on, and says so', async () => {
    for (const args of [
      `rollout status sts/web ${giveUp}`,
      `rollout status ds/web ${giveUp}`,
      `wait job/once --for=condition=complete ${giveUp}`,
    ]) {
      const { code, err } = await run(args.split(' '));
      assert.equal(code, 1, args);
      assert.match(err, /timed out waiting for the condition/);
    }
  });

  it('scales, restarts and pauses', async () => {
    await kubectl('scale sts/web rc/web --replicas=4');
    assert.match(
      await kubectl('get sts,rc -o wide'),
      /statefulset.apps\/web +0\/4 [^]*controller\/web +4 +0 +0/,
    );
    await kubectl('rollout restart sts/web');
    const { spec } = await object<StatefulSet>('StatefulSet', 'web');
    assert.ok(spec!.template.metadata!.annotations!['kubectl.kubernetes.io/restartedAt']);
    await kubectl('rollout pause deployment/web');
    assert.equal((await object<Deployment>('Deployment', 'web')).spec!.paused, true);
    await kubectl('rollout resume deployment/web');
    assert.equal((await object<Deployment>('Deployment', 'web')).spec!.paused ?? false, false);
  });

  it('deletes a job with what it made, or without', async () => {
    assert.match(await kubectl('delete job once now'), /job.batch "once" deleted\njob.batch "now" deleted/);
    await kubectl('create job left --image=hello:1');
    await kubectl('delete job left --cascade=orphan');
    const { err } = await run(['get', 'job', 'left']);
    assert.match(err, /NotFound/);
  });
});
