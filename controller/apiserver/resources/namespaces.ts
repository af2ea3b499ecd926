import { ApiError, forbidden, invalid, notFound } from '../../../api/errors.ts';
import { invalidValue } from '../../../api/field-errors.ts';
import { kindNamed, resourceOf } from '../../../api/kinds.ts';
import type { Namespace } from '../../../api/types.ts';
import { objectKey } from '../storage/keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';

/** There from the first start, and for ever. */
export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Holds a namespace until the namespace controller has emptied it. */
const namespaceFinalizer = 'kubernetes';

export function namespaceNamed(storage: Storage, name: string): Namespace | undefined {
  return storage.durable.get(objectKey(kindNamed('Namespace'), undefined, name))?.value as
    Namespace | undefined;
}

/** Nothing is made in a namespace that is not there, or is going away. */
export const namespaceExists: Admission = ({ operation, kind, object, storage, isNamespaceToCome }) => {
  const namespace = object.metadata?.namespace;
  if (operation !== 'create' || !kind.namespaced || !namespace) return object;
  const found = namespaceNamed(storage, namespace);
  if (!found && isNamespaceToCome) return object;
  if (!found) throw notFound('Namespace', namespace);
  // An end that is on its way to disk counts too: what came behind it in the log would be missed by whoever empties the namespace.
  const head = storage.durable.head(objectKey(kindNamed('Namespace'), undefined, namespace));
  if (!head || (head.value as Namespace).metadata?.deletionTimestamp) {
    const name = object.metadata?.name ?? '';
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw new ApiError(403, 'Forbidden', `${resourceOf(kind)} "${name}" is forbidden: ${why}`, {
      name,
      kind: kind.plural,
      ...(kind.group && { group: kind.group }),
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    });
  }
  return object;
};

/** The finalizer that holds a namespace while it is emptied. Whoever replaces the object does not let go of it. */
export const namespaceIsHeld: Admission = ({ operation, kind, object, old }) => {
  if (kind.type !== 'Namespace') return object;
  const { finalizers = [] } = ((operation === 'create' ? object : old) as Namespace).spec ?? {};
  const held =
    operation === 'create' && !finalizers.includes(namespaceFinalizer)
      ? [...finalizers, namespaceFinalizer]
      : finalizers;
  return { ...object, spec: { ...(object as Namespace).spec, finalizers: held } };
};

export function refuseSystemNamespace(name: string): void {
  if ((systemNamespaces as readonly string[]).includes(name))
    throw forbidden('Namespace', name, 'this namespace may not be deleted');
}

/** What a PUT to `finalize` may change: `spec.finalizers`, and only to take away. */
export function finalized(old: Resource, input: Resource): Resource {
  const held = (old as Namespace).spec?.finalizers ?? [];
  const finalizers = (input as Namespace).spec?.finalizers ?? [];
  const added = finalizers.filter((each) => !held.includes(each));
  if (added.length > 0)
    throw invalid('Namespace', old.metadata?.name ?? '', [
      invalidValue('spec.finalizers', added, 'finalize takes finalizers away and adds none'),
    ]);
  return { ...old, spec: { ...(old as Namespace).spec, finalizers } } as Resource;
}
