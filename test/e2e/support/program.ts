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

  /** @param options.input Whether its standard input stays open, to be written to. */
  constructor(
    command: string,
    args: string[],
    options: { env?: NodeJS.ProcessEnv; cwd?: string; input?: boolean } = {},
  ) {
    this.child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
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

  /** The first line that fits; fails with all that was said where none comes in time, or before the program ends. */
  async line(pattern: RegExp, boundMs = 60_000): Promise<RegExpMatchArray> {
    const find = () => this.lines.map((line) => line.match(pattern)).find(Boolean) ?? undefined;
    const endedWith = this.ended.then((how) => `it ended with ${how}`);
    const found = await Promise.race([until(`a line like ${pattern}`, find, boundMs), endedWith]).catch(
      (error: Error) => error.message,
    );
    const match = typeof found === 'string' ? find() : found;
    if (!match) throw new Error(`no line like ${pattern}: ${String(found)}; it said:\n${this.text}`);
    return match;
  }

  /** For `after` hooks: gone, whatever the test did. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
