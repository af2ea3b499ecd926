import { readFileSync, readlinkSync } from 'node:fs';
import { tree } from '../../../scripts/demo/processes.ts';

/** The namespaces that an app must not share with its host. */
export const walls = ['net', 'mnt', 'user', 'pid'] as const;

export const namespacesOf = (pid: number): Record<(typeof walls)[number], string> =>
  Object.fromEntries(walls.map((wall) => [wall, readlinkSync(`/proc/${pid}/ns/${wall}`)])) as Record<
    (typeof walls)[number],
    string
  >;

/** The processes of apps that this agent runs: Node with the seat belt on, and not bubblewrap around it. */
export function appsOf(agent: number): number[] {
  return tree(agent)
    .filter(({ command }) => / --permission /.test(command) && !/bwrap/.test(command))
    .map(({ pid }) => pid);
}

/** Its process ids, as each PID namespace that it is in counts it: ours first, its own last. */
export function idsOf(pid: number): number[] {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return /^NSpid:\s*(.*)$/m.exec(status)![1]!.split(/\s+/).map(Number);
}

/** Network interfaces as the process sees them. */
export function interfacesOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/net/dev`, 'utf8')
    .split('\n')
    .slice(2)
    .filter(Boolean)
    .map((line) => line.split(':')[0]!.trim());
}
