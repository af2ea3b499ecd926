import type { FieldError } from '../field-errors.ts';
import { kindNamed } from '../kinds.ts';
import type { Kind } from '../kinds.ts';
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Event,
  Lease,
  Node,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Secret,
  Service,
} from '../types.ts';
import { validateConfigMap } from './config-map.ts';
import { validateDeployment } from './deployment.ts';
import { validateEndpointSlice } from './endpoint-slice.ts';
import { validateEvent } from './event.ts';
import { validateLease } from './lease.ts';
import { validateMetadata } from './metadata.ts';
import { validateNode } from './node.ts';
import { validatePod } from './pod.ts';
import { refusePodSpec, refuseService } from './refusals.ts';
import { validateReplicaSet } from './replica-set.ts';
import { validateSecret } from './secret.ts';
import { validateService } from './service.ts';

export { decodeStrict } from './decode.ts';

type AnyObject = { metadata?: ObjectMeta };
type Rule<T> = (object: T, old?: T) => FieldError[];

/** A rule for one kind, kept in a list for all: `validate` hands it only what the schema says is of that kind. */
const of = <T extends AnyObject>(rule: Rule<T>): Rule<AnyObject> => rule as Rule<AnyObject>;

/** Beside the metadata, what each kind must be, by its type. A kind that is not here has no rules but its schema's. */
const rules: Record<string, Rule<AnyObject>> = {
  ConfigMap: of<ConfigMap>(validateConfigMap),
  Deployment: of<Deployment>(validateDeployment),
  EndpointSlice: of<EndpointSlice>(validateEndpointSlice),
  Event: of<Event>(validateEvent),
  Lease: of<Lease>(validateLease),
  Node: of<Node>(validateNode),
  Pod: of<Pod>(validatePod),
  ReplicaSet: of<ReplicaSet>(validateReplicaSet),
  Secret: of<Secret>(validateSecret),
  Service: of<Service>(validateService),
};

/** What kith refuses of each kind that Kubernetes would take. */
const refusals: Record<string, Rule<AnyObject>> = {
  Deployment: of<Deployment>(({ spec }) => refusePodSpec('spec.template.spec', spec?.template?.spec)),
  Pod: of<Pod>(({ spec }) => refusePodSpec('spec', spec)),
  ReplicaSet: of<ReplicaSet>(({ spec }) => refusePodSpec('spec.template.spec', spec?.template?.spec)),
  Service: of<Service>(refuseService),
};

/**
 * What is wrong with the content of an object that decodes, after its defaults; empty where nothing is. With `old`, the
 * stored object, also what an update may not change. Includes `refusalsOf`.
 */
export function validate(kind: Kind | string, object: object, old?: object): FieldError[] {
  return [...validateAsKubernetes(kind, object, old), ...refusalsOf(kind, object)];
}

/** `validate` without what kith itself refuses: what any Kubernetes would say. */
export function validateAsKubernetes(kind: Kind | string, object: object, old?: object): FieldError[] {
  const known = typeof kind === 'string' ? kindNamed(kind) : kind;
  return [
    ...validateMetadata(known, (object as AnyObject).metadata, (old as AnyObject | undefined)?.metadata),
    ...(rules[known.type ?? '']?.(object, old) ?? []),
  ];
}

/** What the object asks for that no home host grants and kith does not carry. */
export function refusalsOf(kind: Kind | string, object: object): FieldError[] {
  return refusals[(typeof kind === 'string' ? kind : kind.type) ?? '']?.(object) ?? [];
}
