import { isNotFound } from '../../api/errors.ts';
import type { ConfigMap, Node, Pod, Secret } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { admit } from '../node/admission.ts';
import type { Caps } from '../node/caps.ts';
import type { PodSandbox } from '../sandbox/sandbox.ts';
import { recall, restore } from './restore.ts';
import { momentOf, type PodTools } from './tools.ts';
import { aboutPod } from './worker/one-pod.ts';
import { PodWorker } from './worker/worker.ts';

/**
 * After a start the API is given this long to say which pods are still wanted before those on disk start without it: most
 * reboots find a controller, and then nothing is started only to be ended.
 */
export const offlineStartMs = 5_000;

/** The pods of this host: one worker each, kept in step with the API, or with the disk while there is none. */
export class Pods {
  readonly #tools: PodTools;
  readonly #caps: Caps;
  readonly #offlineStartMs: number;
  readonly #node: () => Node | undefined;
  /** Refuses by other rules, such as whose apps the owner takes; undefined: nothing against it. */
  readonly #refuse: (pod: Pod) => { reason: string; message: string } | undefined;
  readonly #workers = new Map<string, PodWorker>();
  readonly #abort = new AbortController();
  #unwatch: (() => void) | undefined;
  #informer: Informer<Pod> | undefined;

  constructor(
    tools: PodTools,
    options: {
      caps: Caps;
      node: () => Node | undefined;
      refuse?: (pod: Pod) => { reason: string; message: string } | undefined;
      /** @default offlineStartMs */
      offlineStartMs?: number;
    },
  ) {
    this.#offlineStartMs = options.offlineStartMs ?? offlineStartMs;
    this.#tools = tools;
    this.#caps = options.caps;
    this.#node = options.node;
    this.#refuse = options.refuse ?? (() => undefined);
  }

  /** Finds what is on disk and what still lives, then follows the API. Resolves once all that lived is adopted or ended. */
  async start(informer: Informer<Pod>): Promise<void> {
    this.#informer = informer;
    const waiting = await this.#restoreFromDisk();
    this.#unwatch = informer.onChange((type, pod) => {
      if (!informer.synced) return;
      this.#observe(type === 'DELETED' ? undefined : pod, pod);
    });
    const begin = () => {
      for (const worker of waiting) worker.wake();
    };
    const offline = this.#tools.clock.after(this.#offlineStartMs, () => {
      if (waiting.length > 0)
        this.#tools.log.info('no controller in reach: starting the pods known from before');
      begin();
    });
    this.#abort.signal.addEventListener('abort', () => offline.cancel(), { once: true });
    void informer.ready().then(() => {
      offline.cancel();
      if (!this.#abort.signal.aborted) this.#resync();
    });
  }

  all(): PodWorker[] {
    return [...this.#workers.values()];
  }

  /** By uid; a tunnel names the pod so, since a name may be used again. */
  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  /** The pod of this name; while one ends and the next begins, the one that is not ending. */
  named(namespace: string, name: string): PodWorker | undefined {
    const matching = this.all().filter(({ local }) => local.namespace === namespace && local.name === name);
    return matching.find(({ pod }) => !pod.metadata?.deletionTimestamp) ?? matching[0];
  }

  at(podIP: string): PodWorker | undefined {
    return this.all().find(({ local }) => local.podIP === podIP && local.sandbox === 'live');
  }

  /** Looks at all pods again: the node's range or labels have come. */
  wake(): void {
    for (const worker of this.#workers.values()) worker.wake();
  }

  async stop(options: { keep: boolean; graceMsMax: number }): Promise<void> {
    this.#abort.abort(new Error('the agent stops'));
    this.#unwatch?.();
    await Promise.all(this.all().map((worker) => worker.stop(options)));
  }

  /** Returns the workers that wait for the API's word; those whose sandbox lives go on at once. */
  async #restoreFromDisk(): Promise<PodWorker[]> {
    const { assignments, sandboxes, clock, log } = this.#tools;
    const alive = new Map<string, PodSandbox>();
    for (const driver of sandboxes)
      for (const sandbox of await driver.recover()) alive.set(sandbox.uid, sandbox);
    const waiting: PodWorker[] = [];
    for (const assignment of await assignments.load()) {
      const sandbox = alive.get(assignment.local.uid);
      alive.delete(assignment.local.uid);
      const ids = sandbox && new Map([...sandbox.containers].map(([name, { id }]) => [name, id]));
      assignment.local = restore(assignment.local, ids, momentOf(clock));
      const worker: PodWorker = this.#add(new PodWorker(assignment, this.#tools, () => this.#drop(worker)));
      if (sandbox) {
        worker.adopt(sandbox);
        worker.wake();
        log.info('adopted a pod that lived on', { pod: `${worker.local.namespace}/${worker.local.name}` });
      } else waiting.push(worker);
    }
    for (const sandbox of alive.values()) {
      log.info('ending a sandbox that nobody asked for', { uid: sandbox.uid });
      await sandbox
        .remove()
        .catch((error: unknown) =>
          log.warn('a left-over sandbox could not be removed', { uid: sandbox.uid, error }),
        );
    }
    return waiting;
  }

  /** All pods against all workers: after the first list, and so also for what happened while this agent was away. */
  #resync(): void {
    const pods = this.#informer?.all() ?? [];
    const wanted = new Set(pods.map(({ metadata }) => metadata?.uid));
    for (const worker of this.all()) if (!wanted.has(worker.uid)) worker.want(undefined);
    for (const pod of pods) this.#observe(pod, pod);
  }

  #observe(desired: Pod | undefined, pod: Pod): void {
    const uid = pod.metadata?.uid;
    if (!uid) return;
    const worker = this.#workers.get(uid);
    if (worker) {
      worker.want(desired);
      if (desired) this.#tools.reporter.observe(desired);
    } else if (desired) this.#takeOn(desired);
    // The same name with another uid: what had the name before is gone, even if the watch did not tell.
    for (const other of this.all())
      if (
        desired &&
        other.uid !== uid &&
        other.local.namespace === pod.metadata?.namespace &&
        other.local.name === pod.metadata?.name
      )
        other.want(undefined);
  }

  #takeOn(pod: Pod): void {
    const { clock, log, events } = this.#tools;
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    // It ended here, before this agent lost its memory; it is neither run again nor is its word changed.
    if (over && !pod.metadata?.deletionTimestamp) return;
    let local = recall(pod, momentOf(clock));
    const placed = this.all()
      .filter(
        ({ local: held }) =>
          !held.failed && held.status?.phase !== 'Succeeded' && held.status?.phase !== 'Failed',
      )
      .map((worker) => worker.pod);
    const premises = { caps: this.#caps, placed, nodeName: this.#tools.nodeName, node: this.#node() };
    const refusal = pod.metadata?.deletionTimestamp ? undefined : (admit(pod, premises) ?? this.#refuse(pod));
    if (refusal) {
      local = {
        ...local,
        failed: { reason: refusal.reason, message: `Pod was rejected: ${refusal.message}` },
      };
      events.record(aboutPod(pod), 'Warning', refusal.reason, refusal.message);
    }
    try {
      const worker: PodWorker = new PodWorker({ pod, local, env: {} }, this.#tools, () => this.#drop(worker));
      this.#add(worker).wake();
    } catch (error) {
      log.error('a pod cannot be taken on', { pod: `${local.namespace}/${local.name}`, error });
    }
  }

  #add(worker: PodWorker): PodWorker {
    this.#workers.set(worker.uid, worker);
    return worker;
  }

  #drop(worker: PodWorker): void {
    if (this.#workers.get(worker.uid) === worker) this.#workers.delete(worker.uid);
  }
}

/** ConfigMaps and Secrets from the API, each asked for when a container starts; a node may read those its pods name. */
export function envSourcesFrom(client: Client) {
  const get = async <T extends ConfigMap | Secret>(kind: string, namespace: string, name: string) => {
    try {
      return await client.get<T>({ kind, namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  return {
    configMap: (namespace: string, name: string) => get<ConfigMap>('ConfigMap', namespace, name),
    secret: (namespace: string, name: string) => get<Secret>('Secret', namespace, name),
  };
}
