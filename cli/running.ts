import { existsSync } from 'node:fs';
import { systemClock } from '../process/clock.ts';
import { holderOf } from '../process/lock.ts';
import { CliError } from './errors.ts';
import type { Home } from './home.ts';

/** Pods end within their grace period; then whoever holds the home is stuck, and the user should know. */
const stopMsMax = 45_000;
const pollMs = 50;

/** Which process runs from this home (`kith up`, `kith join`, or an agent by itself); undefined if none does. */
export function runningIn(home: Home): { pid: number } | undefined {
  const holder = holderOf(home.folder('run'), 'home');
  if (holder || !existsSync(home.file('agent'))) return holder;
  return holderOf(home.file('agent'), 'agent');
}

/** Tells what runs from this home to stop, and waits for its end. Resolves with whether anything ran. */
export async function stopRunning(home: Home): Promise<boolean> {
  const holder = runningIn(home);
  if (!holder) return false;
  if (holder.pid === 0)
    throw new CliError('KITH_STARTING', 'a kith is just starting here', {
      next: 'the same command once more',
    });
  try {
    process.kill(holder.pid, 'SIGTERM');
  } catch (error) {
    // It has ended by itself meanwhile, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  await untilEnded(home);
  return true;
}

/** Waits until nothing runs from this home any more: what is told to end needs a moment for its goodbyes. */
export async function untilEnded(home: Home): Promise<void> {
  const deadline = systemClock.now() + stopMsMax;
  for (let holder = runningIn(home); holder; holder = runningIn(home)) {
    if (systemClock.now() > deadline)
      throw new CliError(
        'KITH_STILL_RUNNING',
        `process ${holder.pid} has not stopped after ${stopMsMax / 1000} s`,
        {
          next: `look at ${home.file('logs')}, then kill ${holder.pid}, and the same command again`,
        },
      );
    await systemClock.sleep(pollMs);
  }
}
