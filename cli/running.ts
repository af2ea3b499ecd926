import { systemClock } from '../process/clock.ts';
import { isThere } from '../process/folder.ts';
import { holderOf, lockFolder } from '../process/lock.ts';
import { CliError } from './errors.ts';
import type { Home } from './home.ts';

/** Pods end within their grace period; then whoever holds the home is stuck, and the user should know. */
const stopMsMax = 45_000;
const pollMs = 50;
/** A gateway has no pods to wait for: without its `kith up` it ends within this. */
const gatewayEndMsMax = 10_000;

/** A home has one program at a time that owns it: `by` (`kith up`) is what others are told of this one. Until this process ends. */
export function lockHome(home: Home, by: string): void {
  lockFolder(home.folder('run'), 'home', { of: home.path, by });
}

/** A home has one gateway at a time: two would dial with the same key and write the same directory. */
export function lockGateway(home: Home, by: string): void {
  lockFolder(home.folder('run'), 'gateway', { of: home.path, by });
}

/**
 * Waits for the gateway of an earlier run that was killed. One that stays was started by hand.
 *
 * @throws FolderBusy naming it
 */
export async function untilNoGateway(home: Home): Promise<void> {
  const deadline = systemClock.now() + gatewayEndMsMax;
  const run = home.folder('run');
  while (holderOf(run, 'gateway') && systemClock.now() < deadline) await systemClock.sleep(pollMs);
  lockFolder(run, 'gateway', { of: home.path }).release();
}

/** Which process runs from this home (`kith up`, `kith join`, or an agent or a gateway by itself); undefined if none does. */
export function runningIn(home: Home): { pid: number } | undefined {
  const run = home.folder('run');
  const holder = holderOf(run, 'home');
  if (holder) return holder;
  return (
    (isThere(home.file('agent')) ? holderOf(home.file('agent'), 'agent') : undefined) ??
    holderOf(run, 'gateway')
  );
}

/** Tells what runs from this home to stop, and waits for its end. Resolves with whether anything ran. */
export async function stopRunning(home: Home): Promise<boolean> {
  const told = new Set<number>();
  // An agent and a gateway that were started by hand are two: one after the other.
  await untilEnded(home, ({ pid }) => {
    if (told.has(pid)) return;
    told.add(pid);
    tellToEnd(pid);
  });
  return told.size > 0;
}

function tellToEnd(pid: number): void {
  if (pid === 0)
    throw new CliError('KITH_STARTING', 'a kith is just starting here', {
      next: 'the same command once more',
    });
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It has ended by itself meanwhile, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits until nothing runs from this home any more: what is told to end needs a moment for its goodbyes. `meet` gets who is waited for. */
export async function untilEnded(
  home: Home,
  meet: (holder: { pid: number }) => void = () => {},
): Promise<void> {
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
    meet(holder);
    await systemClock.sleep(pollMs);
  }
}
