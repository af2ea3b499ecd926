import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Program } from './program.ts';

const boundMs = 60_000;

export interface Said {
  code: number;
  out: string;
  err: string;
}

/** Why tests with kubectl cannot run here; undefined where they can. */
export function missingKubectl(): string | undefined {
  if (spawnSync('kubectl', ['version', '--client']).status === 0) return undefined;
  return 'install kubectl (https://kubernetes.io/docs/tasks/tools) to run these';
}

/** The stock kubectl, with the kubeconfig that `kith up` wrote and nothing else of the user's. */
export class Kubectl {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #programs: Program[] = [];

  constructor(home: string) {
    // kubectl keeps what it discovered under HOME.
    this.#environment = { ...process.env, KUBECONFIG: join(home, 'kubeconfig'), HOME: home };
  }

  /** Runs to the end, whatever that is. */
  run(args: string[], input = ''): Promise<Said> {
    return new Promise((resolve) => {
      const child = execFile(
        'kubectl',
        args,
        { env: this.#environment, timeout: boundMs },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      );
      // A command that reads nothing may be gone before we end its input.
      child.stdin!.on('error', () => {});
      child.stdin!.end(input);
    });
  }

  /** Runs to a good end; resolves with what it printed. */
  async must(args: string, input?: string): Promise<string> {
    const { code, out, err } = await this.run(args.split(' '), input);
    if (code !== 0) throw new Error(`kubectl ${args} ended with exit code ${code}: ${err || out}`);
    return out;
  }

  /** A command that stays, such as a watch. */
  start(args: string): Program {
    const program = new Program('kubectl', args.split(' '), { env: this.#environment });
    this.#programs.push(program);
    return program;
  }

  /** Ends all that `start` started. */
  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }
}
