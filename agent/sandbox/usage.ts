import { readFileSync } from 'node:fs';
import { statFields } from './identity.ts';

/** What one process uses. */
export interface Usage {
  cpuMsTotal: number;
  /** Its own: anonymous and shared memory, without file pages, which many processes share. */
  memoryBytes: number;
  threads: number;
}

/** USER_HZ is 100 on every architecture that Node runs on (time(7)). */
const msPerTick = 10;

/** From /proc; undefined where the process is gone or there is no /proc. */
export function usageOf(pid: number): Usage | undefined {
  const fields = statFields(pid);
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended, or this is no Linux: nothing is known of its memory.
    return undefined;
  }
  if (fields === undefined) return undefined;
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return {
    // Fields 14 and 15 of stat, user and system time; the list begins with the third.
    cpuMsTotal: (Number(fields[11]) + Number(fields[12])) * msPerTick,
    memoryBytes: (kibibytes('RssAnon') + kibibytes('RssShmem')) * 1024,
    threads: kibibytes('Threads'),
  };
}
