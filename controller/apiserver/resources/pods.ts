import { ApiError, badRequest, conflict, forbidden } from '../../../api/errors.ts';
import { setCondition } from '../../../api/conditions.ts';
import { kindNamed } from '../../../api/kinds.ts';
import { qosClassOf } from '../../../api/qos.ts';
import type { Pod, PodCondition } from '../../../api/types.ts';
import { objectKey } from '../storage/keys.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';

/**
 * Every pod runs under some account that is there, as in Kubernetes; without a name it is its namespace's `default`.
 *
 * @throws ApiError (forbidden)
 */
export const podHasServiceAccount: Admission = ({ operation, kind, object, storage, isNamespaceToCome }) => {
  if (kind.type !== 'Pod' || operation !== 'create') return object;
  const { spec, metadata } = object as Pod;
  if (!spec) return object;
  const { serviceAccountName: name } = spec;
  if (name) {
    const [accounts, { namespace }] = [kindNamed('ServiceAccount'), metadata!];
    const isThere = storage.shelf(accounts, namespace).get(objectKey(accounts, namespace, name));
    // In a namespace to come there are no accounts yet, and it may bring this one.
    if (isThere || isNamespaceToCome) return object;
    throw forbidden(
      kind,
      metadata!.name ?? '',
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  }
  return {
    ...object,
    spec: { ...spec, serviceAccountName: 'default', serviceAccount: 'default' },
  } as Resource;
};

/** As Kubernetes has it: a pod stays for so long on a host that is gone, unless it says otherwise. `controller/nodes/eviction.ts` holds it. */
const goneTolerationSeconds = 300;
const goneTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** What holds for every pod is written into it, so that people see it. */
export const podToleratesLostHosts: Admission = ({ kind, object }) => {
  if (kind.type !== 'Pod') return object;
  const { spec } = object as Pod;
  if (!spec) return object;
  const { tolerations = [] } = spec;
  const missing = goneTaints.filter(
    (taint) =>
      !tolerations.some(({ key, effect }) => (!key || key === taint) && (!effect || effect === 'NoExecute')),
  );
  if (missing.length === 0) return object;
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: goneTolerationSeconds,
  }));
  return { ...object, spec: { ...spec, tolerations: [...tolerations, ...added] } } as Resource;
};

/** A new pod's status says how it will be treated when its host runs short, and that a gate keeps it from being placed. */
export const podBegins: Admission = ({ operation, kind, object }) => {
  if (kind.type !== 'Pod' || operation !== 'create') return object;
  const { spec, metadata, status } = object as Pod;
  if (!spec) return object;
  const gated: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return {
    ...object,
    status: {
      ...status,
      ...(spec.schedulingGates?.length && {
        conditions: [{ ...gated, lastTransitionTime: metadata?.creationTimestamp }],
      }),
      qosClass: qosClassOf(spec),
    },
  } as Resource;
};

/** What POST `pods/<name>/binding` carries: `kubectl` and schedulers send it; it is never stored. */
export interface Binding {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string; uid?: string; annotations?: Record<string, string> };
  target?: { kind?: string; name?: string };
}

/**
 * The pod, placed on the binding's node.
 *
 * @throws ApiError (conflict) where it has a node already, is going away, or is another pod of the same name
 */
export function bound(old: Resource, binding: Binding, now: Date): Resource {
  const pod = old as Pod;
  const name = pod.metadata!.name!;
  const kind = kindNamed('Pod');
  const node = binding.target?.name;
  if (!node || (binding.target?.kind && binding.target.kind !== 'Node'))
    throw badRequest(`the binding of pod ${name} names no node: set target.kind to Node and target.name`);
  if (binding.metadata?.uid && binding.metadata.uid !== pod.metadata!.uid)
    throw conflict(
      kind,
      name,
      `pod ${name} is not the one that was to be bound: its uid is ${pod.metadata!.uid}`,
    );
  if (pod.metadata!.deletionTimestamp)
    throw bindingConflict(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec?.nodeName)
    throw bindingConflict(name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  return {
    ...old,
    metadata: {
      ...old.metadata,
      ...(binding.metadata?.annotations && {
        annotations: { ...old.metadata?.annotations, ...binding.metadata.annotations },
      }),
    },
    spec: { ...pod.spec, nodeName: node },
    status: {
      ...pod.status,
      conditions: setCondition<PodCondition>(
        pod.status?.conditions,
        { type: 'PodScheduled', status: 'True' },
        now,
      ),
    },
  };
}

function bindingConflict(name: string, why: string): ApiError {
  const resource = 'pods/binding';
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${name}": ${why}`, {
    name,
    kind: resource,
  });
}
