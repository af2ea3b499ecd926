import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program beside this file, live until `end()` (in order) or a signal. */
export interface Child {
  process: ChildProcess;
  /** The words behind `ready`. */
  words: string[];
  end(): Promise<void>;
}

export async function startProgram(url: URL, args: unknown, nodeArgs: string[] = []): Promise<Child> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...nodeArgs, fileURLToPath(url), JSON.stringify(args)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface(child.stdout);
  const words = await new Promise<string[]>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.startsWith('ready')) resolve(line.split(' ').slice(1));
    });
    void exited.then(() => reject(new Error(`${url.pathname} ended before it was ready`)));
  });
  return {
    process: child,
    words,
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}
