import { kindOf } from '../kinds.ts';
import type {
  Deployment,
  EndpointSlice,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
} from '../types.ts';
import { defaultNamespace, defaultNode, defaultSecret } from './cluster.ts';
import { defaultPod } from './pod.ts';
import { defaultEndpointSlice, defaultService } from './service.ts';
import { defaultDeployment, defaultReplicaSet } from './workloads.ts';

type Typed = { apiVersion?: string; kind?: string };
const of =
  <T extends Typed>(fill: (object: T) => T) =>
  (object: Typed): Typed =>
    fill(object as T);

/** What Kubernetes fills in, by the kind's type. A kind that is not here has no defaults. */
const defaults: Record<string, (object: Typed) => Typed> = {
  Deployment: of<Deployment>(defaultDeployment),
  EndpointSlice: of<EndpointSlice>(defaultEndpointSlice),
  Namespace: of<Namespace>(defaultNamespace),
  Node: of<Node>(defaultNode),
  Pod: of<Pod>(defaultPod),
  ReplicaSet: of<ReplicaSet>(defaultReplicaSet),
  Secret: of<Secret>(defaultSecret),
  Service: of<Service>(defaultService),
};

/**
 * The object with Kubernetes' defaults for its kind, as a new object: what was given stays as it is. Applying them twice
 * changes nothing. Expects what `normalize` made: no `null`, no wrong types. Its `apiVersion` and `kind` say what it is.
 *
 * Source: k8s.io/kubernetes/pkg/apis/(core|apps|discovery)/v1/defaults.go
 */
export function applyDefaults<T extends object>(object: T): T {
  const { apiVersion, kind = '' } = object as Typed;
  const type = apiVersion === undefined ? kind : (kindOf(apiVersion, kind)?.type ?? '');
  return (Object.hasOwn(defaults, type) ? defaults[type]!(object as Typed) : object) as T;
}
