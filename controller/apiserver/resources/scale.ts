import { badRequest, invalid, methodNotAllowed } from '../../../api/errors.ts';
import { formatLabelSelector } from '../../../api/selectors.ts';
import type { Kind } from '../../../api/kinds.ts';
import type { LabelSelector, Scale } from '../../../api/types.ts';
import { notNegative } from '../../../api/validation/rules.ts';
import { customScale, withCustomReplicas } from '../custom/scale.ts';
import type { Resource } from './metadata.ts';

interface Scalable extends Resource {
  /** A ReplicationController's selector is a plain map of labels. */
  spec?: { replicas?: number; selector?: LabelSelector | Record<string, string> };
  status?: { replicas?: number };
}

/** What `scale` shows of a kind that has replicas. */
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
        selector: custom?.selector ?? formatLabelSelector(selectorOf(kind, object)),
      },
    }),
  ) as Scale;
}

function selectorOf(kind: Kind, object: Resource): LabelSelector {
  const selector = (object as Scalable).spec?.selector ?? {};
  return kind.type === 'ReplicationController'
    ? { matchLabels: selector as Record<string, string> }
    : (selector as LabelSelector);
}

/** How messages call what is written to `scale`. */
const scaleKind: Kind = {
  kind: 'Scale',
  type: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  apiVersion: 'autoscaling/v1',
  plural: 'scales',
  singular: 'scale',
  shortNames: [],
  namespaced: true,
  subresources: [],
  categories: [],
  selectableFields: {},
};

/** @throws ApiError (bad request) where the body is of another version; Kubernetes tells in which line of its own it looked. */
export function refuseOtherScale({ apiVersion = scaleKind.apiVersion, kind = scaleKind.kind }: Scale): void {
  if (apiVersion === scaleKind.apiVersion && kind === scaleKind.kind) return;
  throw badRequest(
    `Scale in version "${scaleKind.version}" cannot be handled as a Scale: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`,
  );
}

/** The object with the Scale's replicas; without any, none are wished for. */
export function scaled(kind: Kind, old: Resource, scale: Scale): Resource {
  const replicas = scale.spec?.replicas ?? 0;
  const wrong = notNegative('spec.replicas', replicas);
  if (wrong.length > 0) throw invalid(scaleKind, old.metadata?.name ?? '', wrong);
  if (kind.custom) return withCustomReplicas(kind, old, replicas);
  return { ...old, spec: { ...(old as Scalable).spec, replicas } };
}
