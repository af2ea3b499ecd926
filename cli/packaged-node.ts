import { spawn } from 'node:child_process';

/**
 * Runs this command again under another Node, and resolves when that one has ended: not before, so that whoever is back at the
 * prompt finds the home free and the ports closed. Runs under old versions of Node itself.
 *
 * @returns the exit code, or the signal that ended it
 */
export function runUnder(node: string, args: string[]): Promise<number | NodeJS.Signals> {
  // The channel is a leash (process/shutdown.ts): should we be killed, the command ends in order.
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
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
