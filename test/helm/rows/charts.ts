import assert from 'node:assert/strict';
import type {
  ConfigMap,
  CronJob,
  Deployment,
  Event,
  Namespace,
  Pod,
  PodDisruptionBudget,
  ResourceQuota,
  Secret,
} from '../../../api/types.ts';
import { isForbidden, isNotFound } from '../../../api/errors.ts';
import type { KubeObject } from '../../../client/client.ts';
import { until } from '../../support/wait.ts';
import type { Helm } from '../support/release.ts';
import { row } from './row.ts';

const waiting = ['--wait', '--timeout', '60s'];
const names = ['web', 'app', 'community'];

/** What each chart's schema must refuse, by the value's name. */
const wrongValues: Record<string, [flags: string, named: RegExp][]> = {
  web: [
    ['replicaCount=many', /replicaCount/],
    ['replicas=2', /replicas/],
    ['service.port=0', /service[./]port/],
    ['minTrust=nobody', /minTrust/],
  ],
  app: [
    ['job.schedule=sometimes', /job[./]schedule/],
    ['config.NOT-A-NAME=1', /NOT-A-NAME/],
  ],
  community: [
    ['namespaces[0].name=Upper', /namespaces[./]0[./]name/],
    ['quota.pods=lots', /quota[./]pods/],
    ['priorities[0].name=x', /priorities[./]0/],
  ],
};

const secretOf = async (helm: Helm, name: string) =>
  Buffer.from((await helm.get<Secret>('Secret', name)).data?.['SESSION_KEY'] ?? '', 'base64').toString();

/** The charts that come with kith. */
export const charts = [
  row(
    'the charts that come with kith pass lint --strict, and their schemas name what is wrong',
    async (helm) => {
      for (const name of names) {
        const chart = await helm.copyOf(name);
        assert.match(await helm.must('lint', '--strict', chart), /1 chart\(s\) linted, 0 chart\(s\) failed/);
        for (const [flag, named] of wrongValues[name]!)
          assert.match(await helm.fails('template', 'x', chart, '--set', flag), named, flag);
        assert.match(await helm.must('show', 'readme', chart), /\| +default +\|/);
      }
    },
  ),
  row(
    'web: installs ready, answers in a browser, is asked by its test, grows, and goes',
    async (helm, ground) => {
      const chart = await helm.copyOf('web');
      const test = ['--set', 'test.image=busybox'];
      await helm.must('install', 'site', chart, ...test, '--set', 'env.GREETING=Servus', ...waiting);
      const { status } = await helm.get<Deployment>('Deployment', 'site-web');
      assert.equal(status?.readyReplicas, 2);
      const answer = await until('an answer', async () => {
        const { status: code, text } = await ground.ask('site-web', helm.namespace);
        return code === 200 && text;
      });
      assert.match(answer, /^Servus from site-web-/);
      assert.match(
        await helm.must('get', 'notes', 'site'),
        new RegExp(`http://site-web\\.${helm.namespace}\\.kith\\.localhost`),
      );
      assert.match(await helm.must('test', 'site', '--timeout', '40s'), /Phase: +Succeeded/);
      await until('the budget counts both', async () => {
        const budget = await helm.get<PodDisruptionBudget>('PodDisruptionBudget', 'site-web');
        return budget.status?.expectedPods === 2 && budget.status.disruptionsAllowed === 1;
      });
      await helm.must('upgrade', 'site', chart, '--reuse-values', '--set', 'replicaCount=3', ...waiting);
      assert.equal((await helm.get<Deployment>('Deployment', 'site-web')).status?.readyReplicas, 3);
      await helm.must('uninstall', 'site', ...waiting);
      for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget']) await helm.gone(kind, 'site-web');
    },
  ),
  row(
    'app: settings reach the pods, what was made up at random stays, a job is kept until something runs it',
    async (helm) => {
      const chart = await helm.copyOf('app');
      const set =
        '--set job.enabled=true --set secrets.values.API_TOKEN=t0ken --set config.GREETING=Hi'.split(' ');
      await helm.must('install', 'shop', chart, ...set, ...waiting);
      const [pod] = await helm.list<Pod>('Pod', 'app.kubernetes.io/component=server');
      assert.equal(pod!.metadata?.annotations?.['kith.home.arpa/min-trust'], 'friend');
      const key = await secretOf(helm, 'shop-app');
      assert.match(key, /^[A-Za-z0-9]{40}$/);
      await helm.must('upgrade', 'shop', chart, '--reuse-values', '--set', 'config.GREETING=Hej', ...waiting);
      assert.equal(await secretOf(helm, 'shop-app'), key);
      assert.equal((await helm.get<ConfigMap>('ConfigMap', 'shop-app')).data?.['GREETING'], 'Hej');
      const pods = await helm.list<Pod>('Pod', 'app.kubernetes.io/component=server');
      const live = pods.filter(({ metadata }) => !metadata?.deletionTimestamp);
      assert.ok(
        live.length >= 2 && live.every(({ metadata }) => metadata?.uid !== pod!.metadata?.uid),
        'new settings, new pods',
      );
      const job = await helm.get<CronJob>('CronJob', 'shop-app');
      assert.deepEqual([job.spec?.schedule, job.spec?.timeZone], ['0 4 * * *', 'Etc/UTC']);
      await until('an Event says that nothing runs it yet', async () =>
        (await helm.list<Event>('Event')).some(
          ({ reason, involvedObject }) => reason === 'NoController' && involvedObject.kind === 'CronJob',
        ),
      );
      await helm.must('rollback', 'shop', '1', ...waiting);
      assert.equal((await helm.get<ConfigMap>('ConfigMap', 'shop-app')).data?.['GREETING'], 'Hi');
      assert.equal(await secretOf(helm, 'shop-app'), key);
    },
  ),
  row(
    'community: namespaces with rights, quotas and defaults that act; they outlive the release',
    async (helm, ground) => {
      const chart = await helm.copyOf('community');
      const [ben, garden] = [`${helm.namespace}-ben`, `${helm.namespace}-garden`];
      const values = await helm.file(
        'values.yaml',
        `namespaces:
  - { name: ${ben}, owner: ben, admins: { users: [ben] } }
  - { name: ${garden}, editors: { groups: [gardeners] }, quota: { pods: '1', count/configmaps: '2' } }
`,
      );
      const release = helm.namespace;
      try {
        await helm.must('install', release, chart, '--values', values, ...waiting);
        const namespace = await helm.client.get<Namespace>({ kind: 'Namespace', name: ben });
        assert.equal(namespace.metadata?.annotations?.['kith.home.arpa/owner'], 'ben');

        const can = async (...words: string[]) =>
          (await ground.kubectl(['auth', 'can-i', ...words])).trim() === 'yes';
        assert.ok(await can('create', 'deployments', '-n', ben, '--as', 'ben'));
        assert.ok(await can('create', 'rolebindings', '-n', ben, '--as', 'ben'));
        assert.equal(await can('create', 'deployments', '-n', garden, '--as', 'ben'), false);
        assert.ok(await can('create', 'deployments', '-n', garden, '--as', 'eve', '--as-group', 'gardeners'));
        assert.equal(
          await can('create', 'rolebindings', '-n', garden, '--as', 'eve', '--as-group', 'gardeners'),
          false,
        );
        assert.ok(await can('list', 'nodes', '--as', 'eve', '--as-group', 'system:authenticated'));
        assert.equal(await can('delete', 'nodes', '--as', 'ben'), false);

        const pod = (name: string): Pod & KubeObject => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, namespace: garden },
          spec: { containers: [{ name: 'a', image: 'hello:v1' }] },
        });
        const first = await helm.client.create<Pod>(pod('first'));
        assert.deepEqual(first.spec?.containers[0]?.resources, {
          requests: { cpu: '50m', memory: '64Mi' },
          limits: { memory: '256Mi' },
        });
        assert.equal(first.spec?.priorityClassName, `${release}-usual`);
        await assert.rejects(helm.client.create<Pod>(pod('second')), (error: Error) => {
          assert.match(
            error.message,
            /exceeded quota: community, requested: pods=1, used: pods=1, limited: pods=1/,
          );
          return isForbidden(error);
        });
        const quota = await helm.client.get<ResourceQuota>({
          kind: 'ResourceQuota',
          namespace: ben,
          name: 'community',
        });
        assert.equal(quota.spec?.hard?.['pods'], '20');
        const policies = await helm.client.list('NetworkPolicy', { namespace: ben });
        assert.deepEqual(
          policies.items.map(({ metadata }) => metadata?.name),
          ['community-default'],
        );

        await helm.must('uninstall', release, ...waiting);
        assert.ok(await helm.client.get({ kind: 'Namespace', name: garden }), 'apps live in it');
        await assert.rejects(helm.client.get({ kind: 'PriorityClass', name: `${release}-usual` }));
        await assert.rejects(
          helm.client.get({ kind: 'ResourceQuota', namespace: garden, name: 'community' }),
        );
      } finally {
        for (const name of [ben, garden])
          await helm.client.delete({ kind: 'Namespace', name }).catch((error: Error) => {
            if (!isNotFound(error)) throw error;
          });
      }
    },
    // A cluster has one priority for pods that name none.
    { lane: 'priority by default' },
  ),
  row('kith chart: the charts by their names, in the cluster of the home', async (helm, ground) => {
    const kith = (words: string) => ground.chart(helm.version, `${words} -n ${helm.namespace}`.split(' '));
    assert.match(
      await kith('install site web --set replicaCount=1 --wait --timeout 40s'),
      /STATUS: deployed/,
    );
    assert.equal((await helm.get<Deployment>('Deployment', 'site-web')).status?.readyReplicas, 1);
    await kith('upgrade site web --reuse-values --set replicaCount=2 --wait --timeout 40s');
    assert.equal((await helm.get<Deployment>('Deployment', 'site-web')).status?.readyReplicas, 2);
    assert.match(await kith('list'), /^site\s+\S+\s+2\s/m);
    assert.match(await kith('status site'), /REVISION: 2/);
    await kith('rollback site 1 --wait --timeout 40s');
    assert.equal((await helm.get<Deployment>('Deployment', 'site-web')).spec?.replicas, 1);
    await kith('test site');
    await kith('uninstall site');
    await helm.gone('Deployment', 'site-web');
  }),
  row('kith chart on a machine that joined acts with the rights of its owner', async (helm, ground) => {
    const owner = `ben-${helm.version.major}`;
    const home = await ground.guest(owner);
    const kith = (words: string) =>
      ground.chart(helm.version, `${words} -n ${helm.namespace}`.split(' '), home);
    const install = 'install site web --set replicaCount=1 --wait --timeout 40s';
    await assert.rejects(kith(install), new RegExp(`forbidden: User "${owner}" cannot`));
    await helm.client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'owner', namespace: helm.namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: owner }],
    } as KubeObject);
    await kith(install);
    assert.equal((await helm.get<Deployment>('Deployment', 'site-web')).status?.readyReplicas, 1);
  }),
];
