import { alreadyExists, conflict, notFound, unavailable } from '../../api/errors.ts';
import { kindNamed } from '../../api/kinds.ts';
import { parseLabelSelector, selects } from '../../api/selectors.ts';
import type { Pod } from '../../api/types.ts';
import type {
  Client,
  DeleteOptions,
  KubeObject,
  ListOptions,
  ObjectRef,
  PatchType,
  WatchEvent,
} from '../../client/client.ts';

interface Watcher {
  matches(object: KubeObject): boolean;
  push(event: WatchEvent<KubeObject>): void;
  end(): void;
}

/** A small API in memory, for tests of what talks to one. Faults: `away` (every call fails as with no controller). */
export class FakeApi implements Client {
  /** While set, all calls fail and all watches end. */
  #away = false;
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<Watcher>();
  #revision = 0;
  /** Every write, as `PATCH Pod/status default/web`. */
  readonly writes: string[] = [];
  /** Every status patch body, in order. */
  reachable?: NonNullable<Client['reachable']>;
  readonly patches: { ref: ObjectRef; patch: unknown; subresource: string | undefined }[] = [];

  set away(away: boolean) {
    this.#away = away;
    if (away) for (const watcher of this.#watchers) watcher.end();
  }

  find<T extends KubeObject>(kind: string, name: string, namespace?: string): T | undefined {
    return this.#objects.get(key({ kind, name, namespace })) as T | undefined;
  }

  of<T extends KubeObject>(kind: string): T[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind) as T[];
  }

  /** Puts an object in, or changes it, as someone else would. */
  put<T extends KubeObject>(object: T): T {
    const ref = refOf(object);
    const old = this.#objects.get(key(ref));
    const stored = structuredClone(object);
    stored.metadata = { uid: `uid-${this.#revision + 1}`, ...old?.metadata, ...stored.metadata };
    this.#store(stored, old ? 'MODIFIED' : 'ADDED');
    return stored;
  }

  /** Takes an object away at once, as a controller that waits for nobody. */
  evict(kind: string, name: string, namespace?: string): void {
    const ref = { kind, name, namespace };
    const object = this.#objects.get(key(ref));
    if (!object) return;
    this.#objects.delete(key(ref));
    this.#revision++;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#revision}` } };
    this.#tell({ type: 'DELETED', object: last });
  }

  async get<T extends KubeObject>(ref: ObjectRef): Promise<T> {
    await this.#travel();
    return structuredClone(this.#must(ref)) as T;
  }

  async list<T extends KubeObject>(kind: string, options: ListOptions = {}) {
    await this.#travel();
    const items = this.of<T>(kind).filter((object) => matches(object, kind, options));
    return { items: structuredClone(items), metadata: { resourceVersion: `${this.#revision}` } };
  }

  async create<T extends KubeObject>(object: T): Promise<T> {
    await this.#travel();
    const ref = refOf(object);
    if (this.#objects.has(key(ref))) throw alreadyExists(kindNamed(ref.kind)!, ref.name);
    this.writes.push(`CREATE ${ref.kind} ${ref.name}`);
    return structuredClone(this.put(object));
  }

  async update<T extends KubeObject>(object: T): Promise<T> {
    await this.#travel();
    this.#must(refOf(object));
    return structuredClone(this.put(object));
  }

  async patch<T extends KubeObject>(
    ref: ObjectRef,
    type: PatchType,
    patch: unknown,
    options: { subresource?: string } = {},
  ): Promise<T> {
    await this.#travel();
    const old = this.#must(ref);
    const { metadata, ...rest } = structuredClone(patch) as KubeObject;
    if (metadata?.uid && metadata.uid !== old.metadata?.uid)
      throw conflict(kindNamed(ref.kind)!, ref.name, 'the uid is another');
    this.writes.push(`PATCH ${ref.kind}${options.subresource ? `/${options.subresource}` : ''} ${ref.name}`);
    this.patches.push({ ref, patch, subresource: options.subresource });
    const merged = merge(old, { ...rest, ...(metadata ? { metadata } : {}) }, type) as T & KubeObject;
    this.#store(merged, 'MODIFIED');
    return structuredClone(merged);
  }

  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    await this.#travel();
    const object = this.#must(ref);
    if (options.preconditions?.uid && options.preconditions.uid !== object.metadata?.uid)
      throw conflict(kindNamed(ref.kind)!, ref.name, 'the uid is another');
    this.writes.push(`DELETE ${ref.kind} ${ref.name}`);
    const pod = object as Pod;
    const grace =
      ref.kind === 'Pod' && pod.spec?.nodeName
        ? (options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30)
        : 0;
    if (grace === 0) return this.evict(ref.kind, ref.name, ref.namespace);
    this.put({
      ...object,
      metadata: {
        ...object.metadata,
        deletionTimestamp: '2026-01-01T00:00:00Z',
        deletionGracePeriodSeconds: grace,
      },
    });
  }

  async *watch<T extends KubeObject>(
    kind: string,
    options: ListOptions & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>> {
    await this.#travel();
    const queue: WatchEvent<KubeObject>[] = [];
    const ended = new AbortController();
    const until = AbortSignal.any([options.signal, ended.signal]);
    let wake: (() => void) | undefined;
    const watcher: Watcher = {
      matches: (object) => object.kind === kind && matches(object, kind, options),
      push: (event) => {
        queue.push(event);
        wake?.();
      },
      end: () => {
        ended.abort();
        wake?.();
      },
    };
    this.#watchers.add(watcher);
    options.signal.addEventListener('abort', () => watcher.end(), { once: true });
    try {
      while (!until.aborted) {
        const event = queue.shift();
        if (event) yield structuredClone(event) as WatchEvent<T>;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** A call takes at least one turn of the loop, as over a wire. */
  async #travel(): Promise<void> {
    await Promise.resolve();
    if (this.#away) throw unavailable('no controller in reach');
  }

  #must(ref: ObjectRef): KubeObject {
    const object = this.#objects.get(key(ref));
    if (!object) throw notFound(kindNamed(ref.kind)!, ref.name);
    return object;
  }

  #store(object: KubeObject, type: 'ADDED' | 'MODIFIED'): void {
    object.metadata = { ...object.metadata, resourceVersion: `${++this.#revision}` };
    this.#objects.set(key(refOf(object)), object);
    this.#tell({ type, object });
  }

  #tell(event: { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }): void {
    for (const watcher of this.#watchers)
      if (watcher.matches(event.object)) watcher.push(structuredClone(event));
  }
}

function key({ kind, namespace, name }: ObjectRef): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

function refOf(object: KubeObject): ObjectRef {
  return { kind: object.kind!, namespace: object.metadata?.namespace, name: object.metadata!.name! };
}

function matches(object: KubeObject, kind: string, options: ListOptions): boolean {
  if (options.namespace && object.metadata?.namespace !== options.namespace) return false;
  const { labelSelector } = options;
  if (labelSelector && !selects(parseLabelSelector(labelSelector), object.metadata?.labels)) return false;
  const [field, value] = options.fieldSelector?.split('=') ?? [];
  if (field === 'spec.nodeName') return (object as Pod).spec?.nodeName === value;
  if (field === 'metadata.name') return object.metadata?.name === value;
  return kind === object.kind;
}

/** Merge patch; with `strategic` lists of conditions merge by their type. */
function merge(old: unknown, patch: unknown, type: PatchType): unknown {
  if (patch === null || typeof patch !== 'object') return patch;
  if (Array.isArray(patch)) {
    const byType =
      type === 'strategic' && patch.every((item) => typeof item?.type === 'string' && item.status);
    if (!byType) return patch;
    const kept = Array.isArray(old) ? [...old] : [];
    for (const item of patch) {
      const index = kept.findIndex((held) => held.type === item.type);
      const merged = merge(index >= 0 ? kept[index] : {}, item, type);
      if (index >= 0) kept[index] = merged;
      else kept.push(merged);
    }
    return kept;
  }
  const result: Record<string, unknown> = { ...(old as Record<string, unknown>) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value, type);
  }
  return result;
}
