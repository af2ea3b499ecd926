import { timestamp } from '../../../api/conditions.ts';
import { ApiError, badRequest } from '../../../api/errors.ts';
import { qualifiedKind, type Kind } from '../../../api/kinds.ts';
import { isPodTerminal } from '../../../api/pods.ts';
import type {
  CustomResourceDefinition,
  DeleteOptions as WireDeleteOptions,
  Namespace,
  Pod,
} from '../../../api/types.ts';
import { withCleanup } from '../custom/definition-status.ts';
import type { Resource } from './metadata.ts';

/** What a deletion makes of an object: it goes at once, or it is marked and goes when the last who holds it lets go. */
export type Deletion = { action: 'remove' | 'mark'; object: Resource };

const foreground = 'foregroundDeletion';
const orphan = 'orphan';
const defaultGraceSeconds = 30;
/** Kinds that leave behind what they made, unless told otherwise: so it was when Kubernetes began. kubectl always tells. */
const orphaning = new Set(['Job', 'ReplicationController']);

/**
 * Decides what a DELETE does. A pod on a node is marked and gets its grace; the node's agent deletes it with grace 0 once its
 * processes have ended. Finalizers hold every object. A namespace is held by `spec.finalizers` until it is empty.
 *
 * @throws ApiError (conflict) where a precondition fails
 */
export function decideDeletion(kind: Kind, old: Resource, options: WireDeleteOptions, now: Date): Deletion {
  checkPreconditions(kind, old, options);
  // Its objects go before a definition does.
  if (kind.type === 'CustomResourceDefinition' && !old.metadata?.deletionTimestamp)
    old = withCleanup(old as unknown as CustomResourceDefinition, now) as unknown as Resource;
  const finalizers = finalizersAfter(kind, old, options);
  const grace = kind.type === 'Pod' ? podGrace(old as Pod, options) : 0;
  const isHeld = finalizers.length > 0 || (kind.type === 'Namespace' && namespaceFinalizers(old).length > 0);
  const action = grace === 0 && !isHeld ? 'remove' : 'mark';
  // Only what may be given a grace shows that it got none.
  if (action === 'remove' && kind.type !== 'Pod') return { action, object: old };

  const { metadata } = old;
  // A second deletion may shorten the grace, never lengthen it: someone may already count on the first.
  const knownGrace = metadata?.deletionGracePeriodSeconds;
  const shorter = knownGrace === undefined ? grace : Math.min(knownGrace, grace);
  const isMarked = metadata?.deletionTimestamp !== undefined;
  const deletionTimestamp =
    isMarked && shorter === knownGrace
      ? metadata.deletionTimestamp
      : timestamp(new Date(now.getTime() + shorter * 1000));
  const { finalizers: _finalizers, ...rest } = metadata ?? {};
  const object: Resource = {
    ...old,
    metadata: {
      ...rest,
      ...(finalizers.length > 0 && { finalizers }),
      deletionTimestamp: deletionTimestamp!,
      deletionGracePeriodSeconds: shorter,
    },
  };
  // Kubernetes marks these in a way of its own, without a grace.
  if (kind.type === 'Namespace' || (kind.type === 'CustomResourceDefinition' && !isMarked))
    delete object.metadata!.deletionGracePeriodSeconds;
  if (kind.type === 'Namespace') object.status = { ...(old as Namespace).status, phase: 'Terminating' };
  return { action, object };
}

/** Whether an object that is marked has been let go of by all: its last write removes it. */
export function isReleased(kind: Kind, object: Resource): boolean {
  const { metadata } = object;
  return (
    metadata?.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    (kind.type !== 'Namespace' || namespaceFinalizers(object).length === 0)
  );
}

function checkPreconditions(kind: Kind, old: Resource, { preconditions }: WireDeleteOptions): void {
  const { name, uid, resourceVersion } = old.metadata!;
  if (preconditions?.uid && preconditions.uid !== uid)
    throw unmet(
      kind,
      name!,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). ` +
        'The object might have been deleted and then recreated',
    );
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== resourceVersion)
    throw unmet(
      kind,
      name!,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record ` +
        `(${resourceVersion}). The object might have been modified`,
    );
}

/** A conflict that names the kind where others name the resource, as Kubernetes does here. */
function unmet(kind: Kind, name: string, why: string): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedKind(kind)} ${JSON.stringify(name)}: ${why}`,
    { name, ...(kind.group && { group: kind.group }), kind: kind.kind },
  );
}

function podGrace(pod: Pod, { gracePeriodSeconds }: WireDeleteOptions): number {
  // Nobody runs it, or nobody does any more: there is no one to wait for.
  if (!pod.spec?.nodeName || isPodTerminal(pod)) return 0;
  // Kubernetes lets less than nothing be asked for, and gives it a second.
  const asked = gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  return asked < 0 ? 1 : asked;
}

/** The garbage collector does what these two ask for, then takes them away. Without either it works in the background. */
function finalizersAfter(
  kind: Kind,
  old: Resource,
  { propagationPolicy, orphanDependents }: WireDeleteOptions,
): string[] {
  const current = old.metadata?.finalizers ?? [];
  const isOpen = orphanDependents === undefined && !current.includes(foreground);
  const byDefault = isOpen && orphaning.has(kind.type ?? '') ? 'Orphan' : undefined;
  const policy = propagationPolicy ?? (orphanDependents ? 'Orphan' : byDefault);
  if (policy === undefined) return current;
  const others = current.filter((each) => each !== foreground && each !== orphan);
  switch (policy) {
    case 'Foreground':
      return [...others, foreground];
    case 'Orphan':
      return [...others, orphan];
    case 'Background':
      return others;
    default:
      throw badRequest(
        `propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
      );
  }
}

function namespaceFinalizers(object: Resource): string[] {
  return (object as Namespace).spec?.finalizers ?? [];
}
