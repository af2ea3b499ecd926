import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import { requirementsOf, selects } from '../../../api/selectors.ts';
import type { ClusterRole, PolicyRule } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';
import { collectionKey } from '../storage/keys.ts';

/**
 * The rules that an aggregated role has: those of all roles that its selectors choose, in the order of their names, each once.
 * Source: k8s.io/kubernetes/pkg/controller/clusterroleaggregation
 */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const requirements = requirementsOf(selector);
    for (const other of all) {
      if (other.metadata?.name === role.metadata?.name) continue;
      if (!selects(requirements, other.metadata?.labels ?? {})) continue;
      for (const rule of other.rules ?? [])
        if (!rules.some((known) => isDeepStrictEqual({ ...known }, { ...rule }))) rules.push(rule);
    }
  }
  return rules;
}

/** Whose the rules of an aggregated role are, as in Kubernetes. */
const fieldManager = 'clusterrole-aggregation-controller';

/** Writes into each aggregated ClusterRole what its selectors choose, whenever a ClusterRole changes. */
export class RoleAggregation {
  readonly #store: Store;
  readonly #client: Client;
  readonly #log: Log;
  #unwatch = () => {};
  #isAtWork: Promise<void> | undefined;
  #isWanted = false;
  #isStopped = false;

  constructor(options: { store: Store; client: Client; log: Log }) {
    this.#store = options.store;
    this.#client = options.client;
    this.#log = options.log;
  }

  /** Resolves once all roles have what they should have. */
  async begin(): Promise<void> {
    this.#watch();
    await this.#settle();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unwatch();
    await this.#isAtWork;
  }

  #watch(): void {
    const hear = () => void this.#settle();
    this.#unwatch = this.#store.watch(
      collectionKey(kindNamed('ClusterRole')),
      this.#store.revision,
      hear,
      (error) => {
        if (this.#isStopped || isStoreClosed(error)) return;
        this.#watch();
        void this.#settle();
      },
    );
  }

  /** One round at a time; what changes during one asks for another. */
  #settle(): Promise<void> {
    this.#isWanted = true;
    this.#isAtWork ??= this.#rounds().finally(() => (this.#isAtWork = undefined));
    return this.#isAtWork;
  }

  async #rounds(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      const { entries } = this.#store.list(collectionKey(kindNamed('ClusterRole')));
      const roles = entries.map(({ value }) => value as ClusterRole);
      for (const role of roles) {
        if (!role.aggregationRule) continue;
        const rules = aggregatedRules(role, roles);
        if (isDeepStrictEqual(rules, role.rules ?? [])) continue;
        const ref = { kind: 'ClusterRole', name: role.metadata!.name! };
        await this.#client.patch(ref, 'merge', { rules }, { fieldManager }).catch((error: unknown) => {
          if (isNotFound(error) || this.#isStopped) return;
          // The next change of any role tries it again.
          this.#log.warn('an aggregated role could not be brought up to date', { role: ref.name, error });
        });
      }
    }
  }
}
