import { conditionOf, timestamp } from '../../api/conditions.ts';
import { isConflict, isNotFound } from '../../api/errors.ts';
import { isPodTerminal } from '../../api/pods.ts';
import type { Namespace, Node, Pod, PodCondition } from '../../api/types.ts';
import type { Client, KubeObject } from '../../client/client.ts';
import type { Clock, Timer } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';
import type { EventRecorder } from '../events.ts';
import type { CachedWorld } from '../world.ts';
import { place, type Placement } from './place.ts';
import { refusalMessage } from './refusal-message.ts';
import { occupies, Snapshot, viewOf, type PodView } from './snapshot.ts';

export const schedulerName = 'default-scheduler';
/** Pods placed in one go; then the event loop gets a turn, for heartbeats must not wait for a burst of pods. */
export const batchMax = 256;
/** A pod that found no node is tried again when the cluster changes, but after so long at the earliest, doubling up to the maximum. */
export const retryMsMin = 100;
export const retryMsMax = 5_000;
/** And after so long even if nothing seems to have changed. */
export const anywayMs = 30_000;

interface Waiting {
  attempts: number;
  triedAt: number;
  message: string;
}

/** Binds pods to nodes. What decides is `place`; this keeps its snapshot true, carries placements out and tells of refusals. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #snapshot = new Snapshot();
  readonly #queue = new Map<string, Pod>();
  /** Bound by us, not yet seen bound. */
  readonly #assumed = new Set<string>();
  readonly #refused = new Map<string, Waiting>();
  readonly #writing = new Set<Promise<void>>();
  readonly #forget: () => void;
  #cycle: Timer | undefined;
  #retry: Timer | undefined;
  #changed = false;
  #stopped = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { world } = parts;
    for (const kind of ['Namespace', 'Node', 'Pod']) {
      for (const object of world.all(kind)) this.#see('ADDED', object);
    }
    this.#forget = world.onChange((type, object, old) => this.#see(type, object, old));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forget();
    this.#cycle?.cancel();
    this.#retry?.cancel();
    await Promise.allSettled(this.#writing);
  }

  #see(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, old?: KubeObject): void {
    const name = object.metadata?.name ?? '';
    if (object.kind === 'Namespace') {
      if (type === 'DELETED') this.#snapshot.removeNamespace(name);
      else this.#snapshot.setNamespace(object as Namespace);
    } else if (object.kind === 'Node') {
      if (type === 'DELETED') this.#snapshot.removeNode(name);
      else this.#snapshot.setNode(object as Node);
      if (type !== 'DELETED' && offers(object as Node) !== offers(old as Node | undefined))
        this.#clusterChanged();
    } else if (object.kind === 'Pod') {
      this.#seePod(type, object as Pod);
    }
  }

  #seePod(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    if (type === 'DELETED' || isPodTerminal(pod)) {
      this.#forgetPod(uid);
      if (this.#snapshot.removePod(uid)) this.#clusterChanged();
    } else if (occupies(pod)) {
      this.#forgetPod(uid);
      this.#snapshot.setPod(viewOf(pod), pod.spec!.nodeName!);
    } else if (isOurs(pod) && !this.#assumed.has(uid)) {
      if (this.#refused.has(uid) && !this.#queue.has(uid)) return;
      this.#queue.set(uid, pod);
      this.#wake();
    } else if (pod.metadata?.deletionTimestamp) {
      this.#queue.delete(uid);
      this.#refused.delete(uid);
    }
  }

  #forgetPod(uid: string): void {
    this.#assumed.delete(uid);
    this.#queue.delete(uid);
    this.#refused.delete(uid);
  }

  #wake(): void {
    if (this.#stopped) return;
    this.#cycle ??= this.#parts.clock.after(0, () => {
      this.#cycle = undefined;
      this.#place();
    });
  }

  #place(): void {
    const pods = [...this.#queue.values()].toSorted(byPriority).slice(0, batchMax);
    for (const pod of pods) this.#queue.delete(pod.metadata?.uid ?? '');
    for (const placement of place(pods, this.#snapshot, this.#parts.random)) {
      if (placement.nodeName === undefined) this.#refuse(placement);
      else this.#bind(placement.view, placement.nodeName);
    }
    if (this.#queue.size > 0) this.#wake();
    this.#planRetry();
  }

  #bind(view: PodView, nodeName: string): void {
    const { client, events, log } = this.#parts;
    const { pod, uid, namespace } = view;
    const name = pod.metadata?.name ?? '';
    this.#refused.delete(uid);
    this.#assumed.add(uid);
    this.#write(async () => {
      try {
        const binding = {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { namespace, name, uid },
          target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
        };
        await client.create(binding, { subresource: 'binding' });
        const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
        events.record(pod, { type: 'Normal', reason: 'Scheduled', message }, schedulerName);
      } catch (error) {
        this.#assumed.delete(uid);
        this.#snapshot.removePod(uid);
        if (isNotFound(error)) return;
        log[isConflict(error) ? 'debug' : 'warn']('could not bind a pod, will try again', {
          pod: name,
          node: nodeName,
          error,
        });
        this.#defer(view, `binding to ${nodeName} failed: ${(error as Error).message}`);
        this.#clusterChanged();
      }
    });
  }

  #refuse(placement: Extract<Placement, { nodeName: undefined }>): void {
    const message = refusalMessage(placement.refusals, placement.nodeCount);
    const known = this.#refused.get(placement.view.uid)?.message === message;
    this.#defer(placement.view, message);
    if (known) return;
    const { client, clock, events, log } = this.#parts;
    const { pod } = placement;
    events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message }, schedulerName);
    const before = conditionOf(pod.status?.conditions, 'PodScheduled');
    if (before?.status === 'False' && before.message === message) return;
    const condition: PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : timestamp(clock.date()),
    };
    const { namespace, name = '' } = pod.metadata ?? {};
    this.#write(async () => {
      try {
        const patch = { status: { conditions: [condition] } };
        await client.patch({ kind: 'Pod', namespace, name }, 'strategic', patch, { subresource: 'status' });
      } catch (error) {
        if (!isNotFound(error)) log.debug('could not write why a pod waits', { pod: name, error });
      }
    });
  }

  #defer({ uid }: PodView, message: string): void {
    const attempts = (this.#refused.get(uid)?.attempts ?? 0) + 1;
    this.#refused.set(uid, { attempts, triedAt: this.#parts.clock.now(), message });
  }

  #clusterChanged(): void {
    this.#changed = true;
    this.#planRetry();
  }

  /** One timer for all that wait, at the earliest moment that any of them may be tried again. */
  #planRetry(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    if (this.#refused.size === 0) this.#changed = false;
    if (this.#stopped || this.#refused.size === 0) return;
    const at = Math.min(...[...this.#refused.values()].map((waiting) => this.#retryAt(waiting)));
    this.#retry = this.#parts.clock.after(Math.max(0, at - this.#parts.clock.now()), () => this.#retryDue());
  }

  #retryAt({ attempts, triedAt }: Waiting): number {
    return triedAt + (this.#changed ? Math.min(retryMsMax, retryMsMin * 2 ** (attempts - 1)) : anywayMs);
  }

  #retryDue(): void {
    const { world, clock } = this.#parts;
    let left = false;
    const waiting = new Map(this.#refused);
    for (const pod of world.all<Pod>('Pod')) {
      const uid = pod.metadata?.uid ?? '';
      const refused = waiting.get(uid);
      waiting.delete(uid);
      if (!refused || this.#assumed.has(uid) || !isOurs(pod)) continue;
      if (this.#retryAt(refused) <= clock.now()) this.#queue.set(uid, pod);
      else left = true;
    }
    for (const uid of waiting.keys()) this.#refused.delete(uid);
    this.#changed = this.#changed && left;
    if (this.#queue.size > 0) this.#wake();
    else this.#planRetry();
  }

  #write(work: () => Promise<void>): void {
    const writing = work().finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }
}

export interface SchedulerParts {
  client: Client;
  world: CachedWorld;
  clock: Clock;
  random: Random;
  log: Log;
  events: EventRecorder;
}

/** Pods that wait for this scheduler. */
export function isOurs({ metadata, spec, status }: Pod): boolean {
  return (
    !spec?.nodeName &&
    !metadata?.deletionTimestamp &&
    (spec?.schedulerName ?? schedulerName) === schedulerName &&
    !spec?.schedulingGates?.length &&
    (status?.phase ?? 'Pending') === 'Pending'
  );
}

/** More important first; among equals, the older. */
function byPriority(a: Pod, b: Pod): number {
  const priority = (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0);
  if (priority !== 0) return priority;
  return (a.metadata?.creationTimestamp ?? '').localeCompare(b.metadata?.creationTimestamp ?? '');
}

/** What of a node can make a difference to a pod that waits; heartbeat times cannot. */
function offers(node: Node | undefined): string {
  const { metadata, spec, status } = node ?? {};
  const ready = conditionOf(status?.conditions, 'Ready');
  return JSON.stringify([
    metadata?.labels,
    metadata?.annotations,
    spec?.taints,
    spec?.unschedulable,
    status?.allocatable,
    ready?.status,
  ]);
}
