import { readFileSync } from 'node:fs';

/** What a cgroup really holds a process to; undefined where it does not. */
export interface HeldLimits {
  memoryBytesMax: number | undefined;
  cpuMillisMax: number | undefined;
  processesMax: number | undefined;
}

/** v1 writes "no limit" as the largest number of pages. */
const unlimitedBytes = 2 ** 62;

/** Reads back from the kernel, because podman ignores some limits without a word (rootless, cgroup v1). Of either version. */
export function heldLimits(pid: number): HeldLimits {
  const groups = new Map(
    (read(`/proc/${pid}/cgroup`) ?? '')
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
        return controllers.split(',').map((controller) => [controller, path] as const);
      }),
  );
  const value = (controller: string, v1: string, v2: string): string | undefined => {
    const own = groups.get(controller);
    const text =
      own === undefined
        ? read(`/sys/fs/cgroup${groups.get('') ?? ''}/${v2}`)
        : read(`/sys/fs/cgroup/${controller}${own}/${v1}`);
    return text?.trim();
  };
  const memory = number(value('memory', 'memory.limit_in_bytes', 'memory.max'));
  const processes = number(value('pids', 'pids.max', 'pids.max'));
  return {
    memoryBytesMax: memory !== undefined && memory < unlimitedBytes ? memory : undefined,
    cpuMillisMax: cpuMillis(
      value('cpu', 'cpu.cfs_quota_us', 'cpu.max'),
      value('cpu', 'cpu.cfs_period_us', 'cpu.max'),
    ),
    processesMax: processes,
  };
}

/** v2 writes quota and period in one line. */
function cpuMillis(quota: string | undefined, period: string | undefined): number | undefined {
  const [first, second] = (quota ?? '').split(' ');
  const held = number(first);
  const each = number(second ?? period);
  return held !== undefined && held > 0 && each ? Math.round((held * 1000) / each) : undefined;
}

function number(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? undefined : value;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No such group or controller here: then it holds nobody.
    return undefined;
  }
}
