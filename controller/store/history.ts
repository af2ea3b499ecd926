import type { StoreEvent } from './store.ts';

/** One durable record as history remembers it: nothing to tell watchers (a restore) has no event. */
interface Step {
  revision: number;
  event: StoreEvent | undefined;
  /** When it became known here, on the store's clock. */
  at: number;
  bytes: number;
}

/** How much history a store keeps for watches that come back, before it compacts by itself. */
export interface HistoryLimits {
  /** A client that was away this long lists again; the API server of Kubernetes keeps etcd's history as long. @default 5 min */
  keepMs?: number;
  /** Old objects are held in memory by their events: 10,000 of some 2 KB are 20 MB. @default 10,000 */
  stepsMax?: number;
  /** The same bound in letters of JSON, for the day when objects are large. @default 32 Mi */
  bytesMax?: number;
  /** A quiet cluster keeps at least these, however old: they cost little and spare a list. @default 500 */
  stepsMin?: number;
}

/** What happened after the anchor, in order: what watches replay and compaction removes. */
export class History {
  readonly #limits: Required<HistoryLimits>;
  #steps: Step[] = [];
  #bytes = 0;
  #compactedRevision: number;

  constructor(compactedRevision: number, limits: HistoryLimits = {}) {
    this.#compactedRevision = compactedRevision;
    this.#limits = { keepMs: 300_000, stepsMax: 10_000, bytesMax: 32 * 2 ** 20, stepsMin: 500, ...limits };
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  get isOverfull(): boolean {
    const { stepsMax, bytesMax } = this.#limits;
    return this.#steps.length > stepsMax || this.#bytes > bytesMax;
  }

  push(step: Step): void {
    this.#steps.push(step);
    this.#bytes += step.bytes;
  }

  /** The events after `revision`, in order. */
  *after(revision: number): Generator<StoreEvent> {
    // By index, not by iterator: a listener may cause a push meanwhile, never a removal within the same call.
    for (let at = this.#indexAfter(revision); at < this.#steps.length; at++) {
      const { event } = this.#steps[at]!;
      if (event) yield event;
    }
  }

  /** The revision to compact to now; undefined if all of it is worth keeping. Half of an overfull history goes at once. */
  dueRevision(now: number): number | undefined {
    const { keepMs, stepsMax, bytesMax, stepsMin } = this.#limits;
    let keep = this.#steps.length;
    let bytes = this.#bytes;
    const isTooMuch = this.isOverfull;
    for (const step of this.#steps) {
      const isOld = step.at <= now - keepMs && keep > stepsMin;
      if (!isOld && !(isTooMuch && (keep > stepsMax / 2 || bytes > bytesMax / 2))) break;
      keep--;
      bytes -= step.bytes;
    }
    return this.#steps[this.#steps.length - keep - 1]?.revision;
  }

  /**
   * Which step ends history if it is forgotten up to `revision`, and which records are then dead: values that were replaced
   * or deleted, and the deletions themselves.
   */
  upTo(revision: number): { revision: number; dropped: number[] } | undefined {
    const steps = this.#steps.slice(0, this.#indexAfter(revision));
    const last = steps.at(-1);
    if (!last) return undefined;
    const dropped = steps.flatMap(({ revision: at, event }) => {
      if (!event) return [at];
      if (event.type === 'delete') return [event.entry.modRevision, at];
      return event.previous ? [event.previous.modRevision] : [];
    });
    return { revision: last.revision, dropped };
  }

  forget(revision: number): void {
    const forgotten = this.#steps.splice(0, this.#indexAfter(revision));
    for (const step of forgotten) this.#bytes -= step.bytes;
    this.#compactedRevision = Math.max(this.#compactedRevision, revision);
  }

  #indexAfter(revision: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#steps[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
