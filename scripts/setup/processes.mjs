import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A name for a process that no later process with the same number has: `<pid>-<when it started>`. Where its start cannot be
 * learned the name is `<pid>-`, and a later process of that number is taken for it.
 */
export function nameOf(pid) {
  return `${pid}-${describe(pid)?.startedAt ?? ''}`;
}

/** The process number in a name. */
export const pidIn = (name) => Number(name.split('-')[0]);

/** Whether the process of that name still runs. A zombie does not: in a container without an init it stays for ever. */
export function runs(name) {
  const pid = pidIn(name);
  if (!exists(pid)) return false;
  const now = describe(pid);
  const startedAt = name.slice(name.indexOf('-') + 1);
  if (!now) return exists(pid);
  return !now.ended && (startedAt === '' || now.startedAt === startedAt);
}

function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error.code === 'EPERM';
  }
}

/** Undefined where the process has just gone, or the system does not say. */
function describe(pid) {
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** proc_pid_stat(5): the program's name is in parentheses and may hold any letter; state is the first field behind it, start the 20th. */
function fromProc(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { ended: fields[0] === 'Z' || fields[0] === 'X', startedAt: fields[19] };
}

/** macOS has no /proc. Its ps knows the start to the second, which is enough: numbers are not given again so soon. */
function fromPs(pid) {
  const line = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  const [state, ...start] = line.split(/\s+/);
  return { ended: state.startsWith('Z'), startedAt: String(Date.parse(start.join(' '))) };
}
