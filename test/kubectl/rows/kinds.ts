import assert from 'node:assert/strict';
import type { ResourceQuota } from '../../../api/types.ts';
import { certificates } from '../../api/validation/cluster/certificates.ts';
import { networking } from '../../api/validation/cluster/networking.ts';
import { policies } from '../../api/validation/cluster/policies.ts';
import { rights } from '../../api/validation/cluster/rights.ts';
import { storage } from '../../api/validation/cluster/storage.ts';
import { controllerRevisions } from '../../api/validation/workloads/controller-revision.ts';
import { daemonSets } from '../../api/validation/workloads/daemon-set.ts';
import { disruptionBudgets } from '../../api/validation/workloads/disruption-budget.ts';
import { podTemplates } from '../../api/validation/workloads/pod-template.ts';
import { replicationControllers } from '../../api/validation/workloads/replication-controller.ts';
import { statefulSets } from '../../api/validation/workloads/stateful-set.ts';
import { askOnce } from '../../e2e/support/flow.ts';
import { helloManifest } from '../../e2e/support/swarm.ts';
import { until } from '../../support/wait.ts';
import { helloImage } from '../support/ground.ts';
import { row, type Row } from '../support/row.ts';
import { manifest, settings } from './things.ts';

/** One of each kind, as others test them. What lies in no namespace has the same name in each trial: one at a time. */
const ofTheCluster = [...networking, ...rights, ...storage, ...policies, ...certificates].map(
  ({ object }) => object,
);
const ofWorkloads = [
  statefulSets,
  daemonSets,
  replicationControllers,
  controllerRevisions,
  podTemplates,
  disruptionBudgets,
].map(({ good }) => good);

/** What is given, in the trial's own namespace. */
const here = <T extends object>(namespace: string, objects: readonly T[]): T[] =>
  objects.map((object) => {
    const { metadata } = object as { metadata?: { namespace?: string } };
    return metadata?.namespace === undefined ? object : { ...object, metadata: { ...metadata, namespace } };
  });

export const kindRows: readonly Row[] = [
  row(
    'describe',
    'one of each kind of the cluster',
    async (trial) => {
      const objects = here(trial.name, ofTheCluster);
      await trial.file('all.yaml', manifest(...objects));
      trial.afterwards(() => trial.run('delete -f all.yaml --ignore-not-found --wait=false'));
      const said = await trial.kubectl('apply -f all.yaml');
      assert.equal(said.trim().split('\n').length, objects.length);
      const named = objects.map(({ kind, metadata }) => `${kind}/${String(metadata['name'])}`);
      const shown = await trial.kubectl(`get ${named.join(' ')} -o wide`);
      assert.equal(shown.split('\n').filter((line) => line.startsWith('NAME ')).length, objects.length);
      const described = await trial.kubectl(`describe ${named.join(' ')}`);
      for (const { metadata } of objects)
        assert.match(described, new RegExp(`^Name: +${String(metadata['name'])}$`, 'm'));
      assert.match(await trial.kubectl('apply -f all.yaml'), /unchanged/);
      const gone = await trial.kubectl('delete -f all.yaml --timeout=20s');
      assert.equal(gone.trim().split('\n').length, objects.length);
    },
    { lane: 'kinds' },
  ),
  row('describe', 'one of each kind of workload, with the Event that says what acts on it', async (trial) => {
    await trial.file('all.yaml', manifest(...here(trial.name, ofWorkloads)));
    await trial.kubectl('apply -f all.yaml');
    await trial.kubectl(`create job once --image=${helloImage}`);
    await trial.kubectl(['create', 'cronjob', 'often', `--image=${helloImage}`, '--schedule=*/5 * * * *']);
    await trial.kubectl('autoscale statefulset web --max=5 --cpu-percent=60');
    const told = (object: string) =>
      until(`the event of ${object}`, async () => {
        const text = await trial.kubectl(`describe ${object}`);
        return /NoController/.test(text) && text;
      });
    assert.match(await told('sts/web'), /Replicas: +1 desired \| 0 total/);
    assert.match(await told('ds/web'), /Desired Number of Nodes Scheduled: 0/);
    assert.match(await told('rc/web'), /Replicas: +0 current \/ 1 desired/);
    assert.match(await told('job/once'), /Pods Statuses: +0 Active/);
    assert.match(await told('cj/often'), /Schedule: +\*\/5 \* \* \* \*/);
    assert.match(
      await told('hpa/web'),
      /resource cpu on pods +\(as a percentage of request\): +<unknown> \/ 60%/,
    );
    assert.match(await trial.kubectl('describe controllerrevision/web'), /Revision: +1/);
    assert.match(await trial.kubectl('describe podtemplate/web'), /Image: +hello:1/);
    assert.match(await trial.kubectl('describe pdb/web'), /Min available: +1/);
  }),
  row('create quota', 'and it is kept', async (trial) => {
    await trial.kubectl('create quota few --hard=configmaps=1,count/secrets=2,requests.cpu=1500m');
    const { spec } = await trial.get<ResourceQuota>('ResourceQuota', 'few');
    assert.deepEqual(spec!.hard, { configmaps: '1', 'count/secrets': '2', 'requests.cpu': '1500m' });
    await trial.create(settings('one'));
    await until('it is counted', async () =>
      (await trial.kubectl('get quota few')).includes('configmaps: 1/1, count/secrets: 0/2'),
    );
    assert.match(await trial.kubectl('describe quota few'), /configmaps +1 +1\ncount\/secrets +0 +2/);
    assert.match(
      await trial.fails('apply -f -', { input: manifest(settings('two')) }),
      /configmaps "two" is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=1, limited: configmaps=1/,
    );
  }),
  row('apply', 'the hello app: it comes up step by step, and a browser is answered', async (trial) => {
    const watch = trial.start('get pods -o wide -w');
    const said = await trial.kubectl(`apply -f ${helloManifest}`);
    assert.equal(
      said,
      'configmap/hello created\nsecret/hello created\ndeployment.apps/hello created\nservice/hello created\n',
    );
    const [, name] = await watch.line(/^(hello-\S+) +0\/1 +Pending +0 +\S+ +<none> +<none>/);
    await watch.line(new RegExp(`^${name} +0/1 +ContainerCreating +0 .* attic `));
    await watch.line(new RegExp(`^${name} +1/1 +Running +0 +\\S+ +10\\.244\\.\\d+\\.\\d+ +attic `));
    // The steps came in their order, not as one list at the end.
    const steps = watch.lines.filter((line) => line.startsWith(name!)).map((line) => line.split(/ +/)[2]);
    assert.deepEqual([...new Set(steps)], ['Pending', 'ContainerCreating', 'Running']);
    await trial.kubectl('rollout status deployment/hello --timeout=40s');
    const { pod } = await until('it answers', async () => {
      const asked = await askOnce(trial.gatewayPort, undefined, `hello.${trial.name}.kith.localhost`);
      return asked.failure === undefined && asked;
    });
    assert.match(await trial.kubectl('get pods -o name'), new RegExp(`^pod/${pod}$`, 'm'));
    await trial.kubectl(`delete -f ${helloManifest}`);
    await until(
      'nothing is left',
      async () =>
        (await trial.kubectl('get deployments,replicasets,pods,services,endpointslices -o name')) === '',
    );
  }),
  row('wait', 'for what nothing acts on yet: times out', async (trial) => {
    await trial.kubectl(`create job once --image=${helloImage}`);
    assert.match(
      await trial.fails('wait job/once --for=condition=complete --timeout=1s'),
      /timed out waiting for the condition/,
    );
  }),
];
