import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import { ownerAnnotation, providerIdOf, tierAnnotation } from '../../../api/nodes.ts';
import type { Lease, Node, OwnerReference } from '../../../api/types.ts';
import type { MemberCertificate } from '../../../swarm/certificate.ts';
import { nodeNameOf } from '../users.ts';
import { objectKey } from '../storage/keys.ts';
import type { Admission, AdmissionRequest } from './admission-request.ts';
import type { Resource } from './metadata.ts';
import { reportsOnlyItsOwn } from './node-events.ts';

const hostnameLabel = 'kubernetes.io/hostname';
/** Set by controllers and administrators alone. */
const specOfControllers = ['podCIDR', 'podCIDRs', 'unschedulable'] as const;

/** Labels by which administrators set hosts apart: Kubernetes' own two, and kith's. */
const labelsOfOthers =
  /^(node-restriction\.kubernetes\.io|node-role\.kubernetes\.io|(.+\.)?kith\.home\.arpa)\//;

/** What places apps and Secrets by whom a host belongs to: its certificate says it, the host does not choose. */
function certified({ owner, tier = 'volunteer' }: MemberCertificate): Record<string, string> {
  return { [ownerAnnotation]: owner, [tierAnnotation]: tier };
}
const certifiedNames = [ownerAnnotation, tierAnnotation];

/**
 * The part of node restriction that needs the object itself: a node writes its own Node and Lease only, under its own key, owner
 * and tier, and leaves to the controllers what is theirs (taints, pod range, cordon). The rest is `auth/node-rules.ts`.
 */
export const nodeSaysOnlyItself: Admission = (request) => {
  const { operation, kind, object, old, user } = request;
  const nodeName = nodeNameOf(user);
  if (nodeName === undefined) return object;
  const name = object.metadata?.name ?? '';
  const refuse = (why: string) => forbidden(kind, name, `node "${nodeName}" ${why}`);
  holdsNobodyUp(request, nodeName, refuse);
  if (kind.type === 'Event') reportsOnlyItsOwn(request, nodeName, refuse);
  if (kind.type === 'Lease' && (name !== nodeName || (object as Lease).spec?.holderIdentity !== nodeName))
    throw refuse('may hold only the Lease of its own name');
  if (kind.type !== 'Node') return object;
  if (name !== nodeName) throw refuse('may write only the Node of its own name');
  const hostname = object.metadata?.labels?.[hostnameLabel];
  if (hostname !== undefined && hostname !== nodeName)
    throw refuse(`may not be labelled ${hostnameLabel}=${hostname}`);

  for (const label of new Set([object, old].flatMap((each) => Object.keys(each?.metadata?.labels ?? {}))))
    if (labelsOfOthers.test(label) && object.metadata?.labels?.[label] !== old?.metadata?.labels?.[label])
      throw refuse(`may not set its label ${label}: administrators set hosts apart by it`);

  const node = object as Node;
  const before = old as Node | undefined;
  const truth = user.certificate ? certified(user.certificate) : {};
  const annotations = node.metadata?.annotations ?? {};
  for (const each of certifiedNames) {
    // What stands there already may be an administrator's word over the certificate's; the node leaves it as it is.
    const known = before?.metadata?.annotations?.[each];
    if (annotations[each] === known || (annotations[each] ?? '') === truth[each]) continue;
    throw refuse(
      `may not say ${each}=${annotations[each] ?? '(none)'} of itself: its certificate says ${truth[each] ?? 'nothing of it'}`,
    );
  }
  if (operation === 'update') {
    if (!isDeepStrictEqual(node.spec ?? {}, before?.spec ?? {}))
      throw refuse("may not change its spec: taints, addresses and cordons are the controllers' to set");
    return object;
  }

  for (const field of specOfControllers)
    if (node.spec?.[field] !== undefined) throw refuse(`may not set spec.${field} of itself`);
  if (!user.certificate) return object;
  // Peers find the host's key here, so it is the one that the host has proved.
  const providerID = providerIdOf(user.certificate.key);
  if (node.spec?.providerID && node.spec.providerID !== providerID)
    throw refuse(`has the key ${user.certificate.key}: spec.providerID must be ${providerID}`);
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, ...truth } },
    spec: { ...node.spec, providerID },
  } as Resource;
};

/**
 * Finalizers and owner references make the deletion of other objects wait: of a namespace, of whatever is named as owner. A node
 * sets neither, but for its Lease, which goes with its Node.
 */
function holdsNobodyUp(
  { kind, object, old, storage }: AdmissionRequest,
  nodeName: string,
  refuse: (why: string) => Error,
): void {
  const { finalizers = [], ownerReferences = [] } = object.metadata ?? {};
  if (!isDeepStrictEqual(finalizers, old?.metadata?.finalizers ?? []))
    throw refuse('may not set or take away finalizers');
  if (isDeepStrictEqual(ownerReferences, old?.metadata?.ownerReferences ?? [])) return;
  const own = storage.durable.get(objectKey(kindNamed('Node'), undefined, nodeName))?.value as
    Node | undefined;
  const isOwn = (reference: OwnerReference) =>
    reference.kind === 'Node' && reference.uid === own?.metadata?.uid && !reference.blockOwnerDeletion;
  if (kind.type !== 'Lease' || !ownerReferences.every(isOwn))
    throw refuse('may not name owners, but its own Node as that of its Lease');
}
