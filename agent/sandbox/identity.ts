import { readFileSync } from 'node:fs';

/** One process for ever: a pid alone comes back for another program. Plain data, so that it can lie in a record. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat (proc(5)); empty where there is no /proc. */
  startTime: string;
  /** The kernel's run: start times begin anew with each. */
  bootId: string;
}

/** Who `pid` is now, or undefined if nobody (a zombie counts as nobody). */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, startTime: fields[19] ?? '', bootId: bootId() };
}

/** Whether this very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** Sends a signal to this very process; false if it is gone, whoever has its pid now. */
export function signal(
  identity: ProcessIdentity,
  name: NodeJS.Signals,
  options?: { group?: boolean },
): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(options?.group ? -identity.pid : identity.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Fields of /proc/PID/stat from the third (state) on: the second may hold spaces and brackets. */
export function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return process.platform === 'linux' ? undefined : fieldsWithoutProc(pid);
  }
}

/** Where there is no /proc (macOS) all that can be told is that some process has the pid. */
function fieldsWithoutProc(pid: number): string[] | undefined {
  try {
    process.kill(pid, 0);
    return ['S'];
  } catch {
    // No such process, or not ours to signal: then it is not the one we started.
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Only Linux has it; elsewhere a reboot is not told from a long run.
    return '';
  }
}
