import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, as part of what holds the lock. Resolves with its exit code, which is undefined where a signal ended it,
 * or with the error that kept it from starting.
 */
export function run(lock, role, command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const remove = child.pid === undefined ? () => {} : lock.add(role, child.pid);
    child.once('error', (error) => {
      remove();
      resolve({ error });
    });
    child.once('exit', (status) => {
      remove();
      resolve({ status: status ?? undefined });
    });
  });
}
