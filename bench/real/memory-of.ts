import { readFileSync } from 'node:fs';

/** What processes hold, in MB (1,000 of the kernel's kB, which are 1,024 bytes each). */
export interface Memory {
  rss: number;
  /** Of it, what no file backs: their own, where the rest is mostly Node's code, shared by all that run it. */
  anonymous: number;
}

/** The sum over these processes, from /proc/PID/smaps_rollup (Linux). */
export function memoryOf(pids: number[]): Memory {
  const sum: Memory = { rss: 0, anonymous: 0 };
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const megabytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)![1]) / 1000;
    sum.rss += megabytes('Rss');
    sum.anonymous += megabytes('Anonymous');
  }
  return sum;
}
