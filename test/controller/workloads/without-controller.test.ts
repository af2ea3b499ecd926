import assert from 'node:assert/strict';
import type { Event, Job, ReplicationController, StatefulSet } from '../../../api/types.ts';
import type { KubeObject } from '../../../client/client.ts';
import { startControl, type Control } from '../support/api.ts';

const template = (restartPolicy: string) => ({
  metadata: { labels: { app: 'db' } },
  spec: { restartPolicy, containers: [{ name: 'db', image: 'hello:1' }] },
});
const set: StatefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: { serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('Always') },
};
const job = (rest: object = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace: 'default' },
  spec: { template: template('Never'), ...rest },
});
const replication: ReplicationController = {
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'old', namespace: 'default' },
  spec: { template: template('Always') },
};

const of = (apiVersion: string, kind: string, spec: object) =>
  ({ apiVersion, kind, metadata: { name: 'db', namespace: 'default' }, spec }) as KubeObject;

/** What a status may hold of which nothing was done: counts of none, an Ingress without addresses, a claim that waits. */
const untouched: ReadonlySet<string> = new Set(['0', '{}', '"Pending"']);

describe('what no controller acts on yet', () => {
  let control: Control;
  beforeEach(async () => {
    control = await startControl();
  });
  afterEach(() => control.stop());

  const told = async () =>
    (await control.wait(control.client.list<Event>('Event', { namespace: 'default' }))).items.filter(
      ({ reason }) => reason === 'NoController',
    );
  const create = (object: KubeObject) => control.wait(control.client.create(object));

  it('says so by one Event, however often it changes, and its status stays as it was created', async () => {
    await create(set);
    await control.until(async () => (await told()).length === 1);
    const [event] = await told();
    assert.deepEqual([event!.type, event!.involvedObject.name], ['Warning', 'db']);
    assert.match(
      event!.message!,
      /no controller for the kind StatefulSet yet: it makes no pods; use a Deployment/,
    );
    const ref = { kind: 'StatefulSet', namespace: 'default', name: 'db' };
    for (const replicas of [2, 3, 4])
      await control.wait(control.client.patch(ref, 'merge', { spec: { replicas } }));
    await control.clock.advance(60_000);
    assert.equal((await told()).length, 1);
    const { status } = await control.wait(control.client.get<StatefulSet>(ref));
    assert.deepEqual(status, { replicas: 0, availableReplicas: 0 });
  });

  it('is said of every kind of which it is so, and its status tells of nothing done', async () => {
    const pods = { selector: { matchLabels: { app: 'db' } }, template: template('Always') };
    const scaled = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'db' };
    const objects: KubeObject[] = [
      set,
      job(),
      replication,
      of('apps/v1', 'DaemonSet', pods),
      of('batch/v1', 'CronJob', { schedule: '* * * * *', jobTemplate: { spec: job().spec } }),
      of('autoscaling/v2', 'HorizontalPodAutoscaler', { scaleTargetRef: scaled, maxReplicas: 2 }),
      of('networking.k8s.io/v1', 'Ingress', {
        defaultBackend: { service: { name: 'db', port: { number: 80 } } },
      }),
      of('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {} }),
      of('v1', 'PersistentVolumeClaim', {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      }),
    ];
    for (const object of objects) await create(object);
    await control.until(async () => (await told()).length === objects.length);
    assert.deepEqual(
      (await told()).map(({ involvedObject }) => involvedObject.kind).toSorted(),
      objects.map(({ kind }) => kind).toSorted(),
    );
    await control.clock.advance(120_000);
    for (const { kind, metadata } of objects) {
      const ref = { kind: kind!, namespace: 'default', name: metadata!.name! };
      const { status = {} } = await control.wait(control.client.get<KubeObject & { status?: object }>(ref));
      assert.ok(
        Object.values(status).every((value) => untouched.has(JSON.stringify(value))),
        `${kind}: ${JSON.stringify(status)}`,
      );
    }
  });

  it('says so again once the Event has gone, for people look hours later too', async () => {
    await create(job());
    await control.until(async () => (await told()).length === 1);
    const [first] = await told();
    const { namespace, name } = first!.metadata;
    await control.wait(control.client.delete({ kind: 'Event', namespace, name: name! }));
    assert.equal((await told()).length, 0);
    await control.until(async () => (await told()).length === 1, 2 * 3_600_000);
  });

  it('is not said of a Job that names a controller of its own', async () => {
    await create(job({ managedBy: 'example.com/mine' }));
    await create(set);
    await control.until(async () => (await told()).length > 0);
    assert.deepEqual(
      (await told()).map(({ involvedObject }) => involvedObject.kind),
      ['StatefulSet'],
    );
  });

  it('goes once what it has made is free of it, for without a word that is left behind', async () => {
    for (const [object, ref] of [
      [job(), { kind: 'Job', namespace: 'default', name: 'once' }],
      [replication, { kind: 'ReplicationController', namespace: 'default', name: 'old' }],
    ] as const) {
      await create(object);
      await control.wait(control.client.delete(ref));
      await control.until(async () => (await control.client.list(ref.kind, {})).items.length === 0);
    }
  });
});
