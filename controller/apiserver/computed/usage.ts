import type { Use, UsageReport } from '../../../api/metrics.ts';
import { parseQuantity } from '../../../api/quantity.ts';
import type { Node, Pod } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';

/** Three reports that did not come: what was said before is no measure of now. */
const staleAfterMs = 45_000;

/** What somebody had in use, over which window, and when that ended. */
export interface Used {
  windowMs: number;
  at: Date;
}
export interface NodeUsed extends Used {
  use: Use;
}
export interface PodUsed extends Used {
  containers: [name: string, use: Use][];
}

interface Kept {
  report: UsageReport;
  byPod: Map<string, Record<string, Use>>;
  /** The controller's own clock: that of a host may be wrong. */
  at: Date;
  receivedMs: number;
}

/**
 * What hosts report to be in use, the last of each host, in memory alone: after a start of the controller the first come within a
 * quarter of a minute. A host speaks of what is on it alone, and no pod uses more than its host lends.
 */
export class Usage {
  readonly #clock: Clock;
  readonly #byNode = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(node: string, report: UsageReport): void {
    this.#forgetStale();
    this.#byNode.set(node, {
      report,
      byPod: new Map(report.pods.map(({ uid, containers }) => [uid, containers])),
      at: this.#clock.date(),
      receivedMs: this.#clock.now(),
    });
  }

  /** Undefined where the host has not said, or not lately. */
  ofNode(node: Node): NodeUsed | undefined {
    const kept = this.#fresh(node.metadata?.name ?? '');
    return kept && { windowMs: kept.report.windowMs, at: kept.at, use: kept.report.node };
  }

  /** By the host that the pod is bound to, and by nobody else. Containers that the pod does not have are left out. */
  ofPod(pod: Pod, node: Node | undefined): PodUsed | undefined {
    const kept = this.#fresh(pod.spec?.nodeName ?? '');
    const said = kept?.byPod.get(pod.metadata?.uid ?? '');
    if (!kept || !said) return undefined;
    const names = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(
      ({ name }) => name,
    );
    const containers = names
      .filter((name) => Object.hasOwn(said, name))
      .map((name): [string, Use] => [name, within(said[name]!, node)]);
    return containers.length > 0 ? { windowMs: kept.report.windowMs, at: kept.at, containers } : undefined;
  }

  #fresh(node: string): Kept | undefined {
    const kept = this.#byNode.get(node);
    return kept && this.#clock.now() - kept.receivedMs <= staleAfterMs ? kept : undefined;
  }

  #forgetStale(): void {
    for (const node of this.#byNode.keys()) if (!this.#fresh(node)) this.#byNode.delete(node);
  }
}

/** What a host lends holds its pods. Its own use is all of the machine's, the owner's programs among it, and may be more. */
function within({ cpuMillis, memoryBytes }: Use, node: Node | undefined): Use {
  const { cpu, memory } = node?.status?.capacity ?? {};
  return {
    cpuMillis: Math.min(cpuMillis, cpu === undefined ? Infinity : parseQuantity(cpu) * 1000),
    memoryBytes: Math.min(memoryBytes, memory === undefined ? Infinity : parseQuantity(memory)),
  };
}
