import { cpus, freemem, totalmem } from 'node:os';
import type { Use, UsageReport } from '../../api/metrics.ts';
import type { RunningContainer } from '../sandbox/sandbox.ts';

/** How much there has been of something that only grows, and what is held now. */
export interface Sample {
  cpuMillisTotal: number;
  memoryBytes: number;
}

/** Pods with what runs in them. */
export interface Measured {
  uid: string;
  containers: Iterable<RunningContainer>;
}

interface Taken {
  atMs: number;
  node: Sample;
  /** By the container's own id: what was started anew begins at nothing. */
  containers: Map<string, Sample>;
}

/**
 * What this machine and its pods use between two looks. Processors are counted from one look to the next, so what was not there the last
 * time is told the next time.
 */
export class UsageMeter {
  readonly #now: () => number;
  readonly #machine: () => Sample;
  #last: Taken | undefined;

  /** @param machine what the operating system says. @default all processors and all memory of this machine */
  constructor(now: () => number, machine: () => Sample = machineSample) {
    this.#now = now;
    this.#machine = machine;
  }

  /** Looks. Undefined the first time, when nothing can be told yet. */
  async measure(pods: readonly Measured[]): Promise<UsageReport | undefined> {
    const before = this.#last;
    const containers = new Map<string, Sample>();
    const told = await Promise.all(
      pods.map(async ({ uid, containers: running }) => ({
        uid,
        containers: (await Promise.all([...running].map(sampled))).filter((each) => each !== undefined),
      })),
    );
    const taken: Taken = { atMs: this.#now(), node: this.#machine(), containers };
    for (const pod of told) for (const { id, sample } of pod.containers) containers.set(id, sample);
    this.#last = taken;
    if (!before || taken.atMs <= before.atMs) return undefined;
    const windowMs = taken.atMs - before.atMs;
    const pairs = ({ containers: found }: (typeof told)[number]) =>
      found.flatMap(({ id, name, sample }) => {
        const earlier = before.containers.get(id);
        return earlier ? [[name, useOf(earlier, sample, windowMs)] as const] : [];
      });
    return {
      windowMs,
      node: useOf(before.node, taken.node, windowMs),
      pods: told
        .map((pod) => ({ uid: pod.uid, containers: Object.fromEntries(pairs(pod)) }))
        .filter((pod) => Object.keys(pod.containers).length > 0),
    };
  }
}

async function sampled(
  container: RunningContainer,
): Promise<{ id: string; name: string; sample: Sample } | undefined> {
  try {
    const sample = await container.stats?.();
    return sample && { id: `${container.id} ${container.pid ?? ''}`, name: container.name, sample };
  } catch {
    // It has ended meanwhile, or its sandbox cannot tell: then nothing is said of it.
    return undefined;
  }
}

function useOf(before: Sample, after: Sample, windowMs: number): Use {
  const millis = Math.max(0, after.cpuMillisTotal - before.cpuMillisTotal);
  return { cpuMillis: (millis / windowMs) * 1000, memoryBytes: after.memoryBytes };
}

/** Of all programs on this machine: what its processors did, and the memory that is not free or could be at once. */
function machineSample(): Sample {
  const busy = cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
  return { cpuMillisTotal: busy, memoryBytes: totalmem() - freemem() };
}
