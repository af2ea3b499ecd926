import type { Client, KubeObject } from '../client/client.ts';
import { asFieldManager } from '../client/field-manager.ts';
import { informer, type Informer } from '../client/informer.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import { EventRecorder } from './events.ts';
import { endpointSlice } from './network/endpointslice.ts';
import { Liveness, type Hearing } from './nodes/liveness.ts';
import { eviction } from './nodes/eviction.ts';
import { registration } from './nodes/registration.ts';
import type { Reconciler } from './reconciler.ts';
import { run } from './runner.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { CustomGarbage } from './workloads/custom-garbage.ts';
import { deployment } from './workloads/deployment.ts';
import { disruption } from './workloads/disruption.ts';
import { garbageCollector } from './workloads/garbage.ts';
import { namespaceEnd } from './workloads/namespace.ts';
import { podGarbage } from './workloads/pod-garbage.ts';
import { serviceAccount } from './workloads/service-account.ts';
import { storageProtection } from './workloads/storage-protection.ts';
import { replicaSet } from './workloads/replicaset.ts';
import { withoutController } from './workloads/without-controller.ts';
import { CachedWorld, unconfirmedMsMax } from './world.ts';

/** Every kind that the controllers look at. Events and Leases are many and nobody decides by them. */
export const cachedKinds = [
  'Namespace',
  'Node',
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ControllerRevision',
  'ReplicationController',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Service',
  'EndpointSlice',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'ResourceQuota',
  'LimitRange',
  'Endpoints',
  'Ingress',
  'IngressClass',
  'NetworkPolicy',
  'PriorityClass',
  'RuntimeClass',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'CertificateSigningRequest',
  'CustomResourceDefinition',
] as const;

/** The whole control plane at a glance; beside these run `Liveness` and `Scheduler`, which have a rhythm of their own. */
export const reconcilers: readonly Reconciler[] = [
  deployment,
  replicaSet,
  endpointSlice,
  registration,
  eviction,
  disruption,
  podGarbage,
  garbageCollector(cachedKinds),
  namespaceEnd(cachedKinds),
  serviceAccount,
  storageProtection,
  withoutController,
];

export interface ControllersParts {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  /** What the links tell about the nodes. */
  hearing: Hearing;
}

/**
 * Starts everything that keeps the cluster as it is wished to be, once the caches are filled. Everything goes through `client`,
 * so it may run in the API server's process or elsewhere.
 */
export async function startControllers(parts: ControllersParts): Promise<{ stop(): Promise<void> }> {
  const { client, clock, random } = parts;
  const log = parts.log.child('controllers');
  const world = new CachedWorld(clock);
  const informers = cachedKinds.map((kind): [string, Informer<KubeObject>] => [
    kind,
    informer<KubeObject>(client, kind, {}, { clock, random, log: log.child('watch') }),
  ]);
  await Promise.all(informers.map(([, each]) => each.ready()));
  for (const [kind, each] of informers) world.follow(kind, each);

  const events = new EventRecorder({ client, clock, random, log: log.child('events') });
  const stops = reconcilers.map((reconciler) =>
    run(
      reconciler,
      { client, world, events, component: `${reconciler.name}-controller` },
      { clock, random, log },
    ),
  );
  const scheduler = new Scheduler({
    client: asFieldManager(client, 'kith-scheduler'),
    world,
    clock,
    random,
    log: log.child('scheduler'),
    events,
  });
  const customGarbage = new CustomGarbage({ client, world, kinds: cachedKinds, clock, log });
  const liveness = new Liveness({ ...parts, world, log: log.child('liveness'), events });
  const doubting = clock.every(unconfirmedMsMax, () => {
    const dropped = world.doubt();
    if (dropped > 0) log.warn('dropped own writes that no watch confirmed', { dropped });
  });

  return {
    async stop() {
      doubting.cancel();
      await Promise.all([
        customGarbage.stop(),
        liveness.stop(),
        scheduler.stop(),
        ...stops.map((stop) => stop()),
      ]);
      await events.settled();
      world.stop();
      await Promise.all(informers.map(([, each]) => each.stop()));
    },
  };
}
