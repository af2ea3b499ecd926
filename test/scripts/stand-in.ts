import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, root } from '../e2e/support/program.ts';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));

/** A checkout with our set-up and one source file, in which npm and the compiler are programs of the test's (`programs/`). */
export class StandIn {
  readonly folder = mkdtempSync(join(tmpdir(), 'kith-setup-'));
  private readonly started: Program[] = [];

  constructor() {
    for (const name of ['setup.mjs', 'setup'])
      cpSync(join(root, 'scripts', name), this.path('scripts', name), { recursive: true });
    this.write('scripts/oclif-manifest.mjs', `await import(${JSON.stringify(program('manifest'))});\n`);
    this.write('bin/npm', `#!/bin/sh\nexec '${process.execPath}' '${program('npm')}'\n`, 0o755);
    for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'])
      this.write(name, '{}');
    this.write('cli/main.ts', '// first');
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text, { mode });
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  has(file: string): boolean {
    return existsSync(this.path(file));
  }

  /** The build that programs would run now: both halves of it and its list of commands. */
  built(): string[] {
    return ['dist/cli/main.js', 'dist/cli/second.js', 'oclif.manifest.json'].map((file) => this.read(file));
  }

  /** What set-ups leave when they are done or killed, beside `dist` itself. */
  leftovers(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith('dist.'));
  }

  /** How often each of npm, compiler and manifest began. */
  begun(name: string): number[] {
    if (!this.has('log')) return [];
    return [...this.read('log').matchAll(new RegExp(`^${name} begins (\\d+)$`, 'gm'))].map(([, pid]) =>
      Number(pid),
    );
  }

  /** Set-ups do not wait for each other any more. */
  withoutLock(): void {
    this.write(
      'scripts/setup/lock.mjs',
      'export const alone = (root, say, work) => work({ add: () => () => {} });\n',
    );
  }

  hold(name: string): void {
    this.write(`hold-${name}`, '');
  }

  letGo(name: string): void {
    rmSync(this.path(`hold-${name}`));
  }

  setUp(...args: string[]): Program {
    return this.run([this.path('scripts', 'setup.mjs'), ...args]);
  }

  run(args: string[]): Program {
    const env = { ...process.env, PATH: `${this.path('bin')}:${process.env['PATH']}` };
    const one = new Program(process.execPath, args, { cwd: this.folder, env });
    this.started.push(one);
    return one;
  }

  /** Ends what a test left: set-ups, and the programs that killed ones started (each set-up is a process group). */
  async remove(): Promise<void> {
    for (const { child } of this.started) killGroup(child.pid!);
    await Promise.all(this.started.map(({ ended }) => ended));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Kills a set-up with all that it started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}
