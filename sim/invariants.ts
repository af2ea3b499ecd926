import { isPodActive } from '../api/pods.ts';
import { isLost, presenceOf } from '../controller/nodes/presence.ts';
import type { Clock } from '../process/clock.ts';
import type { Cluster } from './cluster.ts';

/** 3 s of silence, a beat of up to a tick's lateness, and the time of a write: then no reader may be sent to a dead host any more. */
export const deadInEndpointsMsMax = 3_400;
/** From a host's death until as many pods serve as before. The goal is 5 s at the median of real machines; here nothing else is slow. */
export const replacedMsMax = 5_000;
/** After a host's return its pods are counted twice until they have reported (`returnSettleMs`) and one of the two has gone. */
const returnMs = 8_000;

export interface Expectations {
  replicas: number;
  surge: number;
  unavailable: number;
}

/** Watches over what must hold at every moment. Throws with the log's end where it does not. */
export class Invariants {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #wish: Expectations;
  #lastReturnAt = -Infinity;
  /** Until when fewer than wanted may serve: a fault has just happened. */
  #excusedUntil = 0;
  /** While the controller may rightly doubt itself, dead hosts may stay in endpoints. */
  doubtful = false;
  checks = 0;

  constructor(cluster: Cluster, clock: Clock, wish: Expectations) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#wish = wish;
  }

  /** From now, fewer may serve for this long. */
  excuse(forMs: number): void {
    this.#excusedUntil = Math.max(this.#excusedUntil, this.#clock.now() + forMs);
  }

  noteReturn(): void {
    this.#lastReturnAt = this.#clock.now();
  }

  check(): void {
    this.checks++;
    this.#sizesStayWithinSurge();
    this.#podsStayWithinSurge();
    if (!this.doubtful) this.#endpointsLive();
    if (this.#clock.now() > this.#excusedUntil) this.#enoughServe();
  }

  /** Pods that a request would find right now: in the endpoints, on a host that is up, running and ready. */
  serving(): string[] {
    const { slices, hosts } = this.#cluster;
    const running = new Set(
      hosts.flatMap((host) => [...host.pods].flatMap(([uid, pod]) => (host.isUp && pod.serves ? [uid] : []))),
    );
    return slices
      .all()
      .flatMap(({ endpoints = [] }) => endpoints)
      .flatMap(({ conditions, targetRef }) =>
        conditions?.ready && running.has(targetRef?.uid ?? '') ? [targetRef?.name ?? ''] : [],
      );
  }

  #sizesStayWithinSurge(): void {
    const { replicas, surge } = this.#wish;
    const total = this.#cluster.sets.all().reduce((sum, set) => sum + (set.spec?.replicas ?? 0), 0);
    if (total > replicas + surge)
      this.#fail(`the replica sets want ${total} pods, more than ${replicas} + ${surge}`);
  }

  #podsStayWithinSurge(): void {
    if (this.#clock.now() - this.#lastReturnAt < returnMs) return;
    const { replicas, surge } = this.#wish;
    const { pods, nodes } = this.#cluster;
    const present = pods.all().filter((pod) => {
      const name = pod.spec?.nodeName;
      return isPodActive(pod) && !(name && isLost(presenceOf(nodes.get(undefined, name))));
    });
    if (present.length > replicas + surge)
      this.#fail(`${present.length} pods are present, more than ${replicas} + ${surge}`);
  }

  #endpointsLive(): void {
    const now = this.#clock.now();
    for (const { endpoints = [] } of this.#cluster.slices.all()) {
      for (const { nodeName, conditions, targetRef } of endpoints) {
        const host = this.#cluster.host(nodeName);
        if (!conditions?.ready || !host || host.isUp || now - host.downSince <= deadInEndpointsMsMax)
          continue;
        this.#fail(
          `pod ${targetRef?.name} is in the endpoints ${Math.round(now - host.downSince)} ms after ${nodeName} died`,
        );
      }
    }
  }

  #enoughServe(): void {
    const { replicas, unavailable } = this.#wish;
    const serving = this.serving();
    if (serving.length < replicas - unavailable) {
      this.#fail(
        `only ${serving.length} pods serve (${serving.join(', ')}), fewer than ${replicas} - ${unavailable}`,
      );
    }
  }

  #fail(what: string): never {
    const end = this.#cluster.simLog.lines.slice(-60).join('\n');
    throw new Error(`at ${(this.#clock.now() / 1_000).toFixed(3)} s: ${what}\n${end}`);
  }
}
