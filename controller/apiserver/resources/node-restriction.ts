import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '../../../api/errors.ts';
import { ownerAnnotation, providerIdOf, tierAnnotation } from '../../../api/nodes.ts';
import type { Lease, Node } from '../../../api/types.ts';
import type { MemberCertificate } from '../../../swarm/certificate.ts';
import { nodeNameOf } from '../users.ts';
import type { Admission } from './admission-request.ts';
import type { Resource } from './metadata.ts';

const hostnameLabel = 'kubernetes.io/hostname';
/** Set by controllers and administrators alone. */
const specOfControllers = ['podCIDR', 'podCIDRs', 'unschedulable'] as const;

/** What places apps and Secrets by whom a host belongs to: its certificate says it, the host does not choose. */
function certified({ owner, tier = 'volunteer' }: MemberCertificate): Record<string, string> {
  return { [ownerAnnotation]: owner, [tierAnnotation]: tier };
}
const certifiedNames = [ownerAnnotation, tierAnnotation];

/**
 * The part of node restriction that needs the object itself: a node writes its own Node and Lease only, under its own key, owner
 * and tier, and leaves to the controllers what is theirs (taints, pod range, cordon). The rest is `auth/node-rules.ts`.
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
  const hostname = object.metadata?.labels?.[hostnameLabel];
  if (hostname !== undefined && hostname !== nodeName)
    throw refuse(`may not be labelled ${hostnameLabel}=${hostname}`);

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
