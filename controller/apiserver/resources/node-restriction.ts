import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../../../api/errors.ts';
import type { Lease, Node } from '../../../api/types.ts';
import { nodeNameOf } from '../users.ts';
import type { Admission } from './admission.ts';

/** What a node says of itself is held against its certificate: these it may not choose. */
const ownerAnnotation = 'kith.home.arpa/owner';
const tierAnnotation = 'kith.home.arpa/tier';
const hostnameLabel = 'kubernetes.io/hostname';

/**
 * The part of node restriction that needs the object itself: a node writes its own Node and Lease only, under its own key and
 * owner, and leaves to the controllers what is theirs (taints, pod range, cordon, tier). The rest is `auth/node-rules.ts`.
 */
export const nodeSaysOnlyItself: Admission = ({ operation, kind, object, old, user }) => {
  const nodeName = nodeNameOf(user);
  if (nodeName === undefined) return object;
  const name = object.metadata?.name ?? '';
  const refuse = (why: string) => forbidden(kind, name, `node "${nodeName}" ${why}`);
  if (kind.kind === 'Lease' && (name !== nodeName || (object as Lease).spec?.holderIdentity !== nodeName))
    throw refuse('may hold only the Lease of its own name');
  if (kind.kind !== 'Node') return object;
  if (name !== nodeName) throw refuse('may write only the Node of its own name');

  const node = object as Node;
  const before = old as Node | undefined;
  const { certificate } = user;
  const annotations = node.metadata?.annotations ?? {};
  const annotationsBefore = before?.metadata?.annotations ?? {};
  if (
    certificate &&
    annotations[ownerAnnotation] !== undefined &&
    annotations[ownerAnnotation] !== certificate.owner
  )
    throw refuse(
      `belongs to ${certificate.owner}, as its certificate says, not to ${annotations[ownerAnnotation]}`,
    );
  if (operation === 'create') {
    if (certificate && node.spec?.providerID && node.spec.providerID !== `kith://${certificate.key}`)
      throw refuse(`has the key ${certificate.key}: spec.providerID must be kith://${certificate.key}`);
    for (const field of ['podCIDR', 'podCIDRs', 'unschedulable'] as const)
      if (node.spec?.[field] !== undefined) throw refuse(`may not set spec.${field} of itself`);
  } else if (!isDeepStrictEqual(node.spec ?? {}, before?.spec ?? {})) {
    throw refuse("may not change its spec: taints, addresses and cordons are the controllers' to set");
  } else if (annotations[tierAnnotation] !== annotationsBefore[tierAnnotation]) {
    throw refuse(`may not change its annotation ${tierAnnotation}`);
  }
  const hostname = node.metadata?.labels?.[hostnameLabel];
  if (hostname !== undefined && hostname !== nodeName)
    throw refuse(`may not be labelled ${hostnameLabel}=${hostname}`);
  return object;
};
