import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists, isNotFound } from '../../../api/errors.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  ObjectMeta,
  PolicyRule,
  RoleRef,
  Subject,
} from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { uncovered } from './rbac-rules.ts';

/** One role or binding that every cluster has, as Kubernetes 1.33 makes them (`bootstrap-roles.json`). */
interface Wanted {
  kind: string;
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  rules?: PolicyRule[];
  aggregationRule?: ClusterRole['aggregationRule'];
  roleRef?: RoleRef;
  subjects?: Subject[];
}

const apiVersion = 'rbac.authorization.k8s.io/v1';
/** Set to `false` on an object, it is left as somebody has made it. */
const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';
/** Whose these fields are, as in Kubernetes. */
const fieldManager = 'kube-apiserver';
const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

/**
 * Makes the roles and bindings that a cluster has from the start, and gives them back what was taken from them: rights that are
 * missing, subjects that are gone. What was added stays. Source: k8s.io/component-helpers/auth/rbac/reconciliation
 */
export async function bootstrapRoles(client: Client): Promise<void> {
  // Read once at each start, and not kept.
  const { default: data } = await import('./bootstrap-roles.json', { with: { type: 'json' } });
  await Promise.all((data as Wanted[]).map((wanted) => ensure(client, wanted)));
}

async function ensure(client: Client, wanted: Wanted): Promise<void> {
  const object = wantedObject(wanted);
  const { kind, name, namespace } = wanted;
  const ref = { kind, name, ...(namespace && { namespace }) };
  let found: Found;
  try {
    found = await client.get<Found>(ref);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // Another controller may have been first.
    return void (await client.create(object, { fieldManager }).catch((late: unknown) => {
      if (!isAlreadyExists(late)) throw late;
    }));
  }
  if (found.metadata?.annotations?.[autoupdate] === 'false') return;
  // What a binding gives cannot be changed in place.
  if (wanted.roleRef && !isDeepStrictEqual({ ...found.roleRef }, { ...wanted.roleRef })) {
    await client.delete(ref);
    return void (await client.create(object, { fieldManager }));
  }
  const patch = repair(found, wanted, object.metadata);
  if (patch) await client.patch(ref, 'merge', patch, { fieldManager });
}

type Found = Pick<
  ClusterRole & ClusterRoleBinding,
  'metadata' | 'rules' | 'aggregationRule' | 'roleRef' | 'subjects'
> & {
  kind?: string;
  apiVersion?: string;
};

/** What `found` lacks of what is wanted, as a merge patch; undefined where it lacks nothing. */
export function repair(found: Found, wanted: Wanted, metadata: ObjectMeta): object | undefined {
  const { labels, annotations } = found.metadata ?? {};
  const missing = <T>(kept: Record<string, T> | undefined, asked: Record<string, T> | undefined) =>
    Object.entries(asked ?? {}).some(([key, value]) => kept?.[key] !== value);
  const patch: Record<string, unknown> = {};
  if (missing(labels, metadata.labels) || missing(annotations, metadata.annotations))
    patch['metadata'] = { labels: metadata.labels, annotations: metadata.annotations };
  const lacking = uncovered(found.rules ?? [], wanted.rules ?? []);
  if (lacking.length > 0 && !wanted.aggregationRule) patch['rules'] = [...(found.rules ?? []), ...lacking];
  const selectors = found.aggregationRule?.clusterRoleSelectors ?? [];
  const lackingSelectors = absent(selectors, wanted.aggregationRule?.clusterRoleSelectors ?? []);
  if (lackingSelectors.length > 0)
    patch['aggregationRule'] = { clusterRoleSelectors: [...selectors, ...lackingSelectors] };
  const lackingSubjects = absent(found.subjects ?? [], wanted.subjects ?? []);
  if (lackingSubjects.length > 0) patch['subjects'] = [...(found.subjects ?? []), ...lackingSubjects];
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function absent<T extends object>(kept: readonly T[], wanted: readonly T[]): T[] {
  return wanted.filter((each) => !kept.some((own) => isDeepStrictEqual({ ...own }, { ...each })));
}

function wantedObject({ kind, name, namespace, labels, ...rest }: Wanted) {
  const metadata: ObjectMeta = {
    name,
    ...(namespace && { namespace }),
    labels: { ...bootstrapping, ...labels },
    annotations: { [autoupdate]: 'true' },
  };
  return { apiVersion, kind, metadata, ...rest };
}
