import type { Job } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyOf, splitKey } from '../object-key.ts';
import type { Reconciler } from '../reconciler.ts';

/** Events go after an hour; the sweep comes once a minute. */
const sayAgainMs = 3_600_000 + 120_000;

/** Kinds that the API keeps and nothing acts on yet: what does not happen, and what to do meanwhile. */
const waiting: Readonly<Record<string, string>> = {
  CronJob: 'it starts no Jobs; start them from elsewhere',
  DaemonSet: 'it makes no pods; use a Deployment that spreads its replicas over the hosts',
  HorizontalPodAutoscaler: 'it scales nothing; use kubectl scale',
  Ingress: 'it routes nothing; apps are opened by their Service (kith open NAME)',
  Job: 'it makes no pods; run a Pod with restartPolicy Never',
  NetworkPolicy: 'it is not enforced; keep apart by namespaces, which no traffic crosses',
  PersistentVolumeClaim: 'nothing binds or mounts it; no volume outlives its pod',
  ReplicationController: 'it makes no pods; use a Deployment',
  StatefulSet: 'it makes no pods; use a Deployment',
};

/**
 * Tells of each object that waits for a controller of a later version that it does: without a word it would look as if its pods were
 * merely slow, or its rules in force. Its status stays as it was created, so whoever waits for it waits in vain and hears so. Events go after an hour; then it
 * says so once more.
 */
export const withoutController: Reconciler = {
  name: 'missing',
  watches: Object.keys(waiting),
  keysOf: (object) => [`${object.kind}:${keyOf(object)}`],
  decide(world, key) {
    const colon = key.indexOf(':');
    const kind = key.slice(0, colon);
    const { namespace, name } = splitKey(key.slice(colon + 1));
    const object = world.get(kind, namespace, name);
    if (!object || object.metadata?.deletionTimestamp || isManagedElsewhere(object)) return [];
    const message = `kith has no controller for the kind ${kind} yet: ${waiting[kind]}`;
    return [
      { do: 'event', about: object, said: { type: 'Warning', reason: 'NoController', message }, once: true },
      { do: 'again', afterMs: sayAgainMs },
    ];
  },
};

/** A Job may name a controller of its user's own. */
function isManagedElsewhere(object: KubeObject): boolean {
  return object.kind === 'Job' && (object as Job).spec?.managedBy !== undefined;
}
