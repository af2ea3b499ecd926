import {
  ApiError,
  badRequest,
  conflict,
  isAlreadyExists,
  isNotFound,
  methodNotAllowed,
  refusal,
} from '../../../api/errors.ts';
import { goText } from '../../../api/apply/fields-of.ts';
import { scaleApiVersion } from '../../../api/apply/scale.ts';
import { fieldErrorsText } from '../../../api/field-errors.ts';
import { goTypeError } from '../../../api/go-decoding.ts';
import { kindNamed, kindOf, type Kind } from '../../../api/kinds.ts';
import { storedForm } from '../../../api/stored-form.ts';
import { applyPatch, type PatchType } from '../../../api/patch/patch.ts';
import type {
  CertificateSigningRequest,
  DeleteOptions as WireDeleteOptions,
  Pod,
  PodDisruptionBudget,
  Scale,
  Status,
} from '../../../api/types.ts';
import { decodeStrict } from '../../../api/validation/decode.ts';
import { jobDeletionWarning, warningsOf } from '../../../api/warnings.ts';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import type { Random } from '../../../process/random.ts';
import type { Store } from '../../store/store.ts';
import { Authorizer } from '../auth/authorizer.ts';
import { followRbac, RbacIndex } from '../auth/rbac-index.ts';
import { requireSigner } from '../auth/signers.ts';
import { Definitions } from '../custom/definitions.ts';
import { KindTable } from '../custom/kind-table.ts';
import { Quotas } from '../quota/quotas.ts';
import { collectionKey } from '../storage/keys.ts';
import { Storage } from '../storage/storage.ts';
import { controllerUser, type User } from '../users.ts';
import { admit, guard } from './admission.ts';
import { systemObjects } from './bootstrap.ts';
import type { AdmissionRequest } from './admission-request.ts';
import { ClusterIps } from './cluster-ips.ts';
import { decode, refuseInvalid, refuseInvalidStatus, withDefaults } from './decoding.ts';
import { decideDeletion } from './deletion.ts';
import { evict } from './evictions.ts';
import { newObject, replaced, withGeneration, withStatusOf, type Resource } from './metadata.ts';
import { finalized, refuseSystemNamespace, systemNamespaces } from './namespaces.ts';
import {
  applied,
  appliedScale,
  ownedByCreator,
  ownedByUpdater,
  scaledByUpdater,
  withManagedFields,
  withoutNewTimesOnly,
  type Author,
  type Scaling,
} from './ownership.ts';
import { withPhaseTime } from './persistent-volumes.ts';
import { isPodPart, withPodPart, type PodPart } from './pod-parts.ts';
import { bound, type Binding } from './pods.ts';
import { Reader, type Listing, type ListQuery } from './reader.ts';
import { refuseOtherScale, scaleOf, scaled } from './scale.ts';
import { followServiceAddresses } from './service-addresses.ts';
import { signingRequestDecided } from './signing-requests.ts';
import { withMetadataOf } from './status-metadata.ts';
import { beStrictWithYaml, type Strictness } from './strictness.ts';
import { Writer, type Written } from './writer.ts';

export type Subresource = 'status' | 'scale' | 'binding' | 'eviction' | 'finalize' | 'approval' | PodPart;

/** How a write is meant. */
export interface WriteContext extends Strictness {
  user: User;
  dryRun: boolean;
  /** A dry run of what is to lie in a namespace that its writer makes first: that it is not there yet is no mistake. */
  isNamespaceToCome?: boolean;
  /** Whose the fields become that the write changes: what the caller calls itself. */
  fieldManager: string;
  /** Of an apply: takes what others own. @default false */
  force?: boolean;
}

/** A generated name that is taken is drawn again this often before the writer is told. */
const nameTriesMax = 8;
/** As whom the server itself owns what it keeps of a status, as in Kubernetes. */
const ownManager = 'kube-apiserver';
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
  readonly kinds: KindTable;
  readonly authorizer: Authorizer;
  readonly #definitions: Definitions;
  readonly #writer: Writer;
  readonly #clusterIps: ClusterIps;
  readonly #quotas: Quotas;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #unwatchServices: () => void;
  readonly #unwatchRoles: () => void;

  constructor({ store, clock, random, log }: RegistryOptions) {
    this.storage = new Storage(store, clock);
    this.kinds = new KindTable(store);
    this.reader = new Reader(this.storage, clock);
    this.#writer = new Writer(this.storage);
    this.#clusterIps = new ClusterIps(random);
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#unwatchServices = followServiceAddresses(store, this.#clusterIps, log);
    this.#quotas = new Quotas({
      store,
      kinds: () => this.kinds.all(),
      kindOf: (apiVersion, name) => this.kinds.of(apiVersion, name),
      writeStatus: (quota, status) => this.#changeStatus(quota, (old) => ({ ...old, status }), false),
      clock,
      log,
    });
    this.authorizer = new Authorizer(this.reader, new RbacIndex());
    this.#unwatchRoles = followRbac(store, this.authorizer.rbac, log);
    this.#definitions = new Definitions({
      store,
      kinds: this.kinds,
      writer: this.#writer,
      clock,
      log,
      writeStatus: (definition) =>
        this.update(
          kindNamed('CustomResourceDefinition'),
          undefined,
          definition.metadata?.name ?? '',
          'status',
          definition,
          { ...this.#ownContext(), fieldManager: 'kube-apiserver' },
        ),
      changed: (definition) => this.reader.endWatches((kind) => kind.custom?.definition === definition),
      deleteAll: (kind) => this.#deleteAll(kind),
    });
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
    for (const { apiVersion, kind, ...object } of systemObjects)
      await this.create(kindOf(apiVersion, kind)!, undefined, object, context).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      });
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
    if (kind.custom?.isEnding) throw refuseWhileEnding(kind);
    const input = decode(kind, body, context);
    return this.#create(kind, namespace, input, context, (draft, author) =>
      ownedByCreator(kind, draft, input, author),
    );
  }

  /** Puts an object there; `owned` says whose its fields are, by the object as it was asked for. */
  async #create(
    kind: Kind,
    namespace: string | undefined,
    input: Resource,
    context: WriteContext,
    owned: (draft: Resource, author: Author) => Resource,
  ): Promise<Resource> {
    for (let tries = 1; ; tries++) {
      const undos: (() => void)[] = [];
      try {
        const now = this.#clock.date();
        const draft = newObject(kind, input, { namespace, now, random: this.#random });
        const wished = owned(withDefaults(kind, draft), { fieldManager: context.fieldManager, now });
        const object = this.#admitted('create', kind, wished, undefined, context, undos);
        const created = await this.#writer.create(kind, object, context);
        for (const text of warningsOf(kind, created, true)) context.warn(text);
        if (context.dryRun) undo(undos);
        if (kind.type === 'Namespace' && !context.dryRun)
          await this.#createDefaultAccount(created.metadata!.name!);
        return created;
      } catch (error) {
        undo(undos);
        const isDrawnName = !input.metadata?.name && input.metadata?.generateName;
        if (!isDrawnName || !isAlreadyExists(error)) throw error;
        if (tries === nameTriesMax) throw noUniqueName(error);
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
      return this.#updateScale(kind, namespace, name, context, (old, before, author) =>
        scaledByUpdater(kind, old, before, decodedScale(name, body), author),
      );
    const input = decode(kind, body, context);
    refuseOtherName(input, name);
    refuseOtherNamespace(input, namespace);
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
    if (subresource === 'scale')
      return this.#updateScale(kind, namespace, name, context, (old, before, author) => {
        const after = applyPatch(type === 'strategic' ? 'merge' : type, before, patch, kind);
        return scaledByUpdater(kind, old, before, decodedScale(name, after), author);
      });
    const { object } = await this.#change(kind, namespace, name, { context }, (old, undos) => {
      const patched = applyPatch(type, old, patch, kind) as Resource;
      // A patch that names a version is meant for that one alone.
      refuseStale(kind, old, patched.metadata?.resourceVersion);
      const input = decode(kind, patched, context, () =>
        type === 'strategic' ? goText(patch) : JSON.stringify(patched),
      );
      refuseOtherName(input, name);
      refuseOtherNamespace(input, namespace);
      return this.#next(kind, subresource, old, input, context, undos);
    });
    return object;
  }

  /**
   * Server-side apply: the object with all that the configuration says, and without what its manager applied before and does not any more.
   * Makes it where it is not there.
   */
  async apply(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    subresource: Subresource | undefined,
    configuration: unknown,
    context: WriteContext,
  ): Promise<{ object: Resource; isNew: boolean }> {
    const { fieldManager, force = false } = context;
    beStrictWithYaml(context);
    const how = { ...context, doubles: undefined };
    if (subresource === 'scale') {
      const object = await this.#updateScale(kind, namespace, name, context, (old, before, author) =>
        appliedScale(kind, old, before, configuration, { ...author, force }),
      );
      return { object, isNew: false };
    }
    if (subresource === undefined && !this.reader.find(kind, namespace, name)) {
      try {
        return {
          object: await this.#createByApply(kind, namespace, name, configuration, context),
          isNew: true,
        };
      } catch (error) {
        // Someone else made it meanwhile: it is there now.
        if (!isAlreadyExists(error)) throw error;
      }
    }
    const { object } = await this.#change(kind, namespace, name, { context }, (old, undos) => {
      const now = this.#clock.date();
      const next = applied(kind, subresource, old, configuration, { fieldManager, force, now });
      const input = decode(kind, next.object, how);
      refuseOtherName(input, name);
      refuseOtherNamespace(input, namespace);
      refuseStale(kind, old, input.metadata?.resourceVersion);
      return this.#next(kind, subresource, old, input, context, undos, (wished) =>
        withManagedFields(wished, next.managedFields),
      );
    });
    return { object, isNew: false };
  }

  async #createByApply(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    configuration: unknown,
    context: WriteContext,
  ): Promise<Resource> {
    const { fieldManager, force = false } = context;
    if (kind.custom?.isEnding) throw refuseWhileEnding(kind);
    const now = this.#clock.date();
    const next = applied(kind, undefined, undefined, configuration, { fieldManager, force, now });
    const input = decode(kind, next.object, { ...context, doubles: undefined });
    refuseOtherName(input, name);
    if (input.metadata?.uid) throw noSuchUid(kind, name, input.metadata.uid);
    // As in Kubernetes, a version says nothing of an object that is not there.
    delete input.metadata?.resourceVersion;
    return this.#create(kind, namespace, input, context, (draft) =>
      withManagedFields(draft, next.managedFields),
    );
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
    warnOfDeletion(kind, options, context);
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
    warnOfDeletion(kind, options, context);
    const quiet = { ...context, warn: () => {} };
    const work = async () => {
      for (let item = waiting.shift(); item; item = waiting.shift()) {
        const { namespace, name } = item.metadata!;
        await this.delete(kind, namespace, name!, options, quiet).catch((error: unknown) => {
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
      await this.#evict(kind, namespace, name, body, context);
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

  #next(
    kind: Kind,
    subresource: Subresource | undefined,
    old: Resource,
    input: Resource,
    context: WriteContext,
    undos: (() => void)[],
    owned = (wished: Resource): Resource =>
      ownedByUpdater(kind, subresource, old, wished, input, {
        fieldManager: context.fieldManager,
        now: this.#clock.date(),
      }),
  ): Resource {
    if (
      kind.type === 'CertificateSigningRequest' &&
      (subresource === 'status' || subresource === 'approval')
    ) {
      const decided = signingRequestDecided(kind, subresource, old, input, this.#clock.date());
      requireSigner(
        this.authorizer,
        context.user,
        subresource,
        old as CertificateSigningRequest,
        decided as CertificateSigningRequest,
      );
      return owned(decided);
    }
    if (subresource === 'status' || subresource === 'finalize') {
      const base = withMetadataOf(kind, old, input, context.user);
      const next =
        subresource === 'status'
          ? refuseInvalidStatus(
              kind,
              withPhaseTime(kind, old, withStatusOf(base, input), this.#clock.date()),
              old,
            )
          : finalized(base, input);
      return storedForm(kind, owned(next));
    }
    const part = isPodPart(subresource) ? subresource : undefined;
    if (subresource && !part) throw methodNotAllowed(kind, 'update');
    const wished = part ? withPodPart(part, old, input) : replaced(kind, old, input);
    const draft = owned(withDefaults(kind, wished));
    const next = withGeneration(kind, old, this.#admitted('update', kind, draft, old, context, undos, part));
    if (kind.type !== 'Pod' && next.metadata?.generation !== old.metadata?.generation)
      for (const text of warningsOf(kind, next, false)) context.warn(text);
    return next;
  }

  #admitted(
    operation: 'create' | 'update',
    kind: Kind,
    draft: Resource,
    old: Resource | undefined,
    { user, dryRun, isNamespaceToCome = false }: WriteContext,
    undos: (() => void)[],
    part?: PodPart,
  ): Resource {
    const request: AdmissionRequest = {
      operation,
      kind,
      object: draft,
      old,
      user,
      isNamespaceToCome: dryRun && isNamespaceToCome,
      storage: this.storage,
      authorizer: this.authorizer,
      clusterIps: this.#clusterIps,
      quotas: this.#quotas,
      random: this.#random,
      otherwise: (action) => undos.push(action),
    };
    const object = admit(request);
    refuseInvalid(kind, object, old, part);
    guard({ ...request, object });
    return storedForm(kind, object);
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
        return withoutNewTimesOnly(old, compute(old, undos));
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
    context: WriteContext,
    compute: (old: Resource, before: Scale, author: Author) => Scaling,
  ): Promise<Resource> {
    const { fieldManager } = context;
    const { object } = await this.#change(kind, namespace, name, { context }, (old, undos) => {
      const author = { fieldManager, now: this.#clock.date() };
      const { scale, managedFields } = compute(old, scaleOf(kind, old), author);
      refuseOtherScale(scale);
      refuseOtherName(scale as Resource, name);
      refuseStale(kind, old, scale.metadata?.resourceVersion);
      return this.#next(kind, undefined, old, scaled(kind, old, scale), context, undos, (wished) =>
        withManagedFields(wished, managedFields),
      );
    });
    return scaleOf(kind, object);
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
      ) => this.#changeStatus(budget, next, dryRun),
      changePod: (pod: Pod, next: (old: Pod) => Pod) => this.#changeStatus(pod, next, false),
      remove: (pod: Pod, options: WireDeleteOptions, dryRun: boolean) =>
        this.delete(kind, pod.metadata?.namespace, pod.metadata!.name!, options, { ...context, dryRun }),
    };
    await evict(parts, namespace, name, body, context.dryRun);
  }

  /** A status that the server itself keeps, by compare-and-swap. */
  async #changeStatus<T extends Resource>(object: T, next: (old: T) => T, dryRun: boolean): Promise<T> {
    const { apiVersion, kind, metadata } = object;
    const known = kindOf(apiVersion, kind)!;
    const author = { fieldManager: ownManager, now: this.#clock.date() };
    const { object: written } = await this.#writer.change(
      known,
      metadata?.namespace,
      metadata!.name!,
      { dryRun },
      (old) => {
        const wished = next(old as T);
        return ownedByUpdater(known, 'status', old, wished, {}, author);
      },
    );
    return written as T;
  }

  /** Deletes every object of a kind; says how many there were. */
  async #deleteAll(kind: Kind): Promise<number> {
    return (await this.deleteCollection(kind, {}, {}, this.#ownContext())).items.length;
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
    return {
      user: controllerUser,
      dryRun: false,
      fieldValidation: 'Strict',
      fieldManager: 'kith-apiserver',
      warn: () => {},
    };
  }
}

function refuseWhileEnding(kind: Kind): ApiError {
  return methodNotAllowed(kind, 'create not allowed while custom resource definition is terminating: create');
}

/** @throws ApiError (bad request) for what is no Scale, or one of another version */
function decodedScale(name: string, scale: unknown): Scale {
  const { apiVersion = scaleApiVersion, kind = 'Scale', metadata } = (scale ?? {}) as Scale;
  if (apiVersion !== scaleApiVersion || kind !== 'Scale')
    throw badRequest(
      `${kind} in version "v1" cannot be handled as a Scale: no kind "${kind}" is registered for version "${apiVersion}"`,
    );
  const wrong = decodeStrict('Scale', scale).filter(({ type }) => type !== 'FieldValueRequired');
  if (wrong.length > 0)
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: ${goTypeError('Scale', scale) ?? fieldErrorsText(wrong)}`,
    );
  if (metadata?.name && metadata.name !== name) throw otherName(metadata.name, name);
  return scale as Scale;
}

function otherName(given: string, name: string): ApiError {
  return badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

function warnOfDeletion(kind: Kind, options: WireDeleteOptions, context: WriteContext): void {
  const { propagationPolicy, orphanDependents } = options;
  if (kind.type === 'Job' && propagationPolicy === undefined && orphanDependents === undefined)
    context.warn(jobDeletionWarning);
}

function refuseOtherName({ metadata }: Resource, name: string): void {
  if (!metadata?.name)
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (metadata.name !== name) throw otherName(metadata.name, name);
}

function refuseOtherNamespace({ metadata }: Resource, namespace: string | undefined): void {
  if (namespace !== undefined && metadata?.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

function noSuchUid(kind: Kind, name: string, uid: string): ApiError {
  return conflict(
    kind,
    name,
    `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
  );
}

/** Every name that was drawn is taken. */
function noUniqueName(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const { status } = error;
  return new ApiError(
    409,
    'AlreadyExists',
    `${status.message}, the server was not able to generate a unique name for the object`,
    { ...status.details, retryAfterSeconds: 1 },
  );
}

function refuseStale(kind: Kind, old: Resource, version: string | undefined): void {
  if (version && version !== old.metadata?.resourceVersion) throw conflict(kind, old.metadata!.name!);
}

function undo(undos: (() => void)[]): void {
  for (const action of undos.splice(0)) action();
}
