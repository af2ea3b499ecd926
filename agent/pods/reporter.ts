import { conditionOf } from '../../api/conditions.ts';
import { isDeepStrictEqual } from 'node:util';
import { isConflict, isNotFound } from '../../api/errors.ts';
import type { Pod, PodStatus } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import { waitAtMost } from '../../process/bounded.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { jittered, type Random } from '../../process/random.ts';
import { backoffMs } from './backoff.ts';

/** Quick at first, since a status is what people wait for; then slow enough not to storm a controller that comes back. */
const retryMs = { first: 250, max: 10_000 };
/** Someone else's write to our fields is answered at most this often, so that two who disagree do not fight all day. */
const reassertMs = 2_000;

export interface PodName {
  uid: string;
  namespace: string;
  name: string;
}

interface Report extends PodName {
  wanted: PodStatus;
  known: PodStatus | undefined;
  knownVersion: number;
  /** Set and cleared in the same turn as what it guards, or a report in between would be lost. */
  busy: boolean;
  sending: Promise<void>;
  failures: number;
}

/**
 * Carries pod statuses to the API: for each pod one patch at a time, always the newest, only what differs, retried until the
 * pod is gone. While the controller is away it only remembers the last one.
 */
export class StatusReporter {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #reports = new Map<string, Report>();
  readonly #stop = new AbortController();

  constructor(options: { client: Client; clock: Clock; random: Random; log: Log }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log;
  }

  /** Wants this status in the API, from now on. `known` is what the API is believed to have. */
  report(pod: PodName, wanted: PodStatus, known: PodStatus | undefined): void {
    const report = this.#reports.get(pod.uid);
    if (report) report.wanted = wanted;
    else {
      const { uid, namespace, name } = pod;
      this.#reports.set(uid, {
        uid,
        namespace,
        name,
        wanted,
        known,
        knownVersion: 0,
        busy: false,
        sending: Promise.resolve(),
        failures: 0,
      });
    }
    this.#send(this.#reports.get(pod.uid)!, 0);
  }

  /** Looks at the API's copy as a watch delivers it: where someone overwrote what is ours, it is said again. */
  observe(pod: Pod): void {
    const report = this.#reports.get(pod.metadata?.uid ?? '');
    if (!report || report.busy) return;
    // A watch runs behind our own patches: an older copy is no contradiction.
    if (Number(pod.metadata?.resourceVersion ?? 0) < report.knownVersion) return;
    report.known = pod.status;
    if (statusPatch(report.wanted, report.known)) this.#send(report, reassertMs);
  }

  /** Resolves when the newest status has arrived, cannot arrive any more (the pod is gone), or `boundMs` have passed. */
  async flush(uid: string, boundMs: number): Promise<void> {
    const report = this.#reports.get(uid);
    if (!report?.busy) return;
    await waitAtMost(this.#clock, boundMs, report.sending);
  }

  drop(uid: string): void {
    this.#reports.delete(uid);
  }

  stop(): void {
    this.#stop.abort(new Error('the agent stops'));
  }

  #send(report: Report, delayMs: number): void {
    if (report.busy) return;
    report.busy = true;
    report.sending = this.#run(report, delayMs).catch(() => {
      // Stopped while waiting.
      report.busy = false;
    });
  }

  async #run(report: Report, delayMs: number): Promise<void> {
    if (delayMs > 0) await this.#clock.sleep(delayMs, this.#stop.signal);
    const { uid, namespace, name } = report;
    while (this.#reports.get(uid) === report && !this.#stop.signal.aborted) {
      const { wanted } = report;
      const status = statusPatch(wanted, report.known);
      if (!status) {
        report.busy = false;
        return;
      }
      try {
        // The uid in the patch makes it fail on another pod of the same name.
        const after = await this.#client.patch<Pod>(
          { kind: 'Pod', namespace, name },
          'strategic',
          { metadata: { uid }, status },
          { subresource: 'status', signal: this.#stop.signal },
        );
        report.known = wanted;
        report.knownVersion = Number(after?.metadata?.resourceVersion ?? 0);
        report.failures = 0;
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) {
          this.#reports.delete(uid);
          return;
        }
        report.failures++;
        this.#log.debug('a pod status did not arrive, trying again', { pod: `${namespace}/${name}`, error });
        await this.#clock.sleep(
          jittered(this.#random, backoffMs(retryMs, report.failures), 0.3),
          this.#stop.signal,
        );
      }
    }
  }
}

/** Fields of the status that are this host's to write; where they are not wanted any more they are removed. */
const ownFields = [
  'phase',
  'reason',
  'message',
  'conditions',
  'containerStatuses',
  'initContainerStatuses',
  'ephemeralContainerStatuses',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'startTime',
  'observedGeneration',
] as const;

/** The strategic merge patch from `known` to `wanted`; undefined where they agree. Conditions of others are not touched. */
export function statusPatch(
  wanted: PodStatus,
  known: PodStatus | undefined,
): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const field of ownFields) {
    const [want, have] = [wanted[field], known?.[field]];
    if (field === 'conditions') {
      const changed = (wanted.conditions ?? []).filter(
        (condition) => !same(condition, conditionOf(known?.conditions, condition.type)),
      );
      // A condition without a message must lose the one it had: an absent key would leave it.
      if (changed.length > 0)
        patch[field] = changed.map((condition) => ({ reason: null, message: null, ...condition }));
    } else if (!same(want, have)) patch[field] = want ?? null;
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(bare(a), bare(b));
}

/** Without empty objects and nulls, which a server may drop or add. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, field]) => [key, bare(field)] as const)
    .filter(([key, field]) => field !== undefined && key !== 'observedGeneration' && key !== 'lastProbeTime');
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
