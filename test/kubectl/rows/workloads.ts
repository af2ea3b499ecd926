import assert from 'node:assert/strict';
import type {
  Deployment,
  EndpointSlice,
  HorizontalPodAutoscaler,
  Pod,
  RoleBinding,
  Service,
  StatefulSet,
} from '../../../api/types.ts';
import { until } from '../../support/wait.ts';
import { boxImage } from '../../support/podman.ts';
import { row, type Row } from '../support/row.ts';
import type { Trial } from '../support/trial.ts';
import { manifest, namesOf, parked, pod, settings, web, webService } from './things.ts';

const theDeployment = (trial: Trial) => trial.get<Deployment>('Deployment', 'web');
const theContainer = async (trial: Trial) => (await theDeployment(trial)).spec!.template.spec!.containers[0]!;
const theService = (trial: Trial) => trial.get<Service>('Service', 'web');
const revisionOf = ({ metadata }: Deployment) => metadata!.annotations?.['deployment.kubernetes.io/revision'];
/** So many, all of the newest template, and none of an older one left. */
const isReady =
  (count: number) =>
  ({ metadata, status }: Deployment) =>
    status?.observedGeneration === metadata!.generation &&
    [status?.readyReplicas, status?.updatedReplicas, status?.replicas].every((each) => each === count);

/** A deployment without pods, at revision 2: hello:v1, then hello:v2. */
async function twoRevisions(trial: Trial): Promise<void> {
  await trial.create(web(0));
  await trial.becomes<Deployment>('Deployment', 'web', 'revision 1', (each) => revisionOf(each) === '1');
  const image = { spec: { template: { spec: { containers: [{ name: 'web', image: 'hello:v2' }] } } } };
  await trial.client.patch({ kind: 'Deployment', namespace: trial.name, name: 'web' }, 'strategic', image);
  await trial.becomes<Deployment>('Deployment', 'web', 'revision 2', (each) => revisionOf(each) === '2');
}

const statefulSet = (): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web' },
  spec: { serviceName: 'web', replicas: 1, selector: web().spec!.selector, template: web().spec!.template },
});

export const workloadRows: readonly Row[] = [
  row('run', '--image, --port, --env, --labels', async (trial) => {
    await trial.kubectl('run one --image=hello:v1 --port=8080 --env=GREETING=Hi --labels=app=web');
    const { metadata, spec } = await trial.becomes<Pod>(
      'Pod',
      'one',
      'runs',
      ({ status }) => status?.phase === 'Running',
    );
    assert.deepEqual(metadata!.labels, { app: 'web' });
    assert.partialDeepStrictEqual(spec!.containers[0], {
      env: [{ name: 'GREETING', value: 'Hi' }],
      ports: [{ containerPort: 8080 }],
    });
  }),
  row(
    'run',
    '--command, --restart, --overrides, in podman',
    async (trial) => {
      const overrides = '--overrides={"spec":{"runtimeClassName":"podman"}}';
      await trial.kubectl(`run one --image=${boxImage} --restart=Never ${overrides} --command -- true`);
      const { spec } = await trial.becomes<Pod>(
        'Pod',
        'one',
        'succeeds',
        ({ status }) => status?.phase === 'Succeeded',
      );
      assert.deepEqual(spec!.containers[0]!.command, ['true']);
    },
    { needs: 'podman' },
  ),
  row('run', '--expose, --dry-run', async (trial) => {
    const made = await trial.kubectl(
      'run one --image=hello:v1 --port=8080 --expose --dry-run=client -o name',
    );
    assert.match(made, /^service\/one\npod\/one\n$/);
    assert.ok(await trial.isGone('Pod', 'one'));
    await trial.kubectl('run one --image=hello:v1 --port=8080 --expose');
    await trial.get('Pod', 'one');
    assert.deepEqual((await trial.get<Service>('Service', 'one')).spec!.selector, { run: 'one' });
  }),
  row('expose', 'a Deployment, and its pods are found', async (trial) => {
    await trial.create(web(1));
    await trial.kubectl('expose deployment web --port=80 --target-port=8080');
    const { spec } = await theService(trial);
    assert.deepEqual(spec!.selector, { app: 'web' });
    assert.match(spec!.clusterIP!, /^10\./);
    await until(
      'its endpoint is ready',
      async () => {
        const slices = await trial.list<EndpointSlice>('EndpointSlice', 'kubernetes.io/service-name=web');
        return slices.some(
          ({ endpoints, ports }) =>
            (endpoints ?? []).some(({ conditions }) => conditions?.ready) && ports?.[0]!.port === 8080,
        );
      },
      30_000,
    );
  }),
  row('expose', 'a Pod and a Service: --name, --labels, --protocol', async (trial) => {
    await trial.create(pod('one', parked, { app: 'web' }));
    await trial.kubectl('expose pod one --port=80 --target-port=8080 --name=web --labels=a=b');
    assert.deepEqual((await theService(trial)).spec!.selector, { app: 'web' });
    assert.deepEqual((await theService(trial)).metadata!.labels, { a: 'b' });
    await trial.kubectl('expose service web --port=443 --target-port=8443 --name=secure');
    const { spec } = await trial.get<Service>('Service', 'secure');
    assert.partialDeepStrictEqual(spec, {
      selector: { app: 'web' },
      ports: [{ port: 443, targetPort: 8443 }],
    });
  }),
  row('expose', '--type=NodePort, --session-affinity', async (trial) => {
    await trial.create(web(0));
    await trial.kubectl('expose deployment web --port=80 --type=NodePort --session-affinity=ClientIP');
    const { spec } = await theService(trial);
    assert.equal(spec!.sessionAffinity, 'ClientIP');
    assert.ok(spec!.ports![0]!.nodePort! >= 30_000);
  }),
  row('set image', '', async (trial) => {
    await trial.create(web(1));
    await trial.becomes('Deployment', 'web', 'is ready', isReady(1));
    const [before] = namesOf(await trial.list('Pod'));
    await trial.kubectl('set image deployment/web web=nowhere:v9');
    assert.equal((await theContainer(trial)).image, 'nowhere:v9');
    await trial.kubectl('set image deployment/web *=hello:v1');
    assert.equal((await theContainer(trial)).image, 'hello:v1');
    await trial.becomes('Deployment', 'web', 'is ready again', isReady(1));
    await until('only what ran all the time is left', async () => {
      const names = namesOf(await trial.list('Pod'));
      return names.length === 1 && names[0] === before;
    });
  }),
  row('set env', '', async (trial) => {
    await trial.create(web(0));
    await trial.create(settings('more', { a: 'b' }));
    await trial.kubectl('set env deployment/web GREETING=Hi GONE=soon');
    await trial.kubectl('set env deployment/web --from=configmap/more --prefix=MORE_ GONE-');
    assert.deepEqual((await theContainer(trial)).env, [
      { name: 'GREETING', value: 'Hi' },
      { name: 'MORE_A', valueFrom: { configMapKeyRef: { key: 'a', name: 'more' } } },
    ]);
    assert.match(await trial.kubectl('set env deployment/web --list --resolve'), /GREETING=Hi\nMORE_A=b/);
  }),
  row('set resources', '--limits, --requests', async (trial) => {
    await trial.create(web(0));
    await trial.kubectl('set resources deployment web --limits=memory=256Mi --requests=cpu=50m,memory=64Mi');
    assert.deepEqual((await theContainer(trial)).resources, {
      limits: { memory: '256Mi' },
      requests: { cpu: '50m', memory: '64Mi' },
    });
  }),
  row('set selector', '', async (trial) => {
    await trial.create(webService());
    await trial.kubectl('set selector service web app=other,tier=front');
    assert.deepEqual((await theService(trial)).spec!.selector, { app: 'other', tier: 'front' });
  }),
  row('set serviceaccount', '', async (trial) => {
    await trial.create(web(0));
    await trial.kubectl('set serviceaccount deployment web robot');
    assert.equal((await theDeployment(trial)).spec!.template.spec!.serviceAccountName, 'robot');
  }),
  row('set subject', '', async (trial) => {
    await trial.kubectl('create rolebinding readers --clusterrole=view --user=ann');
    await trial.kubectl(`set subject rolebinding readers --user=bob --serviceaccount=${trial.name}:robot`);
    const { subjects } = await trial.get<RoleBinding>('RoleBinding', 'readers');
    assert.deepEqual(
      subjects!.map(({ kind, name }) => `${kind} ${name}`),
      ['User ann', 'User bob', 'ServiceAccount robot'],
    );
  }),
  row('scale', '--replicas', async (trial) => {
    await trial.create(web(1));
    await trial.becomes('Deployment', 'web', 'is ready', isReady(1));
    const [first] = namesOf(await trial.list('Pod'));
    await trial.kubectl('scale deployment web --replicas=2');
    await trial.becomes('Deployment', 'web', 'has two', isReady(2));
    assert.ok(namesOf(await trial.list('Pod')).includes(first!), 'the first stays');
    await trial.kubectl('scale deployment web --replicas=0');
    await trial.becomes<Deployment>('Deployment', 'web', 'has none', ({ status }) => !status?.replicas);
    await until('no pod is left', async () => (await trial.list('Pod')).length === 0);
  }),
  row('scale', '--current-replicas, --resource-version, -f', async (trial) => {
    await trial.create(web(0));
    await trial.file('web.yaml', manifest(web()));
    assert.match(
      await trial.fails('scale deployment web --current-replicas=5 --replicas=1'),
      /Expected replicas to be 5, was 0/,
    );
    const refused = await trial.fails('scale deployment web --resource-version=1 --replicas=1');
    assert.match(refused, /Expected resource version to be 1|has been modified/);
    assert.equal((await theDeployment(trial)).spec!.replicas, 0);
    await trial.client.patch({ kind: 'Deployment', namespace: trial.name, name: 'web' }, 'merge', {
      spec: { paused: true },
    });
    await trial.kubectl('scale -f web.yaml --current-replicas=0 --replicas=1');
    assert.equal((await theDeployment(trial)).spec!.replicas, 1);
  }),
  row('scale', 'a ReplicaSet, a StatefulSet and a ReplicationController at once', async (trial) => {
    const { template } = web(0, parked).spec!;
    const spec = { replicas: 0, selector: { matchLabels: { app: 'web' } }, template };
    await trial.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web' },
      spec,
    } as object);
    await trial.create(statefulSet());
    await trial.create({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'web' },
      spec: { replicas: 1, selector: { app: 'web' }, template },
    } as object);
    await trial.kubectl('scale rs/web sts/web rc/web --replicas=2');
    for (const kind of ['ReplicaSet', 'StatefulSet', 'ReplicationController'])
      assert.equal((await trial.get<Deployment>(kind, 'web')).spec!.replicas, 2, kind);
  }),
  row('autoscale', '--min, --max, --cpu-percent, --name', async (trial) => {
    await trial.create(web(0));
    await trial.kubectl('autoscale deployment web --min=2 --max=5 --cpu-percent=60');
    const { spec } = await trial.get<HorizontalPodAutoscaler>('HorizontalPodAutoscaler', 'web');
    assert.deepEqual([spec.minReplicas, spec.maxReplicas, spec.scaleTargetRef.name], [2, 5, 'web']);
    assert.equal(spec.metrics?.[0]?.resource?.target.averageUtilization, 60);
    await trial.kubectl('autoscale deployment web --max=3 --name=other');
    await trial.get('HorizontalPodAutoscaler', 'other');
    assert.match(await trial.kubectl('get hpa web'), /^web +Deployment\/web +cpu: <unknown>\/60% +2 +5 /m);
  }),
  row('rollout status', '', async (trial) => {
    await trial.create(web(1));
    assert.match(
      await trial.kubectl('rollout status deployment/web --timeout=40s'),
      /successfully rolled out/,
    );
    assert.ok(isReady(1)(await theDeployment(trial)));
    await trial.client.patch({ kind: 'Deployment', namespace: trial.name, name: 'web' }, 'merge', {
      metadata: { labels: { changed: 'yes' } },
      spec: { template: { metadata: { annotations: { changed: 'yes' } } } },
    });
    const status = trial.start('rollout status deployment/web --timeout=40s');
    assert.equal(await status.ended, 0, status.text);
    assert.match(status.lines.at(-1)!, /successfully rolled out/);
    assert.equal((await theDeployment(trial)).status!.updatedReplicas, 1);
  }),
  row('rollout status', '--timeout, --watch=false', async (trial) => {
    await trial.create(web(1, parked));
    assert.match(
      await trial.fails('rollout status deployment/web --timeout=1s'),
      /timed out waiting for the condition/,
    );
    assert.match(
      await trial.kubectl('rollout status deployment/web --watch=false'),
      /^Waiting for deployment/,
    );
  }),
  row('rollout status', 'of what nothing acts on yet: times out', async (trial) => {
    await trial.create(statefulSet());
    assert.match(
      await trial.fails('rollout status statefulset/web --timeout=1s'),
      /timed out waiting for the condition/,
    );
    await until('an Event says why', async () =>
      /NoController/.test(await trial.kubectl('events --for=statefulset/web')),
    );
  }),
  row('rollout history', '', async (trial) => {
    await twoRevisions(trial);
    assert.equal((await theDeployment(trial)).metadata!.generation, 2, 'nobody asked for more');
    await trial.kubectl('annotate deployment/web kubernetes.io/change-cause=newer');
    await until('the cause is told', async () =>
      /\n1 +<none>\n2 +newer\n/.test(await trial.kubectl('rollout history deployment/web')),
    );
  }),
  row('rollout history', '--revision', async (trial) => {
    await twoRevisions(trial);
    assert.match(await trial.kubectl('rollout history deployment/web --revision=1'), /Image:\thello:v1/);
    assert.match(await trial.kubectl('rollout history deployment/web --revision=2'), /Image:\thello:v2/);
  }),
  row('rollout undo', '', async (trial) => {
    await twoRevisions(trial);
    assert.match(await trial.kubectl('rollout undo deployment/web'), /rolled back/);
    await trial.becomes<Deployment>('Deployment', 'web', 'revision 3', (each) => revisionOf(each) === '3');
    assert.equal((await theContainer(trial)).image, 'hello:v1');
    assert.match(await trial.kubectl('rollout history deployment/web'), /\n2 +<none>\n3 +<none>\n/);
  }),
  row('rollout undo', '--to-revision, --dry-run', async (trial) => {
    await twoRevisions(trial);
    await trial.kubectl('rollout undo deployment/web --to-revision=1 --dry-run=server');
    assert.equal((await theContainer(trial)).image, 'hello:v2');
    await trial.kubectl('rollout undo deployment/web --to-revision=1');
    assert.equal((await theContainer(trial)).image, 'hello:v1');
    assert.match(
      await trial.fails('rollout undo deployment/web --to-revision=9'),
      /unable to find specified revision/,
    );
  }),
  row('rollout pause', '', async (trial) => {
    await twoRevisions(trial);
    await trial.kubectl('rollout pause deployment/web');
    assert.equal((await theDeployment(trial)).spec!.paused, true);
    await trial.kubectl('set image deployment/web web=hello:v3');
    await trial.becomes<Deployment>(
      'Deployment',
      'web',
      'has been seen',
      ({ metadata, status }) => status?.observedGeneration === metadata!.generation,
    );
    assert.equal((await trial.list('ReplicaSet')).length, 2, 'no new one while it is paused');
    assert.match(await trial.fails('rollout restart deployment/web'), /can't restart paused deployment/);
  }),
  row('rollout resume', '', async (trial) => {
    await trial.create({ ...web(0), spec: { ...web(0).spec!, paused: true } });
    await trial.kubectl('rollout resume deployment/web');
    assert.ok(!(await theDeployment(trial)).spec!.paused);
    await until('it rolls out', async () => (await trial.list('ReplicaSet')).length === 1);
  }),
  row('rollout restart', '', async (trial) => {
    await trial.create(web(1));
    await trial.becomes('Deployment', 'web', 'is ready', isReady(1));
    const [before] = namesOf(await trial.list('Pod'));
    await trial.kubectl('rollout restart deployment/web');
    assert.ok(
      (await theDeployment(trial)).spec!.template.metadata!.annotations!['kubectl.kubernetes.io/restartedAt'],
    );
    await until(
      'another pod is in its place',
      async () => {
        const names = namesOf(await trial.list('Pod'));
        return names.length === 1 && names[0] !== before && isReady(1)(await theDeployment(trial));
      },
      30_000,
    );
  }),
  row('rollout restart', '-l, of a StatefulSet', async (trial) => {
    await trial.create({ ...statefulSet(), metadata: { name: 'web', labels: { app: 'web' } } });
    await trial.kubectl('rollout restart statefulset -l app=web');
    const { spec } = await trial.get<StatefulSet>('StatefulSet', 'web');
    assert.ok(spec!.template.metadata!.annotations!['kubectl.kubernetes.io/restartedAt']);
  }),
  row('wait', '--for=condition', async (trial) => {
    await trial.create(pod('one', {}));
    assert.match(
      await trial.kubectl('wait --for=condition=Ready pod/one --timeout=40s'),
      /pod\/one condition met/,
    );
    const { status } = await trial.get<Pod>('Pod', 'one');
    assert.ok(status!.conditions!.some(({ type, status: is }) => type === 'Ready' && is === 'True'));
    await trial.create(pod('parked'));
    assert.match(
      await trial.fails('wait --for=condition=Ready pod/parked --timeout=1s'),
      /timed out waiting for the condition on pods\/parked/,
    );
    await trial.kubectl('wait --for=condition=PodScheduled=False pod/parked --timeout=20s');
  }),
  row('wait', '--for=delete', async (trial) => {
    await trial.create({ ...settings('one'), metadata: { name: 'one', finalizers: ['example.com/held'] } });
    const waiting = trial.start('wait --for=delete configmap/one --timeout=40s');
    const ref = { kind: 'ConfigMap', namespace: trial.name, name: 'one' };
    await trial.client.delete(ref);
    assert.equal(waiting.child.exitCode, null);
    await trial.client.patch(ref, 'merge', { metadata: { finalizers: [] } });
    assert.equal(await waiting.ended, 0, waiting.text);
    assert.ok(await trial.isGone('ConfigMap', 'one'));
  }),
  row('wait', '--for=jsonpath', async (trial) => {
    await trial.create(settings('one', { state: 'before' }));
    const waiting = trial.start([
      'wait',
      '--for=jsonpath={.data.state}=after',
      'configmap/one',
      '--timeout=40s',
    ]);
    await trial.client.patch({ kind: 'ConfigMap', namespace: trial.name, name: 'one' }, 'merge', {
      data: { state: 'after' },
    });
    assert.equal(await waiting.ended, 0, waiting.text);
    await trial.kubectl(['wait', '--for=jsonpath={.data.state}', 'configmap/one', '--timeout=5s']);
  }),
  row(
    'wait',
    '--for=create',
    async (trial) => {
      const waiting = trial.start('wait --for=create configmap/one --timeout=40s');
      await trial.create(settings('one'));
      assert.equal(await waiting.ended, 0, waiting.text);
    },
    { since: 31 },
  ),
  row('wait', '--all, -l', async (trial) => {
    for (const name of ['one', 'two']) await trial.create(pod(name, parked, { set: name }));
    const unscheduled = '--for=condition=PodScheduled=False --timeout=20s';
    assert.match(
      await trial.kubectl(`wait pods --all ${unscheduled}`),
      /one condition met\npod\/two condition met/,
    );
    assert.equal(await trial.kubectl(`wait pods -l set=two ${unscheduled}`), 'pod/two condition met\n');
  }),
];
