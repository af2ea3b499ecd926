import { isAlreadyExists, methodNotAllowed } from '../../../api/errors.ts';
import { kindNamed, kindOf, type Kind } from '../../../api/kinds.ts';
import type { PatchType } from '../../../api/patch/patch.ts';
import type { DeleteOptions, Pod, PodDisruptionBudget, Status } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import type { Random } from '../../../process/random.ts';
import type { Store } from '../../store/store.ts';
import { Authorizer } from '../auth/authorizer.ts';
import { followRbac, RbacIndex } from '../auth/rbac-index.ts';
import { Definitions } from '../custom/definitions.ts';
import { KindTable } from '../custom/kind-table.ts';
import { Quotas } from '../quota/quotas.ts';
import { collectionKey } from '../storage/keys.ts';
import { Storage } from '../storage/storage.ts';
import { systemObjects } from './bootstrap.ts';
import { Candidates } from './candidates.ts';
import { Changes } from './changes.ts';
import { ClusterIps } from './cluster-ips.ts';
import { Creations } from './creations.ts';
import { evict } from './evictions.ts';
import type { Resource } from './metadata.ts';
import { systemNamespaces } from './namespaces.ts';
import { bound, type Binding } from './pods.ts';
import { Reader, type Listing, type ListQuery } from './reader.ts';
import { Removals } from './removals.ts';
import { scaleOf } from './scale.ts';
import { Scales } from './scales.ts';
import { NodePorts } from './node-ports.ts';
import { followServices } from './service-numbers.ts';
import { beStrictWithYaml } from './strictness.ts';
import { ownContext, type Subresource, type WriteContext } from './write-context.ts';
import { Writer, type Written } from './writer.ts';

export interface RegistryOptions {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
}

/** Every verb on every kind, over the store: what the HTTP handler and the direct client both call. */
export class Registry {
  readonly reader: Reader;
  readonly storage: Storage;
  readonly kinds: KindTable;
  readonly authorizer: Authorizer;
  readonly #definitions: Definitions;
  readonly #creations: Creations;
  readonly #changes: Changes;
  readonly #scales: Scales;
  readonly #removals: Removals;
  readonly #quotas: Quotas;
  readonly #clock: Clock;
  readonly #unwatchServices: () => void;
  readonly #unwatchRoles: () => void;

  constructor({ store, clock, random, log }: RegistryOptions) {
    this.#clock = clock;
    this.storage = new Storage(store, clock);
    this.kinds = new KindTable(store);
    this.reader = new Reader(this.storage, clock);
    const clusterIps = new ClusterIps(random);
    const nodePorts = new NodePorts(random);
    this.#unwatchServices = followServices(store, { clusterIps, nodePorts }, log);
    this.#quotas = new Quotas({
      store,
      kinds: () => this.kinds.all(),
      kindOf: (apiVersion, name) => this.kinds.of(apiVersion, name),
      writeStatus: (quota, status) => this.#changes.status(quota, (old) => ({ ...old, status }), false),
      clock,
      log,
    });
    this.authorizer = new Authorizer(this.reader, new RbacIndex());
    this.#unwatchRoles = followRbac(store, this.authorizer.rbac, log);

    const writer = new Writer(this.storage);
    const { storage, authorizer } = this;
    const candidates = new Candidates({
      storage,
      authorizer,
      clusterIps,
      nodePorts,
      quotas: this.#quotas,
      clock,
      random,
    });
    this.#creations = new Creations({ candidates, storage, writer, clock, random, log });
    this.#changes = new Changes({ candidates, writer, clock });
    this.#scales = new Scales({ candidates, changes: this.#changes, clock });
    this.#removals = new Removals({ reader: this.reader, writer, clock });
    this.#definitions = new Definitions({
      store,
      kinds: this.kinds,
      writer,
      clock,
      log,
      writeStatus: (definition) =>
        this.update(
          kindNamed('CustomResourceDefinition'),
          undefined,
          definition.metadata?.name ?? '',
          'status',
          definition,
          { ...ownContext, fieldManager: 'kube-apiserver' },
        ),
      changed: (definition) => this.reader.endWatches((kind) => kind.custom?.definition === definition),
      deleteAll: async (kind) => (await this.deleteCollection(kind, {}, {}, ownContext)).items.length,
    });
  }

  /** Makes what a cluster has from its first moment, where it is not there yet. */
  async begin(): Promise<void> {
    const namespaces = systemNamespaces.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }));
    for (const { apiVersion, kind, ...object } of [...namespaces, ...systemObjects])
      await this.create(kindOf(apiVersion, kind)!, undefined, object, ownContext).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      });
    // A controller that died between a namespace and its account makes up for it now.
    for (const namespace of (await this.reader.list(kindNamed('Namespace'))).items)
      if (!namespace.metadata!.deletionTimestamp)
        await this.#creations.defaultAccount(namespace.metadata!.name!);
  }

  create(kind: Kind, namespace: string | undefined, body: unknown, context: WriteContext): Promise<Resource> {
    return this.#creations.create(kind, namespace, body, context);
  }

  update(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource | undefined,
    body: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    const target = { kind, namespace, name, subresource };
    return this.#changesOf(subresource).update(target, body, context);
  }

  patch(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource | undefined,
    type: PatchType,
    patch: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    const target = { kind, namespace, name, subresource };
    return this.#changesOf(subresource).patch(target, type, patch, context);
  }

  /**
   * Server-side apply: the object with all that the configuration says, and without what its manager applied before and does not any more.
   * Makes it where it is not there, if its writer may: `requireCreate` throws where not.
   */
  async apply(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource | undefined,
    configuration: unknown,
    context: WriteContext,
    requireCreate: () => void,
  ): Promise<{ object: Resource; isNew: boolean }> {
    beStrictWithYaml(context);
    if (subresource === undefined && !this.reader.find(kind, namespace, name)) {
      requireCreate();
      try {
        const object = await this.#creations.apply(kind, namespace, name, configuration, context);
        return { object, isNew: true };
      } catch (error) {
        // Someone else made it meanwhile: it is there now.
        if (!isAlreadyExists(error)) throw error;
      }
    }
    const target = { kind, namespace, name, subresource };
    const object = await this.#changesOf(subresource).apply(target, configuration, context);
    return { object, isNew: false };
  }

  /** Marks or removes an object; says which, with its last state. */
  delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
    context: WriteContext,
  ): Promise<Written> {
    return this.#removals.delete(kind, namespace, name, options, context);
  }

  deleteCollection(
    kind: Kind,
    query: ListQuery,
    options: DeleteOptions,
    context: WriteContext,
  ): Promise<Listing> {
    return this.#removals.deleteCollection(kind, query, options, context);
  }

  getScale(kind: Kind, namespace: string | undefined, name: string): Resource {
    return scaleOf(kind, this.reader.get(kind, namespace, name));
  }

  /** POST to a pod's `binding` or `eviction`. */
  async createSubresource(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource,
    body: unknown,
    context: WriteContext,
  ): Promise<Status> {
    if (kind.type !== 'Pod' || (subresource !== 'binding' && subresource !== 'eviction'))
      throw methodNotAllowed(kind, 'create');
    if (subresource === 'eviction') await this.#evict(kind, namespace, name, body, context);
    else {
      const now = this.#clock.date();
      await this.#changes.change({ kind, namespace, name }, context, (old) =>
        bound(old, (body ?? {}) as Binding, now),
      );
    }
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  }

  async close(): Promise<void> {
    this.#unwatchServices();
    this.#quotas.stop();
    this.#unwatchRoles();
    await this.#definitions.stop();
    this.reader.close();
    await this.storage.close();
  }

  #changesOf(subresource: Subresource | undefined): Changes | Scales {
    return subresource === 'scale' ? this.#scales : this.#changes;
  }

  async #evict(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    body: unknown,
    context: WriteContext,
  ): Promise<void> {
    const budgets = kindNamed('PodDisruptionBudget');
    const parts = {
      now: this.#clock.date(),
      pod: (ofNamespace: string | undefined, called: string) =>
        this.reader.get(kind, ofNamespace, called) as Pod,
      budgets: (ofNamespace: string | undefined) =>
        this.storage.durable
          .list(collectionKey(budgets, ofNamespace))
          .entries.map(({ value }) => value as PodDisruptionBudget),
      changeBudget: (
        budget: PodDisruptionBudget,
        next: (old: PodDisruptionBudget) => PodDisruptionBudget,
        dryRun: boolean,
      ) => this.#changes.status(budget, next, dryRun),
      changePod: (pod: Pod, next: (old: Pod) => Pod) => this.#changes.status(pod, next, false),
      remove: (pod: Pod, options: DeleteOptions, dryRun: boolean) =>
        this.delete(kind, pod.metadata?.namespace, pod.metadata!.name!, options, { ...context, dryRun }),
    };
    await evict(parts, namespace, name, body, context.dryRun);
  }
}
