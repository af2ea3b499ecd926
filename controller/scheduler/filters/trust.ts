import { ownerAnnotation, tierAnnotation } from '../../../api/nodes.ts';
import type { Namespace, Node, Pod } from '../../../api/types.ts';
import type { Filter } from '../filter.ts';

/** Least trusted first. `own`: the namespace and the node have one owner; `friend`: vouched for by name. */
export const tiers = ['volunteer', 'friend', 'own'] as const;
export type Tier = (typeof tiers)[number];

/** On a pod: the least trusted tier that it may run on. */
export const minTrustAnnotation = 'kith.home.arpa/min-trust';

/** Hosts that are trusted enough with this pod; one with secrets or volumes goes to friends at least, unless it says otherwise. */
export const trust: Filter = {
  name: 'trust',
  forPod({ pod, namespace }, snapshot) {
    const least = minTrust(pod);
    if (least === 'volunteer') return undefined;
    return ({ node }) => {
      const tier = tierOf(snapshot.namespace(namespace), node);
      return tiers.indexOf(tier) < tiers.indexOf(least)
        ? `node(s) were trusted less than "${least}"`
        : undefined;
    };
  },
};

export function minTrust(pod: Pod): Tier {
  const asked = pod.metadata?.annotations?.[minTrustAnnotation];
  if (asked !== undefined) {
    // A word that we do not know must not mean "anybody".
    return tiers.find((tier) => tier === asked) ?? 'own';
  }
  return holdsSecrets(pod) ? 'friend' : 'volunteer';
}

/** How far a node is trusted with a namespace's pods. */
export function tierOf(namespace: Namespace | undefined, node: Node): Tier {
  const annotations = node.metadata?.annotations ?? {};
  const owner = namespace?.metadata?.annotations?.[ownerAnnotation];
  if (owner !== undefined && owner === annotations[ownerAnnotation]) return 'own';
  const given = tiers.find((tier) => tier === annotations[tierAnnotation]) ?? 'volunteer';
  // `own` is said of the founder's hosts; for a namespace of somebody else these are a friend's.
  return given === 'own' && owner !== undefined ? 'friend' : given;
}

function holdsSecrets({ spec }: Pod): boolean {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return (
    (spec?.volumes ?? []).some((volume) => volume.secret ?? volume.persistentVolumeClaim) ||
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.secretKeyRef) || envFrom.some(({ secretRef }) => secretRef),
    )
  );
}
