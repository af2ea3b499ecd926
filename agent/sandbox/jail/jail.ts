import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** A Node program to run where it can reach nothing but what is named here. */
export interface JailedProgram {
  /** Folders and files that it may read, by the names that `arguments` uses. Nothing is writable. */
  reads: Record<string, string>;
  /** Script and arguments; `at(name)` is where the program finds an entry of `reads`. */
  arguments: (at: (name: string) => string) => string[];
  nodeFlags: string[];
  /** As for `spawn`: descriptors given here are all that the program has. */
  stdio: ('ignore' | 'pipe' | number)[];
  /** A file to be made that will tell the program's process id. Needed where the program outlives its starter. */
  pidFile?: string;
  /** It ends when the process that started it ends. */
  dieWithParent?: boolean;
}

/** A started program. */
export interface Jailed {
  /** The program, or the keeper around it: they end together, with the same code. */
  child: ChildProcess;
  /** The program's own process id on the host, as soon as it has one. */
  pid(): number | undefined;
}

/** Walls around a Node program. */
export interface Jail {
  isolation: 'os' | 'none';
  run(program: JailedProgram): Jailed;
}

/**
 * All that the program finds in its environment, read by the C library alone. One arena, whose free end goes back to the system:
 * with one for each thread, an idle pod kept 30 MB that V8's compilers had long given back (measured).
 */
export const allocatorSettings: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024),
};

/** Node's permission model: no files, processes, workers or addons but what is named. By Node's own word a seat belt, no wall. */
export function permissionFlags(readable: string[]): string[] {
  return ['--permission', ...readable.map((path) => `--allow-fs-read=${path}`)];
}

/** No walls but the seat belt: the program runs as the user. For machines where bubblewrap does not work. */
export const openJail: Jail = {
  isolation: 'none',
  run({ reads, arguments: words, nodeFlags, stdio, pidFile }) {
    const child = spawn(
      process.execPath,
      [...nodeFlags, ...permissionFlags(Object.values(reads)), ...words((name) => reads[name]!)],
      { stdio, env: allocatorSettings, cwd: '/', detached: true },
    );
    if (pidFile !== undefined) writeFileSync(pidFile, JSON.stringify({ 'child-pid': child.pid }));
    return { child, pid: () => child.pid };
  },
};

/** The process id in a pid file, once it is there. The form is bubblewrap's. */
export function pidIn(text: string): number | undefined {
  const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
