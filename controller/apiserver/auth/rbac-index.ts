import { ApiError } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../../api/types.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';
import { collectionKey } from '../storage/keys.ts';
import type { User } from '../users.ts';

/** Under this prefix the store keeps the four kinds (`storage/keys.ts`), and what somebody may define in their group. */
const prefix = '/rbac.authorization.k8s.io/';
const collections = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map((kind) =>
  collectionKey(kindNamed(kind)),
);
/** An object of somebody's own definition may call itself a ClusterRoleBinding, and no one has looked at what it gives. */
const isOfThese = ({ key }: { key: string }) => collections.some((each) => key.startsWith(each));

type Binding = ClusterRoleBinding | RoleBinding;
type RbacObject = (Role | ClusterRole | Binding) & { kind?: string };

/** The bindings of the cluster, or of one namespace, by whom they name. */
class Bindings {
  readonly #bySubject = new Map<string, Map<string, { binding: Binding; subject: Subject }>>();

  put(binding: Binding): void {
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, binding.metadata?.namespace);
      if (key === undefined) continue;
      const ofSubject = this.#bySubject.get(key) ?? new Map<string, { binding: Binding; subject: Subject }>();
      const name = binding.metadata!.name!;
      if (ofSubject.get(name)?.binding !== binding) ofSubject.set(name, { binding, subject });
      this.#bySubject.set(key, ofSubject);
    }
  }

  remove(binding: Binding): void {
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, binding.metadata?.namespace);
      const ofSubject = key === undefined ? undefined : this.#bySubject.get(key);
      ofSubject?.delete(binding.metadata!.name!);
      if (ofSubject?.size === 0) this.#bySubject.delete(key!);
    }
  }

  *of({ name, groups }: User): Generator<{ binding: Binding; subject: Subject }> {
    const seen = new Set<Binding>();
    for (const key of [`User ${name}`, ...groups.map((group) => `Group ${group}`)])
      for (const found of this.#bySubject.get(key)?.values() ?? []) {
        if (seen.has(found.binding)) continue;
        seen.add(found.binding);
        yield found;
      }
  }
}

/** What one binding gives someone: the rules of its role, or why there are none. */
export interface Grant {
  rules: readonly PolicyRule[];
  error?: ApiError;
  /** `ClusterRoleBinding "a" of ClusterRole "view" to User "ben"`. */
  source(): string;
}

/** The roles and bindings of the cluster, by whom they concern: followed from the store, so that a request asks no store. */
export class RbacIndex {
  readonly #clusterRoles = new Map<string, readonly PolicyRule[]>();
  readonly #roles = new Map<string, readonly PolicyRule[]>();
  #clusterBindings = new Bindings();
  readonly #bindings = new Map<string, Bindings>();

  put(object: RbacObject): void {
    const { name = '', namespace = '' } = object.metadata ?? {};
    switch (object.kind) {
      case 'ClusterRole':
        return void this.#clusterRoles.set(name, (object as ClusterRole).rules ?? []);
      case 'Role':
        return void this.#roles.set(`${namespace}/${name}`, (object as Role).rules ?? []);
      case 'ClusterRoleBinding':
        return this.#clusterBindings.put(object as Binding);
      case 'RoleBinding': {
        const ofNamespace = this.#bindings.get(namespace) ?? new Bindings();
        ofNamespace.put(object as Binding);
        this.#bindings.set(namespace, ofNamespace);
      }
    }
  }

  remove(object: RbacObject): void {
    const { name = '', namespace = '' } = object.metadata ?? {};
    switch (object.kind) {
      case 'ClusterRole':
        return void this.#clusterRoles.delete(name);
      case 'Role':
        return void this.#roles.delete(`${namespace}/${name}`);
      case 'ClusterRoleBinding':
        return this.#clusterBindings.remove(object as Binding);
      case 'RoleBinding':
        this.#bindings.get(namespace)?.remove(object as Binding);
    }
  }

  clear(): void {
    this.#clusterRoles.clear();
    this.#roles.clear();
    this.#clusterBindings = new Bindings();
    this.#bindings.clear();
  }

  /** What the user is given in the cluster, and in the namespace where one is named. */
  *grants(user: User, namespace: string | undefined): Generator<Grant> {
    for (const { binding, subject } of this.#clusterBindings.of(user))
      yield this.#grant('ClusterRoleBinding', binding, subject, undefined);
    if (!namespace) return;
    for (const { binding, subject } of this.#bindings.get(namespace)?.of(user) ?? [])
      yield this.#grant('RoleBinding', binding, subject, namespace);
  }

  /** All rules that the user is given, in the cluster and in the namespace. */
  rulesOf(user: User, namespace: string | undefined): PolicyRule[] {
    return [...this.grants(user, namespace)].flatMap(({ rules }) => rules);
  }

  /** The rules of the role that a binding in `namespace` names. @throws ApiError (not found) */
  rulesOfRole({ kind, name }: RoleRef, namespace: string | undefined): readonly PolicyRule[] {
    const rules =
      kind === 'ClusterRole' ? this.#clusterRoles.get(name) : this.#roles.get(`${namespace ?? ''}/${name}`);
    if (rules) return rules;
    const group = 'rbac.authorization.k8s.io';
    const singular = kind === 'ClusterRole' ? 'clusterrole' : 'role';
    const message = `${singular}.${group} ${JSON.stringify(name)} not found`;
    throw new ApiError(404, 'NotFound', message, { name, group, kind: singular });
  }

  #grant(kind: string, binding: Binding, subject: Subject, namespace: string | undefined): Grant {
    const { roleRef, metadata } = binding;
    const name = namespace ? `${metadata!.name}/${namespace}` : metadata!.name!;
    const source = () =>
      `${kind} ${JSON.stringify(name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${describeSubject(subject, namespace)}`;
    try {
      return { rules: this.rulesOfRole(roleRef, namespace), source };
    } catch (error) {
      return { rules: [], error: error as ApiError, source };
    }
  }
}

/** Keeps the index in step with the store; it is whole when this returns. Returns what ends it. */
export function followRbac(store: Store, index: RbacIndex, log: Log): () => void {
  let unwatch = () => {};
  const begin = () => {
    index.clear();
    const { entries, revision } = store.list(prefix);
    for (const { value } of entries.filter(isOfThese)) index.put(value as RbacObject);
    unwatch = store.watch(
      prefix,
      revision,
      (event) => {
        if (!isOfThese(event.entry)) return;
        const before = event.type === 'put' ? event.previous : event.entry;
        // A binding that names others now must first let go of those it named.
        if (before) index.remove(before.value as RbacObject);
        if (event.type === 'put') index.put(event.entry.value as RbacObject);
      },
      (error) => {
        if (isStoreClosed(error)) return;
        log.warn('the roles are read anew: their watch ended', { error });
        begin();
      },
    );
  };
  begin();
  return () => unwatch();
}

function subjectKey(
  { kind, name, namespace }: Subject,
  ownNamespace: string | undefined,
): string | undefined {
  if (kind === 'User' || kind === 'Group') return `${kind} ${name}`;
  const where = namespace || ownNamespace;
  if (kind !== 'ServiceAccount' || !where) return undefined;
  return `User system:serviceaccount:${where}:${name}`;
}

function describeSubject({ kind, name, namespace }: Subject, ownNamespace: string | undefined): string {
  const who = kind === 'ServiceAccount' ? `${name}/${namespace || (ownNamespace ?? '')}` : name;
  return `${kind} ${JSON.stringify(who)}`;
}
