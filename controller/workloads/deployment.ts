import { isPodTerminal } from '../../api/pods.ts';
import type { Deployment, Pod, ReplicaSet } from '../../api/types.ts';
import type { KubeObject } from '../../client/client.ts';
import { keyFor, keyOf, splitKey } from '../object-key.ts';
import type { Action, Reconciler } from '../reconciler.ts';
import type { World } from '../world.ts';
import { deploymentStatus } from './deployment-status.ts';
import { claim, controllerOf } from './ownership.ts';
import { scaledSizes } from './proportional.ts';
import {
  brought,
  canonical,
  forgotten,
  isScaled,
  newSetFor,
  revisionAnnotation,
  revisionOf,
  tellApart,
} from './revisions.ts';
import {
  isRolling,
  nameOf,
  newSetSize,
  replicasOf,
  rollingSizes,
  sizeOf,
  sum,
  type Sizes,
} from './rollout.ts';

/** Carries a Deployment's template into the world, by ReplicaSets of which the newest has it. */
export const deployment: Reconciler = {
  name: 'deployment',
  watches: ['Deployment', 'ReplicaSet', 'Pod'],
  keysOf,
  decide(world, key, now) {
    const { namespace = '', name } = splitKey(key);
    const target = world.get<Deployment>('Deployment', namespace, name);
    if (!target?.spec?.selector) return [];
    const { mine, actions } = claim(
      target,
      target.spec.selector,
      world.controlledBy<ReplicaSet>('ReplicaSet', target.metadata?.uid ?? ''),
      world.uncontrolled<ReplicaSet>('ReplicaSet', namespace),
    );
    const { newSet, oldSets } = tellApart(target, mine);
    // While it is going away, or while sets change hands, only the status is kept true.
    const steps =
      target.metadata?.deletionTimestamp || actions.length > 0 ? [] : rollout(target, newSet, oldSets, world);
    return [...actions, ...steps, ...statusActions(target, newSet, oldSets, now)];
  },
};

function keysOf(object: KubeObject, world: World): string[] {
  const namespace = object.metadata?.namespace ?? '';
  if (object.kind === 'Deployment') return [keyOf(object)];
  const owner = controllerOf(object);
  if (object.kind === 'ReplicaSet') {
    if (owner) return owner.kind === 'Deployment' ? [keyFor(namespace, owner.name)] : [];
    return world.inNamespace<Deployment>('Deployment', namespace).map(keyOf);
  }
  // Pods matter to a Recreate alone, which waits for the last old one to be gone.
  const set = owner?.kind === 'ReplicaSet' && world.get<ReplicaSet>('ReplicaSet', namespace, owner.name);
  const above = set && controllerOf(set);
  const found = above && world.get<Deployment>('Deployment', namespace, above.name);
  return found && !isRolling(found) ? [keyOf(found)] : [];
}

/** The next step towards the template. Pure. */
function rollout(
  target: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  world: World,
): Action[] {
  const all = [...oldSets, ...(newSet ? [newSet] : [])];
  if (target.spec?.paused || isScaled(target, all)) {
    return resized(target, newSet, oldSets, scaledSizes(target, newSet, oldSets));
  }
  if (!isRolling(target)) {
    const running = oldSets.filter((set) => sizeOf(set) > 0);
    if (running.length > 0) {
      return resized(target, newSet, oldSets, new Map(running.map((set) => [nameOf(set), 0])));
    }
    if (oldSets.some((set) => hasPods(set, world))) return [];
  }
  if (!newSet) return create(target, oldSets, world);
  const sizes = isRolling(target)
    ? rollingSizes(target, newSet, oldSets)
    : new Map([[nameOf(newSet), replicasOf(target)]]);
  const steps = resized(target, newSet, oldSets, sizes);
  return steps.length > 0 ? steps : cleanUp(target, newSet, oldSets);
}

function hasPods(set: ReplicaSet, world: World): boolean {
  return world.controlledBy<Pod>('Pod', set.metadata?.uid ?? '').some((pod) => !isPodTerminal(pod));
}

function create(target: Deployment, oldSets: readonly ReplicaSet[], world: World): Action[] {
  const size = newSetSize(target, 0, sum(oldSets, sizeOf));
  const object = newSetFor(target, oldSets, size);
  const { namespace } = target.metadata ?? {};
  if (world.get('ReplicaSet', namespace, nameOf(object))) {
    // The name is taken by another template: the next hash is of this template and one collision more.
    const collisionCount = (target.status?.collisionCount ?? 0) + 1;
    return [
      {
        do: 'update',
        object: { ...target, status: { ...target.status, collisionCount } } as Deployment,
        subresource: 'status',
      },
    ];
  }
  const message = `Scaled up replica set {name} from 0 to ${size}`;
  return [
    { do: 'create', object, onDone: { about: target, type: 'Normal', reason: 'ScalingReplicaSet', message } },
    ...annotated(target, revisionOf(object)),
  ];
}

/** Writes the sets that change in size or in what their Deployment says of them. */
function resized(
  target: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  sizes: Sizes,
): Action[] {
  const actions: Action[] = [];
  for (const set of [...(newSet ? [newSet] : []), ...oldSets]) {
    const size = sizes.get(nameOf(set)) ?? sizeOf(set);
    const object = brought(set, target, { size, ...(set === newSet && { newestAmong: oldSets }) });
    if (object !== set) actions.push({ do: 'update', object });
    if (size !== sizeOf(set)) {
      const direction = size > sizeOf(set) ? 'up' : 'down';
      const message = `Scaled ${direction} replica set ${nameOf(set)} from ${sizeOf(set)} to ${size}`;
      actions.push({
        do: 'event',
        about: target,
        said: { type: 'Normal', reason: 'ScalingReplicaSet', message },
      });
    }
    if (set === newSet) actions.push(...annotated(target, revisionOf(object)));
  }
  return actions;
}

/** The Deployment carries its newest revision's number, for `kubectl rollout history`. By its status: it asks for nothing new. */
function annotated(target: Deployment, revision: number): Action[] {
  if (revision === 0 || revisionOf(target) === revision) return [];
  const { namespace, name = '' } = target.metadata ?? {};
  const patch = { metadata: { annotations: { [revisionAnnotation]: String(revision) } } };
  const ref = { kind: 'Deployment', namespace, name };
  return [{ do: 'patch', ref, type: 'merge', patch, subresource: 'status' }];
}

/** Once the rollout is through, old sets beyond the history limit go. */
function cleanUp(target: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Action[] {
  const through = sizeOf(newSet) === replicasOf(target) && sum(oldSets, sizeOf) === 0;
  return through ? forgotten(target, oldSets).map((object) => ({ do: 'delete', object })) : [];
}

function statusActions(
  target: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  now: Date,
): Action[] {
  const { status, deadlineInMs } = deploymentStatus(target, newSet, oldSets, now);
  const actions: Action[] = [];
  if (canonical(normal(status)) !== canonical(normal(target.status))) {
    // By patch, and without a version: the spec's other writers must not keep the status from being true.
    const { namespace, name = '' } = target.metadata ?? {};
    actions.push({
      do: 'patch',
      ref: { kind: 'Deployment', namespace, name },
      type: 'merge',
      patch: { status },
      subresource: 'status',
    });
  }
  if (deadlineInMs !== undefined) actions.push({ do: 'again', afterMs: deadlineInMs });
  return actions;
}

/** An absent count is a zero. */
function normal(status: Deployment['status'] = {}): object {
  const {
    replicas = 0,
    updatedReplicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
    unavailableReplicas = 0,
  } = status;
  const { observedGeneration = 0, conditions = [], collisionCount = 0 } = status;
  return {
    replicas,
    updatedReplicas,
    readyReplicas,
    availableReplicas,
    unavailableReplicas,
    observedGeneration,
    conditions,
    collisionCount,
  };
}
