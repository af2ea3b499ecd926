import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNotFound } from '../../../api/errors.ts';
import type {
  CertificateSigningRequest,
  ClusterRole,
  ClusterRoleBinding,
  Ingress,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Role,
  RoleBinding,
} from '../../../api/types.ts';
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
import { certificates } from '../../api/validation/cluster/certificates.ts';
import { networking } from '../../api/validation/cluster/networking.ts';
import { policies } from '../../api/validation/cluster/policies.ts';
import { rights } from '../../api/validation/cluster/rights.ts';
import { storage } from '../../api/validation/cluster/storage.ts';
import { pod, testCluster, type TestCluster } from './cluster.ts';

const isInstalled = spawnSync('kubectl', ['version', '--client']).status === 0;
/** Objects in order, one of each kind. */
const samples = [...networking, ...rights, ...storage, ...policies, ...certificates].map(
  ({ object }) => object,
);

/** The stock kubectl with the kinds of the cluster's own; the controllers run, so that budgets and quotas are kept. */
describe('kubectl, of the cluster', function () {
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
    listener = await tlsListener({
      apiServer: cluster.apiServer,
      certificate,
      tokens,
      port: 0,
      clock: systemClock,
    });
    controllers = await startControllers({
      client: cluster.client,
      clock: systemClock,
      random: seededRandom(3),
      log: silentLog,
      hearing: { lastHeardAt: () => systemClock.now(), goodbye: () => false, probe: async () => false },
    });
    const kubeconfig = join(folder, 'kubeconfig');
    await writeContext(kubeconfig, {
      name: 'kith',
      server: listener.server,
      ca: certificate.ca,
      token: 'token',
    });
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
  const kubectl = async (args: string, input?: string): Promise<string> => {
    const { code, out, err } = await run(args.split(' '), input);
    assert.equal(code, 0, `kubectl ${args}: ${err}`);
    return out;
  };
  const create = (args: string) => kubectl(`create ${args}`);
  const get = <T extends object>(kind: string, name: string, namespace?: string) =>
    cluster.client.get({ kind, name, ...(namespace && { namespace }) }) as Promise<unknown> as Promise<T>;

  it('applies, shows, describes and deletes one of each kind', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: samples };
    assert.equal(
      (await kubectl('apply -f -', JSON.stringify(list))).trim().split('\n').length,
      samples.length,
    );
    const named = samples.map(({ kind, metadata }) => `${kind}/${String(metadata['name'])}`);
    const shown = await kubectl(`get ${named.join(' ')} -o wide`);
    assert.equal(shown.split('\n').filter((line) => line.startsWith('NAME ')).length, samples.length);
    const described = await kubectl(`describe ${named.join(' ')}`);
    for (const { metadata } of samples)
      assert.match(described, new RegExp(`^Name: +${String(metadata['name'])}$`, 'm'));
    assert.match(await kubectl('apply -f -', JSON.stringify(list)), /unchanged/);
    const gone = await kubectl('delete -f - --timeout=20s', JSON.stringify(list));
    assert.equal(gone.trim().split('\n').length, samples.length);
    await assert.rejects(get('PersistentVolumeClaim', 'data', 'default'), isNotFound);
  });

  it('creates a quota, and tells what is left of it', async () => {
    await create('quota few --hard=configmaps=1,count/secrets=2');
    const { spec } = await get<ResourceQuota>('ResourceQuota', 'few', 'default');
    assert.deepEqual(spec!.hard, { configmaps: '1', 'count/secrets': '2' });
    await cluster.client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'a' },
    });
    await until('the status of the quota', async () =>
      (await kubectl('get quota few')).includes('configmaps: 1/1, count/secrets: 0/2'),
    );
    assert.match(await kubectl('describe quota few'), /configmaps +1 +1\ncount\/secrets +0 +2/);
    const more = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n';
    assert.match(
      (await run(['apply', '-f', '-'], more)).err,
      /configmaps "b" is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=1, limited: configmaps=1/,
    );
    await kubectl('delete quota few');
  });

  it('creates priority classes, roles and their bindings', async () => {
    await create('priorityclass high --value=1000 --description=high --preemption-policy=Never');
    const { value, preemptionPolicy } = await get<PriorityClass>('PriorityClass', 'high');
    assert.deepEqual([value, preemptionPolicy], [1000, 'Never']);
    assert.match(await kubectl('get pc'), /system-node-critical +2000001000 +false/);
    await create('role reader --verb=get,list --resource=pods,deployments.apps');
    assert.deepEqual((await get<Role>('Role', 'reader', 'default')).rules, [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
    ]);
    await create('clusterrole prober --verb=get --non-resource-url=/healthz');
    assert.deepEqual((await get<ClusterRole>('ClusterRole', 'prober')).rules, [
      { nonResourceURLs: ['/healthz'], verbs: ['get'] },
    ]);
    await create('rolebinding readers --role=reader --user=ann --serviceaccount=default:default');
    const { subjects } = await get<RoleBinding>('RoleBinding', 'readers', 'default');
    assert.deepEqual(
      subjects!.map(({ kind, name }) => [kind, name]),
      [
        ['User', 'ann'],
        ['ServiceAccount', 'default'],
      ],
    );
    await create('clusterrolebinding probers --clusterrole=prober --group=people');
    assert.equal((await get<ClusterRoleBinding>('ClusterRoleBinding', 'probers')).roleRef.name, 'prober');
    assert.match(
      await kubectl('get rolebinding -o wide'),
      /readers +Role\/reader +\S+ +ann +default\/default/,
    );
  });

  it('creates an Ingress', async () => {
    await create('ingress web --class=nginx --rule=a.example/x*=web:80,tls=secret');
    const { spec } = await get<Ingress>('Ingress', 'web', 'default');
    assert.equal(spec!.rules![0]!.http!.paths[0]!.backend.service!.name, 'web');
    assert.match(await kubectl('get ingress web'), /web +nginx +a.example +80, 443/);
    await kubectl('delete ingress web');
  });

  it('drains a node as a disruption budget lets it', async () => {
    await create('poddisruptionbudget web --selector=app=web --min-available=1');
    await cluster.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'attic' } });
    const start = async (name: string, node: string) => {
      const made = pod(name, { nodeName: node });
      made.metadata!.labels = { app: 'web' };
      await cluster.client.create(made);
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      const ref = { kind: 'Pod', namespace: 'default', name };
      await cluster.client.patch(ref, 'merge', { status }, { subresource: 'status' });
    };
    await start('one', 'attic');
    const budget = () => get<PodDisruptionBudget>('PodDisruptionBudget', 'web', 'default');
    await until('the status of the budget', async () => (await budget()).status?.expectedPods === 1);
    const refused = await run(['drain', 'attic', '--force', '--timeout=3s']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, /Cannot evict pod as it would violate the pod's disruption budget/);
    assert.equal((await get<Pod>('Pod', 'one', 'default')).metadata!.deletionTimestamp, undefined);
    assert.match(await kubectl('get pdb web'), /web +1 +N\/A +0/);

    await cluster.client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'cellar' } });
    await start('two', 'cellar');
    await until('room in the budget', async () => (await budget()).status?.disruptionsAllowed === 1);
    const draining = kubectl('drain attic --force --timeout=20s');
    // The host's agent is who ends a pod: here nobody runs it.
    await until('the eviction', async () =>
      Boolean((await get<Pod>('Pod', 'one', 'default')).metadata!.deletionTimestamp),
    );
    await cluster.client.delete(
      { kind: 'Pod', namespace: 'default', name: 'one' },
      { gracePeriodSeconds: 0 },
    );
    assert.match(await draining, /pod\/one evicted/);
    await kubectl('delete pdb web');
    await kubectl('uncordon attic');
  });

  it('approves and denies certificate signing requests', async () => {
    const { object } = certificates[0]!;
    for (const [name, verb, type] of [
      ['ann', 'approve', 'Approved'],
      ['bob', 'deny', 'Denied'],
    ] as const) {
      await kubectl('apply -f -', JSON.stringify({ ...object, metadata: { name } }));
      assert.match(await kubectl(`get csr ${name}`), /Pending/);
      await kubectl(`certificate ${verb} ${name}`);
      const { status } = await get<CertificateSigningRequest>('CertificateSigningRequest', name);
      assert.deepEqual(
        status!.conditions!.map((each) => each.type),
        [type],
      );
      assert.match(await kubectl(`get csr ${name}`), new RegExp(type));
    }
  });

  it('lists Events of both groups', async () => {
    const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' };
    await cluster.client.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'a', namespace: 'default' },
      involvedObject: about,
      reason: 'Started',
      message: 'it runs',
      type: 'Normal',
    } as never);
    assert.match(await kubectl('get events'), /Normal +Started +pod\/web +it runs/);
    assert.match(await kubectl('get events.events.k8s.io'), /Normal +Started +pod\/web +it runs/);
    assert.match(await kubectl('events --for pod/web'), /it runs/);
  });
});
