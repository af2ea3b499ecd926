import { applyDefaults } from '../../../api/defaults/defaults.ts';
import {
  badRequest,
  conflict,
  isAlreadyExists,
  isNotFound,
  methodNotAllowed,
  refusal,
} from '../../../api/errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import { applyPatch, type PatchType } from '../../../api/patch/patch.ts';
import type { DeleteOptions as WireDeleteOptions, Scale, Status } from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import type { Random } from '../../../process/random.ts';
import type { Store } from '../../store/store.ts';
import { Storage } from '../storage/storage.ts';
import { controllerUser, type User } from '../users.ts';
import { admit } from './admission.ts';
import { ClusterIps } from './cluster-ips.ts';
import { decode, refuseInvalid, type FieldValidation } from './decoding.ts';
import { decideDeletion } from './deletion.ts';
import { newObject, replaced, withGeneration, withStatusOf, type Resource } from './metadata.ts';
import { finalized, refuseSystemNamespace, systemNamespaces } from './namespaces.ts';
import { bound, type Binding, type Eviction } from './pods.ts';
import { Reader, type Listing, type ListQuery } from './reader.ts';
import { scaled, scaleOf } from './scale.ts';
import { followServiceAddresses } from './service-addresses.ts';
import { Writer, type Written } from './writer.ts';

export type Subresource = 'status' | 'scale' | 'binding' | 'eviction' | 'finalize';

/** How a write is meant. */
export interface WriteContext {
  user: User;
  dryRun: boolean;
  /** A dry run of what is to lie in a namespace that its writer makes first: that it is not there yet is no mistake. */
  isNamespaceToCome?: boolean;
  fieldValidation: FieldValidation;
  /** Told of what was accepted and yet is not as the writer may think; becomes a `Warning` header. */
  warn: (text: string) => void;
}

/** A generated name that is taken is drawn again this often before the writer is told. */
const nameTriesMax = 8;
/** How many objects one `deletecollection` works on at once. */
const deletionsAtOnceMax = 50;

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
  readonly #writer: Writer;
  readonly #clusterIps: ClusterIps;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #unwatchServices: () => void;

  constructor({ store, clock, random, log }: RegistryOptions) {
    this.storage = new Storage(store, clock);
    this.reader = new Reader(this.storage, clock);
    this.#writer = new Writer(this.storage);
    this.#clusterIps = new ClusterIps(random);
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#unwatchServices = followServiceAddresses(store, this.#clusterIps, log);
  }

  /** Makes what a cluster has from its first moment, where it is not there yet. */
  async begin(): Promise<void> {
    const context = this.#ownContext();
    for (const name of systemNamespaces)
      await this.create(kindNamed('Namespace'), undefined, { metadata: { name } }, context).catch(
        (error: unknown) => {
          if (!isAlreadyExists(error)) throw error;
        },
      );
    // A controller that died between a namespace and its account makes up for it now.
    for (const namespace of (await this.reader.list(kindNamed('Namespace'))).items)
      if (!namespace.metadata!.deletionTimestamp) await this.#createDefaultAccount(namespace.metadata!.name!);
  }

  async create(
    kind: Kind,
    namespace: string | undefined,
    body: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    const input = decode(kind, body, context.fieldValidation, context.warn);
    for (let tries = 1; ; tries++) {
      const undos: (() => void)[] = [];
      try {
        const now = this.#clock.date();
        const draft = newObject(kind, input, { namespace, now, random: this.#random });
        const object = this.#admitted('create', kind, applyDefaults(draft), undefined, context, undos);
        const created = await this.#writer.create(kind, object, context);
        if (context.dryRun) undo(undos);
        if (kind.type === 'Namespace' && !context.dryRun)
          await this.#createDefaultAccount(created.metadata!.name!);
        return created;
      } catch (error) {
        undo(undos);
        const isDrawnName = !input.metadata?.name && input.metadata?.generateName;
        if (!isDrawnName || !isAlreadyExists(error) || tries === nameTriesMax) throw error;
      }
    }
  }

  async update(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource | undefined,
    body: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    if (subresource === 'scale')
      return this.#updateScale(kind, namespace, name, () => body as Scale, context);
    const input = decode(kind, body, context.fieldValidation, context.warn);
    const given = input.metadata?.name;
    if (given && given !== name)
      throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
    const version = input.metadata?.resourceVersion;
    const { object } = await this.#change(
      kind,
      namespace,
      name,
      { context, pinned: Boolean(version) },
      (old, undos) => {
        refuseStale(kind, old, version);
        return this.#next(kind, subresource, old, input, context, undos);
      },
    );
    return object;
  }

  async patch(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource | undefined,
    type: PatchType,
    patch: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    if (subresource === 'scale') {
      const compute = (scale: Scale) =>
        applyPatch(type === 'strategic' ? 'merge' : type, scale, patch, kind) as Scale;
      return this.#updateScale(kind, namespace, name, compute, context);
    }
    const { object } = await this.#change(kind, namespace, name, { context }, (old, undos) => {
      const patched = applyPatch(type, old, patch, kind) as Resource;
      // A patch that names a version is meant for that one alone.
      refuseStale(kind, old, patched.metadata?.resourceVersion);
      const input = decode(kind, patched, context.fieldValidation, context.warn);
      return this.#next(kind, subresource, old, input, context, undos);
    });
    return object;
  }

  /** Marks or removes an object; says which, with its last state. */
  async delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    options: WireDeleteOptions,
    context: WriteContext,
  ): Promise<Written> {
    const errors = decodeStrict('DeleteOptions', options);
    const wrong = refusal(kind, name, errors);
    if (wrong) throw wrong;
    if (kind.type === 'Namespace') refuseSystemNamespace(name);
    const now = this.#clock.date();
    return this.#writer.change(kind, namespace, name, { dryRun: context.dryRun }, (old) => {
      const decision = decideDeletion(kind, old, options, now);
      return decision.action === 'remove' ? 'remove' : withGeneration(kind, old, decision.object);
    });
  }

  async deleteCollection(
    kind: Kind,
    query: ListQuery,
    options: WireDeleteOptions,
    context: WriteContext,
  ): Promise<Listing> {
    const listing = await this.reader.list(kind, query);
    const waiting = [...listing.items];
    const work = async () => {
      for (let item = waiting.shift(); item; item = waiting.shift()) {
        const { namespace, name } = item.metadata!;
        await this.delete(kind, namespace, name!, options, context).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(deletionsAtOnceMax, waiting.length) }, work));
    return listing;
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
    if (subresource === 'binding') {
      const now = this.#clock.date();
      await this.#change(kind, namespace, name, { context }, (old) =>
        bound(old, (body ?? {}) as Binding, now),
      );
    } else {
      await this.delete(kind, namespace, name, ((body ?? {}) as Eviction).deleteOptions ?? {}, context);
    }
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  }

  async close(): Promise<void> {
    this.#unwatchServices();
    this.reader.close();
    await this.storage.close();
  }

  #next(
    kind: Kind,
    subresource: Subresource | undefined,
    old: Resource,
    input: Resource,
    context: WriteContext,
    undos: (() => void)[],
  ): Resource {
    if (subresource === 'status') return withStatusOf(old, input);
    if (subresource === 'finalize') return finalized(old, input);
    if (subresource) throw methodNotAllowed(kind, 'update');
    const draft = applyDefaults(replaced(kind, old, input));
    return withGeneration(kind, old, this.#admitted('update', kind, draft, old, context, undos));
  }

  #admitted(
    operation: 'create' | 'update',
    kind: Kind,
    draft: Resource,
    old: Resource | undefined,
    { user, dryRun, isNamespaceToCome = false }: WriteContext,
    undos: (() => void)[],
  ): Resource {
    const object = admit({
      operation,
      kind,
      object: draft,
      old,
      user,
      isNamespaceToCome: dryRun && isNamespaceToCome,
      storage: this.storage,
      clusterIps: this.#clusterIps,
      random: this.#random,
      otherwise: (action) => undos.push(action),
    });
    refuseInvalid(kind, object, old);
    return object;
  }

  async #change(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    { context, pinned }: { context: WriteContext; pinned?: boolean },
    compute: (old: Resource, undos: (() => void)[]) => Resource,
  ): Promise<Written> {
    const undos: (() => void)[] = [];
    try {
      const options = { dryRun: context.dryRun, ...(pinned && { pinned }) };
      const written = await this.#writer.change(kind, namespace, name, options, (old) => {
        undo(undos);
        return compute(old, undos);
      });
      if (context.dryRun) undo(undos);
      return written;
    } catch (error) {
      undo(undos);
      throw error;
    }
  }

  async #updateScale(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    compute: (scale: Scale) => Scale,
    context: WriteContext,
  ): Promise<Resource> {
    const { object } = await this.#change(kind, namespace, name, { context }, (old, undos) => {
      const scale = compute(scaleOf(kind, old));
      const wrong = refusal(kind, name, decodeStrict('Scale', scale));
      if (wrong) throw wrong;
      refuseStale(kind, old, scale.metadata?.resourceVersion);
      return this.#next(kind, undefined, old, scaled(old, scale), context, undos);
    });
    return scaleOf(kind, object);
  }

  async #createDefaultAccount(namespace: string): Promise<void> {
    const account = { metadata: { name: 'default' } };
    await this.create(kindNamed('ServiceAccount'), namespace, account, this.#ownContext()).catch(
      (error: unknown) => {
        if (!isAlreadyExists(error)) this.#log.warn('a namespace has no account yet', { namespace, error });
      },
    );
  }

  #ownContext(): WriteContext {
    return { user: controllerUser, dryRun: false, fieldValidation: 'Strict', warn: () => {} };
  }
}

function refuseStale(kind: Kind, old: Resource, version: string | undefined): void {
  if (version && version !== old.metadata?.resourceVersion) throw conflict(kind, old.metadata!.name!);
}

function undo(undos: (() => void)[]): void {
  for (const action of undos.splice(0)) action();
}
