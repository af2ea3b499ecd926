import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/wait.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

if (!existsSync(`${root}/dist/cli/main.js`))
  throw new Error('these tests run the built program: npm run build first (npm test does)');

/** A program under test, with every line it wrote. */
export class Program {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
    this.child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** The first line that fits; fails with all that was said where none comes in time. */
  async line(pattern: RegExp, boundMs = 30_000): Promise<RegExpMatchArray> {
    try {
      return await until(
        `a line like ${pattern}`,
        () => {
          const found = this.lines.map((line) => line.match(pattern)).find(Boolean);
          if (!found && this.child.exitCode !== null && this.child.stdout!.readableEnded)
            throw new Error(`it ended with exit code ${this.child.exitCode}`);
          return found ?? false;
        },
        boundMs,
      );
    } catch (error) {
      throw new Error(`${(error as Error).message}; it said:\n${this.text}`, { cause: error });
    }
  }

  /** For `after` hooks: gone, whatever the test did. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
