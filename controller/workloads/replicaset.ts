import { isPodActive } from '../../api/pods.ts';
import type { Pod, ReplicaSet } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyFor, keyOf, splitKey } from '../object-key.ts';
import type { Action, Reconciler } from '../reconciler.ts';
import type { World } from '../world.ts';
import { byDeletionOrder, replaces } from './deletion-order.ts';
import { claim, controllerOf, controllerReference } from './ownership.ts';
import { returnSettleMs, standing } from './pod-state.ts';
import { failure, statusActions } from './replicaset-status.ts';

/** Pods that one look creates or deletes at most; the rest follows with the next (Kubernetes' BurstReplicas). */
export const burstMax = 500;

/**
 * Keeps as many pods of a template as wanted. Pods on a host that went silent do not count until it is back, so their
 * replacements start at once; whichever of the two is younger goes when both are there.
 */
export const replicaSet: Reconciler = {
  name: 'replicaset',
  watches: ['ReplicaSet', 'Pod', 'Node'],
  keysOf,
  decide(world, key, now) {
    const { namespace, name } = splitKey(key);
    const set = world.get<ReplicaSet>('ReplicaSet', namespace, name);
    if (!set?.spec?.selector) return [];
    const { mine, actions } = claim(
      set,
      set.spec.selector,
      world.controlledBy<Pod>('Pod', set.metadata?.uid ?? ''),
      world.uncontrolled<Pod>('Pod', namespace ?? ''),
    );
    const active = mine.filter(isPodActive);
    // Adopted pods count from the next look on, when their new owner reference is there to see.
    const scaling =
      set.metadata?.deletionTimestamp || actions.length > 0 ? [] : scale(set, active, world, now);
    // The status first: it is true also where the API refuses a pod.
    return [...actions, ...statusActions(set, mine, world, now), ...scaling];
  },
};

function keysOf(object: KubeObject, world: World): string[] {
  if (object.kind === 'ReplicaSet') return [keyOf(object)];
  if (object.kind === 'Node') return world.podsOn<Pod>(object.metadata?.name ?? '').flatMap(setOf);
  const owner = setOf(object);
  if (owner.length > 0 || controllerOf(object)) return owner;
  // An orphan: any set of its namespace may want it.
  return world.inNamespace<ReplicaSet>('ReplicaSet', object.metadata?.namespace ?? '').map(keyOf);
}

function setOf(pod: KubeObject): string[] {
  const owner = controllerOf(pod);
  return owner?.kind === 'ReplicaSet' ? [keyFor(pod.metadata?.namespace, owner.name)] : [];
}

/** What brings the number of pods to the number wanted. Pure. */
export function scale(set: ReplicaSet, active: readonly Pod[], world: World, now: Date): Action[] {
  const wanted = set.spec?.replicas ?? 1;
  const standings = Map.groupBy(active, (pod) => standing(pod, world, now));
  const lost = standings.get('lost') ?? [];
  const returning = standings.get('returning') ?? [];
  const here = standings.get('here') ?? [];
  const present = here.length + returning.length;

  // Of the lost, more than are wanted in all cannot be needed even if every one comes back.
  const excess = byDeletionOrder(lost).slice(0, Math.max(0, lost.length - wanted));
  const missing = Math.min(wanted - present, burstMax);
  if (missing >= 0) return [...replacements(set, missing, lost, here, now), ...removals(set, excess)];

  // Not before a returned host has had time to say what still runs there. What is surely here and too many may go.
  const waits = returning.length > 0;
  const surplus = Math.min(waits ? Math.max(0, here.length - wanted) : present - wanted, burstMax);
  const surplusPods = byDeletionOrder(waits ? here : [...here, ...returning]).slice(0, surplus);
  return [
    ...removals(set, [...surplusPods, ...excess]),
    ...(waits ? [{ do: 'again', afterMs: returnSettleMs } as const] : []),
  ];
}

function replacements(
  set: ReplicaSet,
  count: number,
  lost: readonly Pod[],
  here: readonly Pod[],
  now: Date,
): Action[] {
  const replaced = new Set(here.map((pod) => pod.metadata?.annotations?.[replaces]));
  const vacant = lost.filter((pod) => !replaced.has(pod.metadata?.uid));
  return Array.from({ length: count }, (_, index) => ({
    do: 'create',
    object: podFrom(set, vacant[index]),
    onDone: { about: set, type: 'Normal', reason: 'SuccessfulCreate', message: 'Created pod: {name}' },
    onFailed: { about: set, condition: failure('FailedCreate', now) },
  }));
}

function removals(set: ReplicaSet, pods: readonly Pod[]): Action[] {
  return pods.map((object) => ({
    do: 'delete',
    object,
    onDone: { about: set, type: 'Normal', reason: 'SuccessfulDelete', message: 'Deleted pod: {name}' },
  }));
}

function podFrom(set: ReplicaSet, predecessor: Pod | undefined): Pod {
  const { metadata, spec } = set.spec?.template ?? {};
  const annotations = {
    ...metadata?.annotations,
    ...(predecessor && { [replaces]: predecessor.metadata?.uid ?? '' }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: set.metadata?.namespace,
      generateName: `${set.metadata?.name}-`,
      labels: { ...metadata?.labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(metadata?.finalizers && { finalizers: metadata.finalizers }),
      ownerReferences: [controllerReference(set)],
    },
    spec,
  };
}
