import { forbidden } from '../../../api/errors.ts';
import { kindNamed, type Kind } from '../../../api/kinds.ts';
import { sameJson } from '../../../api/plain-objects.ts';
import { isResized } from '../../../api/pod-totals.ts';
import type { Pod, ResourceQuota } from '../../../api/types.ts';
import type { Clock, Timer } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Entry, Store, StoreEvent } from '../../store/store.ts';
import type { AdmissionRequest } from '../resources/admission-request.ts';
import type { Resource } from '../resources/metadata.ts';
import { collectionKey, objectKey } from '../storage/keys.ts';
import { increase, QuotaCount } from './quota-count.ts';
import { unnamedAmounts } from './scopes.ts';
import { concerns, type Usage } from './usage.ts';

/** The status follows what is taken at once, but not again within this long: a hundred pods make two writes and not a hundred. */
const statusDelayMs = 100;
/** Counted afresh this often: a pod whose host is gone stops to count without anybody's write. */
const recountEveryMs = 5 * 60_000;

export interface QuotasOptions {
  store: Store;
  /** Every kind that is served now. */
  kinds: () => readonly Kind[];
  /** The kind of a stored object. */
  kindOf: (apiVersion: string | undefined, kind: string | undefined) => Kind | undefined;
  /** Writes a quota's status, as a controller does. */
  writeStatus: (quota: ResourceQuota, status: NonNullable<ResourceQuota['status']>) => Promise<unknown>;
  clock: Clock;
  log: Log;
}

/**
 * What each ResourceQuota has left. A write is judged and counted in one step, before it goes to the store, so that of many at one moment only
 * as many pass as there is room for; the store's own news confirm it. The quotas' status follows a moment later.
 *
 * Source: k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
 */
export class Quotas {
  readonly #options: QuotasOptions;
  /** By namespace, then by the quota's name; only of namespaces that were asked for. */
  readonly #counts = new Map<string, Map<string, QuotaCount>>();
  readonly #late = new Set<string>();
  readonly #recount: Timer;
  #writing: Timer | undefined;
  #toldAt = -Infinity;
  #unwatch: () => void = () => {};

  constructor(options: QuotasOptions) {
    this.#options = options;
    this.#recount = options.clock.every(recountEveryMs, () => this.#forgetSettled());
    this.#follow();
  }

  /** @throws ApiError (forbidden) where a quota would be exceeded, or the object does not say what it takes */
  admit({ operation, kind, object, old, otherwise }: AdmissionRequest): void {
    const namespace = object.metadata?.namespace;
    if (!namespace || !isJudged(operation, kind, object, old)) return;
    const counts = this.#countsOf(namespace);
    if (counts.size === 0) return;
    const { store, clock } = this.#options;
    const [now, name] = [clock.date(), object.metadata?.name ?? ''];
    const key = objectKey(kind, namespace, name);
    const taken: [QuotaCount, Usage][] = [];
    for (const count of counts.values()) {
      const quotaName = count.quota.metadata?.name ?? '';
      const usage = count.usage(kind, object, now);
      if (Object.keys(usage).length === 0 && !old) continue;
      const unnamed =
        kind.type === 'Pod' && Object.keys(usage).length > 0 && unnamedAmounts(count.quota, object as Pod);
      if (unnamed) throw forbidden(kind, name, `failed quota: ${quotaName}: ${unnamed}`);
      const more = increase(usage, old ? count.usage(kind, old, now) : {});
      const exceeded = count.exceeded(more);
      if (exceeded.length > 0) {
        const shown = (amounts: Readonly<Usage>) =>
          exceeded.map((resource) => `${resource}=${amounts[resource]}`).join(',');
        throw forbidden(
          kind,
          name,
          `exceeded quota: ${quotaName}, requested: ${shown(more)}, used: ${shown(count.used)}, limited: ${shown(count.quota.spec!.hard!)}`,
        );
      }
      taken.push([count, usage]);
    }
    // A name that is taken is refused by the store, and what stands there goes on to count.
    if (!old && store.get(key)) return;
    const since = old ? Number(old.metadata?.resourceVersion) : store.revision;
    for (const [count, usage] of taken) otherwise(count.reserve(key, { kind, object, usage, since }));
  }

  stop(): void {
    this.#unwatch();
    this.#recount.cancel();
    this.#writing?.cancel();
  }

  /** The counts of a namespace's quotas, made anew where a quota is new or asks for something else. */
  #countsOf(namespace: string): Map<string, QuotaCount> {
    const { store } = this.#options;
    const { entries } = store.list(collectionKey(kindNamed('ResourceQuota'), namespace));
    const known = this.#counts.get(namespace);
    if (entries.length === 0) {
      this.#counts.delete(namespace);
      return new Map();
    }
    const counts = new Map<string, QuotaCount>();
    for (const { value } of entries) {
      const quota = value as ResourceQuota;
      const name = quota.metadata?.name ?? '';
      const before = known?.get(name);
      const isSame =
        before &&
        sameJson(before.quota.spec, quota.spec) &&
        before.quota.metadata?.uid === quota.metadata?.uid;
      counts.set(name, isSame ? before : this.#counted(quota, before));
    }
    this.#counts.set(namespace, counts);
    return counts;
  }

  #counted(quota: ResourceQuota, before: QuotaCount | undefined): QuotaCount {
    const { store, kinds, clock } = this.#options;
    const namespace = quota.metadata?.namespace ?? '';
    const count = before ?? new QuotaCount(quota);
    count.begin(quota, clock.date());
    const hard = Object.keys(quota.spec?.hard ?? {});
    for (const kind of kinds()) {
      if (!kind.namespaced || !hard.some((resource) => concerns(kind, resource))) continue;
      for (const { key, value, modRevision } of store.list(collectionKey(kind, namespace)).entries)
        count.observe(key, count.usage(kind, value as Resource, clock.date()), modRevision);
    }
    return count;
  }

  #follow(): void {
    const { store, log } = this.#options;
    this.#counts.clear();
    const { entries } = store.list(collectionKey(kindNamed('ResourceQuota')));
    for (const { value } of entries) this.#tellLater((value as ResourceQuota).metadata?.namespace);
    this.#unwatch = store.watch(
      '/',
      store.revision,
      (event) => this.#hear(event),
      (error) => {
        if (isStoreClosed(error)) return;
        log.warn('quotas are counted afresh: their view of the store was interrupted', { error });
        this.#follow();
      },
    );
  }

  #hear(event: StoreEvent): void {
    const { key, value } = event.entry as Entry & { value: Resource };
    const namespace = value.metadata?.namespace;
    if (namespace === undefined) return;
    if (value.kind === 'ResourceQuota' && value.apiVersion === 'v1') this.#tellLater(namespace);
    const counts = this.#counts.get(namespace);
    if (!counts) return;
    const kind = this.#options.kindOf(value.apiVersion, value.kind);
    if (!kind) return;
    const now = this.#options.clock.date();
    for (const count of counts.values()) {
      const usage = event.type === 'put' ? count.usage(kind, value, now) : undefined;
      count.observe(key, usage, event.revision);
    }
    this.#tellLater(namespace);
  }

  #tellLater(namespace: string | undefined): void {
    if (namespace === undefined) return;
    this.#late.add(namespace);
    const { clock } = this.#options;
    this.#writing ??= clock.after(Math.max(0, this.#toldAt + statusDelayMs - clock.now()), () => {
      this.#writing = undefined;
      this.#toldAt = clock.now();
      const namespaces = [...this.#late];
      this.#late.clear();
      for (const each of namespaces) this.#tell(each);
    });
  }

  #tell(namespace: string): void {
    const { store, log, writeStatus } = this.#options;
    for (const [name, count] of this.#countsOf(namespace)) {
      const stored = store.get(objectKey(kindNamed('ResourceQuota'), namespace, name))?.value as
        ResourceQuota | undefined;
      const status = { hard: count.quota.spec?.hard ?? {}, used: { ...count.used } };
      if (!stored || sameJson(stored.status, status)) continue;
      writeStatus(stored, status).catch((error: unknown) => {
        // Deleted meanwhile, or a disk that is full: the next change of anything in the namespace tells it again.
        log.debug('the status of a quota was not written', { namespace, name, error });
      });
    }
  }

  #forgetSettled(): void {
    for (const [namespace, counts] of this.#counts) {
      if (![...counts.values()].every(({ isSettled }) => isSettled)) continue;
      this.#counts.delete(namespace);
      this.#tellLater(namespace);
    }
  }
}

/** Which writes a quota judges: everything new, and what of a change may take more. */
function isJudged(
  operation: AdmissionRequest['operation'],
  { type }: Kind,
  object: Resource,
  old: Resource | undefined,
): boolean {
  if (operation === 'create') return true;
  if (type === 'Service' || type === 'PersistentVolumeClaim') return true;
  if (type !== 'Pod') return false;
  const isTerminating = (pod: Pod) => pod.spec?.activeDeadlineSeconds !== undefined;
  return isTerminating(object as Pod) !== isTerminating(old as Pod) || isResized(object as Pod, old as Pod);
}
