import assert from 'node:assert/strict';
import type { DaemonSet, HorizontalPodAutoscalerV1, Job, Pod, PodTemplate } from '../../../api/types.ts';
import { pod, testCluster, type TestCluster } from './cluster.ts';

const template = (restartPolicy: string, labels: Record<string, string> = { app: 'web' }) => ({
  metadata: { labels },
  spec: { restartPolicy, containers: [{ name: 'web', image: 'hello:1' }] },
});
const jobs = '/apis/batch/v1/namespaces/default/jobs';
const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets';

describe('workloads in the API', () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await testCluster();
  });
  afterEach(() => cluster.close());

  const ask = async <T>(method: string, path: string, body?: unknown, type?: string): Promise<T> => {
    const { status, json } = await cluster.ask(method, path, { body, ...(type && { type }) });
    assert.ok(status < 300, `${method} ${path}: ${status} ${json.message}`);
    return json as T;
  };
  const merge = <T>(path: string, body: unknown) =>
    ask<T>('PATCH', path, body, 'application/merge-patch+json');
  const job = (spec: object = {}, metadata: object = {}) => ({
    metadata: { name: 'once', ...metadata },
    spec: { template: template('Never'), ...spec },
  });

  it('give a Job a selector and labels of its own, also where it is made without labels', async () => {
    const { metadata, spec } = await ask<Job>('POST', jobs, job());
    const uid = metadata!.uid!;
    assert.deepEqual(spec!.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } });
    const labels = {
      app: 'web',
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'once',
      'controller-uid': uid,
      'job-name': 'once',
    };
    assert.deepEqual(spec!.template.metadata!.labels, labels);
    assert.deepEqual(metadata!.labels, labels);
  });

  it('leave the labels that a Job was given, and the selector that it chose itself', async () => {
    const given = await ask<Job>('POST', jobs, job({}, { labels: { mine: 'yes' } }));
    assert.deepEqual(given.metadata!.labels, { mine: 'yes' });
    const selector = { matchLabels: { app: 'web' } };
    const chosen = await ask<Job>('POST', jobs, job({ manualSelector: true, selector }, { name: 'chosen' }));
    assert.deepEqual(chosen.spec!.selector, selector);
    assert.deepEqual(chosen.spec!.template.metadata!.labels, { app: 'web' });
  });

  it('find Jobs by how many pods have succeeded', async () => {
    await ask('POST', jobs, job());
    await merge(`${jobs}/once/status`, { status: { succeeded: 2 } });
    const found = async (count: number) =>
      (await ask<{ items: unknown[] }>('GET', `${jobs}?fieldSelector=status.successful%3D${count}`)).items
        .length;
    assert.deepEqual([await found(2), await found(0)], [1, 0]);
  });

  it('let a Job that waits be placed elsewhere, and none that has begun', async () => {
    await ask('POST', jobs, job({ suspend: true }));
    const placed = { spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } } };
    await merge(`${jobs}/once`, placed);
    const image = { spec: { template: { spec: { containers: [{ name: 'web', image: 'hello:2' }] } } } };
    const refused = await cluster.ask('PATCH', `${jobs}/once`, {
      body: image,
      type: 'application/merge-patch+json',
    });
    assert.deepEqual(
      refused.json.details?.causes?.map(({ field }) => field),
      ['spec.template'],
    );
    await merge(`${jobs}/once`, { spec: { suspend: false } });
    const later = { spec: { template: { spec: { nodeSelector: { disk: 'hdd' } } } } };
    const { status } = await cluster.ask('PATCH', `${jobs}/once`, {
      body: later,
      type: 'application/merge-patch+json',
    });
    assert.equal(status, 422);
  });

  it('leave behind what a Job made, unless the deleter says otherwise', async () => {
    await ask('POST', jobs, job());
    const marked = await ask<Job>('DELETE', `${jobs}/once`);
    assert.deepEqual(marked.metadata!.finalizers, ['orphan']);
    await ask('POST', jobs, job({}, { name: 'twice' }));
    await ask('DELETE', `${jobs}/twice?propagationPolicy=Background`);
    assert.equal((await cluster.ask('GET', `${jobs}/twice`)).status, 404);
  });

  it("count a DaemonSet's templates where no one else may write", async () => {
    const counted = 'deprecated.daemonset.template.generation';
    const set = {
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: template('Always') },
    };
    const made = await ask<DaemonSet>('POST', daemonSets, set);
    assert.equal(made.metadata!.annotations![counted], '1');
    const lied = await merge<DaemonSet>(`${daemonSets}/web`, {
      metadata: { annotations: { [counted]: '7' } },
    });
    assert.deepEqual([lied.metadata!.annotations![counted], lied.metadata!.generation], ['1', 1]);
    const changed = await merge<DaemonSet>(`${daemonSets}/web`, {
      spec: { template: { spec: { priorityClassName: null, terminationGracePeriodSeconds: 5 } } },
    });
    assert.deepEqual([changed.metadata!.annotations![counted], changed.metadata!.generation], ['2', 2]);
  });

  it('count what is asked of a PodTemplate, which has no spec', async () => {
    const templates = '/api/v1/namespaces/default/podtemplates';
    await ask('POST', templates, { metadata: { name: 'web' }, template: template('Always') });
    const patch = { template: { metadata: { labels: { app: 'other' } } } };
    assert.equal((await merge<PodTemplate>(`${templates}/web`, patch)).metadata!.generation, 2);
  });

  it('are scaled where they have replicas', async () => {
    const sets = '/apis/apps/v1/namespaces/default/statefulsets';
    await ask('POST', sets, {
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: template('Always') },
    });
    await merge(`${sets}/web/scale`, { spec: { replicas: 4 } });
    const { spec, metadata } = await ask<{ spec: { replicas: number }; metadata: { generation: number } }>(
      'GET',
      `${sets}/web`,
    );
    assert.deepEqual([spec.replicas, metadata.generation], [4, 2]);
    const controllers = '/api/v1/namespaces/default/replicationcontrollers';
    await ask('POST', controllers, { metadata: { name: 'web' }, spec: { template: template('Always') } });
    const scale = await ask<{ spec: object; status: object }>('GET', `${controllers}/web/scale`);
    assert.deepEqual([scale.spec, scale.status], [{ replicas: 1 }, { replicas: 0, selector: 'app=web' }]);
  });

  it('show an autoscaler in both of its versions, whichever it was written in', async () => {
    const of = (version: string) =>
      `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const made = await ask<HorizontalPodAutoscalerV1>('POST', of('v1'), {
      metadata: { name: 'web' },
      spec: { scaleTargetRef, maxReplicas: 5, targetCPUUtilizationPercentage: 50 },
    });
    assert.deepEqual(made.spec, {
      scaleTargetRef,
      minReplicas: 1,
      maxReplicas: 5,
      targetCPUUtilizationPercentage: 50,
    });
    assert.deepEqual(made.status, { currentReplicas: 0, desiredReplicas: 0 });
    const newer = await ask<{ apiVersion: string; spec: { metrics: unknown[] } }>('GET', `${of('v2')}/web`);
    assert.equal(newer.apiVersion, 'autoscaling/v2');
    assert.deepEqual(newer.spec.metrics, [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
      },
    ]);
    await merge(`${of('v2')}/web`, { spec: { maxReplicas: 9 } });
    const older = await ask<HorizontalPodAutoscalerV1>('GET', `${of('v1')}/web`);
    assert.deepEqual([older.apiVersion, older.spec.maxReplicas], ['autoscaling/v1', 9]);
    const refused = await cluster.ask('POST', of('v1'), {
      body: { metadata: { name: 'x' }, spec: { maxReplicas: 0 } },
    });
    assert.equal(refused.json.details?.causes?.[0]?.field, 'spec.maxReplicas');
  });

  it('tell of a new pod how it will be treated, which its host can neither change nor forget', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const classOf = async (name: string, resources: object) =>
      (await ask<Pod>('POST', pods, pod(name, { containers: [{ name: 'a', image: 'x:1', resources }] })))
        .status!.qosClass;
    const all = { cpu: '1', memory: '1Gi' };
    assert.equal(await classOf('best-effort', {}), 'BestEffort');
    assert.equal(await classOf('burstable', { requests: { cpu: '1' } }), 'Burstable');
    assert.equal(await classOf('guaranteed', { limits: all }), 'Guaranteed');
    const { metadata, spec } = await ask<Pod>('GET', `${pods}/burstable`);
    const { resourceVersion: _version, ...rest } = metadata!;
    const running = { metadata: rest, spec, status: { phase: 'Running' } };
    assert.equal((await ask<Pod>('PUT', `${pods}/burstable/status`, running)).status!.qosClass, 'Burstable');
    const lying = { ...running, status: { qosClass: 'Guaranteed' } };
    assert.equal((await cluster.ask('PUT', `${pods}/burstable/status`, { body: lying })).status, 422);
  });

  it('take a container to look into a pod with, and refuse what no home host grants it', async () => {
    const path = '/api/v1/namespaces/default/pods/web';
    await ask('POST', '/api/v1/namespaces/default/pods', pod('web'));
    const type = 'application/strategic-merge-patch+json';
    const add = (container: object) => ({ spec: { ephemeralContainers: [container] } });
    const added = await ask<Pod>(
      'PATCH',
      `${path}/ephemeralcontainers`,
      add({ name: 'look', image: 'x:1' }),
      type,
    );
    assert.deepEqual(
      added.spec!.ephemeralContainers!.map(({ name, imagePullPolicy }) => [name, imagePullPolicy]),
      [['look', 'IfNotPresent']],
    );
    assert.equal(added.metadata!.generation, 2);
    const body = add({ name: 'deep', image: 'x:1', securityContext: { privileged: true } });
    const refused = await cluster.ask('PATCH', `${path}/ephemeralcontainers`, { body, type });
    assert.deepEqual(
      refused.json.details?.causes?.map(({ field }) => field),
      ['spec.ephemeralContainers[0].securityContext.privileged'],
    );
  });
});
