import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { KubeObject, ObjectRef } from '../../client/client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What `npm run build` makes. */
export const binary = join(root, 'dist', 'cli', 'main.js');

export interface Ran {
  code: number | null;
  out: string;
  err: string;
  ms: number;
}

/** A home folder with a real API server behind it, and the real `kith` to run against it. */
export class CliCluster {
  readonly home: string;
  port = 0;
  #child: ChildProcess | undefined;
  #answers: Interface | undefined;

  private constructor(home: string) {
    this.home = home;
  }

  static async start(): Promise<CliCluster> {
    if (!existsSync(binary)) throw new Error('dist/ is not built: npm run build');
    const cluster = new CliCluster(await mkdtemp(join(tmpdir(), 'kith-cli-')));
    await cluster.serve();
    return cluster;
  }

  get environment(): NodeJS.ProcessEnv {
    const { CI: _ci, ...environment } = process.env;
    return { ...environment, KITH_HOME: this.home, KUBECONFIG: join(this.home, 'user-kubeconfig') };
  }

  /** Starts the API server; again on the same port after `kill`. What was in its memory is gone. */
  async serve(): Promise<void> {
    const script = fileURLToPath(new URL('server.ts', import.meta.url));
    const args = ['--disable-warning=ExperimentalWarning', script, this.home, String(this.port)];
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#child.stdout! });
    const [line] = (await once(this.#answers, 'line')) as [string];
    this.port = (JSON.parse(line) as { port: number }).port;
  }

  async #ask(command: object): Promise<void> {
    const child = this.#child!;
    const done = new AbortController();
    const { signal } = done;
    const answered = once(this.#answers!, 'line', { signal }) as Promise<[string]>;
    const ended = once(child, 'exit', { signal }).then(([code, by]): never => {
      throw new Error(`the API server has ended with ${code ?? by}`);
    });
    child.stdin!.write(`${JSON.stringify(command)}\n`);
    const [line] = await Promise.race([answered, ended]).finally(() => {
      answered.catch(() => {});
      ended.catch(() => {});
      done.abort();
    });
    const { error } = JSON.parse(line) as { error?: string };
    if (error) throw new Error(error);
  }

  put(...objects: KubeObject[]): Promise<void> {
    return this.#ask({ put: objects });
  }

  /** A merge patch, as somebody else would send it. */
  patch(ref: ObjectRef, patch: object): Promise<void> {
    return this.#ask({ patch: { ref, patch } });
  }

  remove(object: KubeObject): Promise<void> {
    return this.#ask({ delete: object });
  }

  /** One more line in the log of `namespace/name`. */
  log(pod: string, line: string): Promise<void> {
    return this.#ask({ log: [pod, line] });
  }

  async kill(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** The server is there and says nothing, until `resume`: what a suspended machine or a cut cable looks like. */
  suspend(): void {
    this.#child!.kill('SIGSTOP');
  }

  resume(): void {
    this.#child!.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Starts `kith …` without waiting for its end. */
  spawn(args: string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(process.execPath, [binary, ...args], {
      env: { ...this.environment, ...environment },
      cwd: this.home,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Runs `kith …` to its end. */
  async kith(args: string[], { input = '' }: { input?: string } = {}): Promise<Ran> {
    const startedAt = performance.now();
    const child = this.spawn(args);
    let [out, err] = ['', ''];
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.stdin!.on('error', () => {}).end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err, ms: performance.now() - startedAt };
  }
}
