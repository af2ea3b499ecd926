import { badRequest, methodNotAllowed } from '../../../api/errors.ts';
import { formatLabelSelector } from '../../../api/selectors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { LabelSelector, Scale } from '../../../api/types.ts';
import { customScale, withCustomReplicas } from '../custom/scale.ts';
import type { Resource } from './metadata.ts';

interface Scalable extends Resource {
  spec?: { replicas?: number; selector?: LabelSelector };
  status?: { replicas?: number };
}

/** What `scale` shows of a Deployment or ReplicaSet. */
export function scaleOf(kind: Kind, object: Resource): Scale {
  if (!kind.subresources.includes('scale')) throw methodNotAllowed(kind, 'scale');
  const custom = kind.custom && customScale(kind, object);
  const { metadata, spec, status } = object as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata ?? {};
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
      spec: { replicas: custom?.replicas ?? spec?.replicas ?? 0 },
      status: {
        replicas: custom?.status ?? status?.replicas ?? 0,
        selector: custom?.selector ?? formatLabelSelector(spec?.selector ?? {}),
      },
    }),
  ) as Scale;
}

/** The object with the Scale's replicas. */
export function scaled(kind: Kind, old: Resource, scale: Scale): Resource {
  const replicas = scale.spec?.replicas;
  if (!Number.isInteger(replicas) || replicas! < 0)
    throw badRequest(
      `spec.replicas: Invalid value: ${JSON.stringify(replicas)}: must be a whole number, 0 or more`,
    );
  if (kind.custom) return withCustomReplicas(kind, old, replicas!);
  return { ...old, spec: { ...(old as Scalable).spec, replicas } };
}
