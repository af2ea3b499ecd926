import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Runs `kith …` as a user would type it. Every process of the demonstration is started here and nowhere else. */
export class Kith {
  readonly environment: NodeJS.ProcessEnv;

  /** @param marker stands in the environment of every process, so that what is left behind can be found. */
  constructor(home: string, marker: string) {
    this.environment = {
      ...process.env,
      KITH_HOME: home,
      KITH_DEMO: marker,
      // The demonstration leaves the user's own kubeconfig alone: its context would outlive the check.
      KUBECONFIG: join(home, 'kubeconfig'),
    };
  }

  spawn(args: string[], stdio: 'pipe' | 'inherit' = 'pipe'): ChildProcess {
    const own =
      stdio === 'inherit'
        ? (['inherit', 'inherit', 'inherit'] as const)
        : (['ignore', 'pipe', 'pipe'] as const);
    return spawn(process.execPath, [program, ...args], {
      env: this.environment,
      // The channel is a leash: a launcher that dies by kill -9 takes with it what it started.
      stdio: [...own, 'ipc'],
      // A terminal's ^C must reach the launcher alone: it stops its children in their order.
      detached: stdio === 'pipe',
    });
  }

  /** Runs to the end; resolves with standard output. Rejects with what the command said on standard error. */
  run(args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = this.spawn(args);
      let output = '';
      let errors = '';
      child.stdout!.on('data', (chunk) => (output += chunk));
      child.stderr!.on('data', (chunk) => (errors += chunk));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) resolve(output);
        else
          reject(
            new Error(
              `kith ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}:\n${errors || output}`,
            ),
          );
      });
    });
  }
}

/** A `kith` program that stays, such as `kith up` with `--output json`: its first JSON line says that it serves. */
export class Running {
  readonly name: string;
  readonly child: ChildProcess;
  /** What it said when it began to serve. */
  readonly ready: Promise<Record<string, string>>;
  readonly ended: Promise<string>;
  readonly lastLines: string[] = [];

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`)),
    );
    this.ready = new Promise((resolve, reject) => {
      for (const stream of [child.stdout!, child.stderr!])
        createInterface({ input: stream }).on('line', (line) => {
          this.lastLines.push(line);
          if (this.lastLines.length > 40) this.lastLines.shift();
          if (!line.startsWith('{')) return;
          const message = JSON.parse(line) as Record<string, string>;
          if (message['event'] === 'ready') resolve(message);
        });
      child.once('error', reject);
      void this.ended.then((why) =>
        reject(new Error(`${name} ended with ${why} before it was ready:\n${this.lastLines.join('\n')}`)),
      );
    });
    this.ready.catch(() => {});
  }

  /** SIGTERM, and SIGKILL after `graceMs`; resolves with whether it had to be killed. */
  async stop(graceMs: number): Promise<{ killed: boolean }> {
    let killed = false;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => {
      killed = true;
      this.child.kill('SIGKILL');
    }, graceMs);
    await this.ended;
    clearTimeout(timer);
    return { killed };
  }
}
