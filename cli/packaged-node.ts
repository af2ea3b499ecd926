import { spawn } from 'node:child_process';

/**
 * Runs a command in our place, such as this one again under another Node, and resolves when that one has ended: not before, so that
 * whoever is back at the prompt finds the home free and the ports closed. Runs under old versions of Node itself.
 *
 * @param options.isLeashed whether it is a program of ours, which ends in order should we be killed (process/shutdown.ts). @default true
 * @returns the exit code, or the signal that ended it
 */
export function runUnder(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; isLeashed?: boolean } = {},
): Promise<number | NodeJS.Signals> {
  const { env = process.env, isLeashed = true } = options;
  const child = spawn(command, args, {
    stdio: ['inherit', 'inherit', 'inherit', ...(isLeashed ? (['ipc'] as const) : [])],
    env,
  });
  // A terminal's ^C reaches both, `kill` only us; being told twice does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
      resolve(signal ?? code ?? 1);
    });
  });
}
