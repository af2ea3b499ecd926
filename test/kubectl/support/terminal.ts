import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { until } from '../../support/wait.ts';

/** A terminal with a program in it, as a person sits at: `script` makes it. */
export class Terminal {
  readonly #child: ChildProcess;
  /** Exit code of the program, or the signal's name. */
  readonly ended: Promise<number | string>;
  #shown = '';

  constructor(command: string, options: { environment: NodeJS.ProcessEnv; rows: number; columns: number }) {
    const { environment, rows, columns } = options;
    const sized = `stty rows ${rows} cols ${columns}; exec ${command}`;
    this.#child = spawn('script', ['-qfec', sized, '/dev/null'], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdout!.on('data', (chunk: Buffer) => (this.#shown += chunk.toString()));
    this.#child.stdin!.on('error', () => {});
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
    );
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Resolves once it shows that. `again` is typed each time that it does not yet. */
  async shows(pattern: RegExp, again?: string): Promise<void> {
    await until(`the terminal shows ${String(pattern)}`, () => {
      if (pattern.test(this.#shown)) return true;
      if (again !== undefined) this.type(again);
      throw new Error(this.#shown.slice(-1_000));
    });
  }

  /**
   * As a window does that its user drags: the size is set on the terminal, and the kernel tells who runs on it. One of the two numbers at a time:
   * `stty` sets one after the other, and kubectl drops what it is told while it still sends what was before.
   */
  resize(rows: number, columns: number): void {
    const children = spawnSync('ps', ['-o', 'tty=', '--ppid', String(this.#child.pid)], { encoding: 'utf8' });
    const terminal = children.stdout
      .trim()
      .split('\n')
      .find((each) => each.startsWith('pts/'));
    spawnSync('stty', ['-F', `/dev/${terminal}`, 'rows', String(rows), 'cols', String(columns)]);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
