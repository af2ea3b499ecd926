import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One process as /proc shows it; `startTime` tells it from a later one with the same number. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  startTime: string;
  command: string;
}

/** Every live process of this machine (Linux); zombies are not alive. */
export function processes(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The command's name may hold spaces and brackets: what follows the last bracket is regular.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (fields[0] === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: Number(fields[1]), startTime: fields[19]!, command }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

/** `pid` and all that it started, directly or not, as far as they are still its descendants. */
export function tree(pid: number, all = processes()): ProcessEntry[] {
  const members = new Set([pid]);
  for (let grown = true; grown;) {
    grown = false;
    for (const entry of all)
      if (members.has(entry.parent) && !members.has(entry.pid)) {
        members.add(entry.pid);
        grown = true;
      }
  }
  return all.filter((entry) => members.has(entry.pid));
}

/** Processes in whose environment `KITH_DEMO=<marker>` stands. Sandboxes have an empty one: see `tree`. */
export function marked(marker: string): ProcessEntry[] {
  return processes().filter(({ pid }) => {
    if (pid === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`KITH_DEMO=${marker}`);
    } catch {
      return false;
    }
  });
}

/** Those of `before` that are still alive. */
export function stillAlive(before: ProcessEntry[]): ProcessEntry[] {
  const now = new Set(processes().map((entry) => `${entry.pid} ${entry.startTime}`));
  return before.filter((entry) => now.has(`${entry.pid} ${entry.startTime}`));
}

/** SIGKILL to a host: the agent and its sandboxes in one go, as a power cut would. Stopped first, so that none sees another die. */
export function killHost(pid: number): ProcessEntry[] {
  process.kill(pid, 'SIGSTOP');
  const victims = tree(pid);
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const)
    for (const victim of victims)
      try {
        process.kill(victim.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
  return victims;
}

/** TCP ports (IPv4 and IPv6) on which one of these processes listens. */
export function listeningPorts(pids: number[]): number[] {
  const inodes = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === '0A')
        inodes.set(`socket:[${fields[9]}]`, Number.parseInt(fields[1]!.split(':').at(-1)!, 16));
    }
  const ports = new Set<number>();
  for (const pid of pids)
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const port = inodes.get(readlinkSync(`/proc/${pid}/fd/${fd}`));
        if (port !== undefined) ports.add(port);
      }
    } catch {
      // It ended while we looked.
    }
  return [...ports].sort((a, b) => a - b);
}

/** Whether anybody listens on 127.0.0.1 or any address at this port. */
export function isListening(port: number): boolean {
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .some((line) => {
        const fields = line.trim().split(/\s+/);
        return fields[3] === '0A' && Number.parseInt(fields[1]!.split(':').at(-1)!, 16) === port;
      }),
  );
}
