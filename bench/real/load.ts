import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** `bench/load` at work in a process of its own. */
export interface Load<T> {
  /** Resolves once it has settled: its watches have begun. */
  ready: Promise<void>;
  /** Ends it before it has measured anything. */
  stop(): void;
  /** What it measured. Rejects with what it said where something was not as it should be. */
  done: Promise<T>;
}

let program: string | undefined;

/** The path of a program of `scripts/peers`, which is built where it is not there. */
export function builtPeer(name: string): string {
  const script = fileURLToPath(new URL('../../scripts/peers.mjs', import.meta.url));
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return execFileSync(process.execPath, [script, name], { encoding: 'utf8', stdio: [...stdio] }).trim();
}

export function startLoad<T>(verb: string, ...flags: (string | number)[]): Load<T> {
  const child = spawn((program ??= builtPeer('load')), [verb, ...flags.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<T>();
  ready.promise.catch(() => {});
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk));
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === '{"event":"ready"}') ready.resolve();
    last = line;
  });
  child.once('close', (code, signal) => {
    const failure = new Error(`load ${verb} ended with ${signal ?? `exit code ${code}`}: ${errors}`);
    ready.reject(failure);
    if (code === 0) done.resolve(JSON.parse(last) as T);
    else done.reject(failure);
  });
  return { ready: ready.promise, done: done.promise, stop: () => void child.kill() };
}

export function load<T>(verb: string, ...flags: (string | number)[]): Promise<T> {
  return startLoad<T>(verb, ...flags).done;
}
