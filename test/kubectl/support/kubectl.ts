import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { Program } from '../../e2e/support/program.ts';

/** No command of a test takes so long, also on a busy machine. */
const commandMsMax = 60_000;
const outputBytesMax = 256 * 1024 * 1024;

export interface Outcome {
  code: number;
  out: string;
  err: string;
  /** `out` before it was decoded. */
  bytes: Buffer;
}

export interface RunOptions {
  input?: string | Buffer;
  environment?: NodeJS.ProcessEnv;
  /** @default a minute */
  boundMs?: number;
}

/** One kubectl with a kubeconfig and nothing else of the user's. */
export class Kubectl {
  readonly program: string;
  /** Where commands run. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #programs: Program[] = [];

  /** @param options.home HOME: kubectl keeps there what it discovered */
  constructor(options: { program: string; folder: string; home: string; kubeconfig: string }) {
    this.program = options.program;
    this.folder = options.folder;
    this.kubeconfig = options.kubeconfig;
    this.environment = { ...process.env, KUBECONFIG: options.kubeconfig, HOME: options.home };
  }

  /** Runs to the end, whatever that is. Words are split at spaces; give an array where a word has one. */
  run(words: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = execFile(
        this.program,
        wordsOf(words),
        {
          cwd: this.folder,
          env: { ...this.environment, ...options.environment },
          timeout: options.boundMs ?? commandMsMax,
          maxBuffer: outputBytesMax,
          encoding: 'buffer',
        },
        (error, bytes, err) => {
          // A number, or a word where it could not be started or was ended.
          const code = error ? Number((error as { code?: unknown }).code ?? -1) : 0;
          resolve({ code, out: bytes.toString(), err: err.toString(), bytes });
        },
      );
      // A command that reads nothing may be gone before its input ends.
      child.stdin!.on('error', () => {});
      child.stdin!.end(options.input ?? '');
    });
  }

  /** Runs to a good end; resolves with standard output. */
  async kubectl(words: string | readonly string[], options?: RunOptions): Promise<string> {
    const { code, out, err } = await this.run(words, options);
    assert.equal(code, 0, `kubectl ${wordsOf(words).join(' ')} ended with ${code}: ${err}${out}`);
    return out;
  }

  /** Runs to a bad end; resolves with standard error. */
  async fails(words: string | readonly string[], options?: RunOptions): Promise<string> {
    const { code, out, err } = await this.run(words, options);
    assert.ok(code !== 0, `kubectl ${wordsOf(words).join(' ')} ended well: ${out}${err}`);
    return err;
  }

  /** A command that stays, such as a watch, until it ends or `stop` ends it. */
  start(
    words: string | readonly string[],
    options: { environment?: NodeJS.ProcessEnv; input?: true } = {},
  ): Program {
    const env = { ...this.environment, ...options.environment };
    const program = new Program(this.program, wordsOf(words), { env, cwd: this.folder, ...options });
    this.#programs.push(program);
    return program;
  }

  /** Ends all that `start` started. */
  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }
}

const wordsOf = (words: string | readonly string[]) =>
  typeof words === 'string' ? words.split(' ').filter(Boolean) : [...words];
