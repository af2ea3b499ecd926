import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const tmuxIsInstalled = spawnSync('tmux', ['-V']).status === 0;

/** A terminal of its own size, in a tmux server of its own. */
export class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kith-tmux-'));

  constructor(
    command: string,
    size: { columns: number; rows: number },
    environment: Record<string, string> = {},
  ) {
    const set = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const dimensions = ['-x', String(size.columns), '-y', String(size.rows)];
    // The shell stays when the command ends, so that what it leaves behind can be looked at.
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-s',
      't',
      ...dimensions,
      ...set,
      `${command}; echo EXIT=$?; exec cat`,
    );
  }

  #tmux(...args: string[]): string {
    const { PATH, HOME } = process.env;
    const result = spawnSync('tmux', ['-u', '-S', join(this.#folder, 'socket'), ...args], {
      encoding: 'utf8',
      env: { PATH, HOME, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' },
    });
    if (result.status !== 0) throw new Error(`tmux ${args[0]}: ${result.stderr}`);
    return result.stdout;
  }

  /** What is on the screen; with `colours` as escape sequences too. */
  screen({ colours = false } = {}): string {
    return this.#tmux('capture-pane', '-p', '-t', 't', ...(colours ? ['-e', '-N'] : []));
  }

  /** Types: names of keys as tmux knows them (`Enter`, `Tab`), or letters. */
  type(...keys: string[]): void {
    this.#tmux('send-keys', '-t', 't', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', 't', '-x', String(columns), '-y', String(rows));
  }

  /** Whether the alternate screen is on, and whether the cursor is seen. */
  modes(): { alternate: boolean; cursor: boolean } {
    const [alternate, cursor] = this.#tmux(
      'display-message',
      '-p',
      '-t',
      't',
      '#{alternate_on} #{cursor_flag}',
    )
      .trim()
      .split(' ');
    return { alternate: alternate === '1', cursor: cursor === '1' };
  }

  /** The process that the terminal's shell runs. */
  get shell(): number {
    return Number(this.#tmux('display-message', '-p', '-t', 't', '#{pane_pid}').trim());
  }

  close(): void {
    try {
      this.#tmux('kill-server');
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}
