import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Jail, JailedProgram } from './jail.ts';
import { allocatorSettings, permissionFlags, pidIn } from './jail.ts';
import type { NodeBinary } from './node-binary.ts';

/** Inside, everything of ours lies under one folder, and there is nothing else but Node's libraries. */
const inside = '/kith';

const bind = (from: string, to: string) => ['--ro-bind', from, to];

/** The arguments before the program's own: own user, process, network, mount, IPC, UTS and cgroup namespaces; all read-only. */
export function bubblewrapArguments(
  node: NodeBinary,
  reads: Record<string, string>,
  descriptors: { seccomp: number; info: number },
): string[] {
  return [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--uid',
    '65534',
    '--gid',
    '65534',
    '--cap-drop',
    'ALL',
    '--new-session',
    // One process less for each pod: Node itself is the namespace's first process, and when it ends all in it ends.
    '--as-pid-1',
    '--clearenv',
    ...Object.entries(allocatorSettings).flatMap(([name, value]) => ['--setenv', name, value]),
    '--hostname',
    'kith',
    ...bind(node.path, `${inside}/node`),
    ...node.libraries.flatMap((path) => bind(path, path)),
    ...Object.entries(reads).flatMap(([name, path]) => bind(path, `${inside}/${name}`)),
    // The root itself is a tmpfs of bubblewrap's: without this the program could fill memory through it.
    '--remount-ro',
    '/',
    '--chdir',
    '/',
    '--seccomp',
    String(descriptors.seccomp),
    '--info-fd',
    String(descriptors.info),
    '--',
    `${inside}/node`,
  ];
}

/** Walls of the operating system, by bubblewrap, with the seat belt inside them. */
export function bubblewrapJail(options: { command: string; node: NodeBinary; seccompFile: string }): Jail {
  return {
    isolation: 'os',
    run({ reads, arguments: words, nodeFlags, stdio, pidFile, dieWithParent }: JailedProgram) {
      // bubblewrap reads the filter from a descriptor and closes it; the program never has it.
      const seccomp = openSync(options.seccompFile, 'r');
      // A file, not a pipe: bubblewrap writes in pieces, and a pipe whose reader died would kill it half-way, for ever.
      const info = openSync(pidFile ?? '/dev/null', 'w', 0o600);
      try {
        const args = [
          ...bubblewrapArguments(options.node, reads, { seccomp: stdio.length, info: stdio.length + 1 }),
          ...nodeFlags,
          ...permissionFlags([inside]),
          ...words((name) => `${inside}/${name}`),
        ];
        const child = spawn(options.command, dieWithParent ? ['--die-with-parent', ...args] : args, {
          stdio: [...stdio, seccomp, info],
          env: {},
          cwd: '/',
          detached: true,
        });
        // bubblewrap writes the program's id, as the host counts it, before the program starts.
        return {
          child,
          pid: () => (pidFile === undefined ? undefined : pidIn(readFileSync(pidFile, 'utf8'))),
        };
      } finally {
        closeSync(seccomp);
        closeSync(info);
      }
    },
  };
}
