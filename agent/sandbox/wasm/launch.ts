import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../../process/clock.ts';
import { identify, signal } from '../identity.ts';
import type { Jail, Jailed } from '../jail/jail.ts';
import { handedListener } from './listeners.ts';
import type { Runtime } from './runtime.ts';

/** Of what the process writes beside its app's output, the end: why it died is there. */
const lastWordsMax = 4096;

/** The jail tells the program's id in a few milliseconds; killed before that, it would leave the program behind. */
const pidMsMax = 1_000;
const pidPollMs = 5;

/** In a container's folder: the process id, written before the program starts. */
export const jailFile = 'jail.json';

/** The last argument of a sandbox's process: tells its owner whose it is, and a later agent that it is ours. */
export const labelOf = (uid: string, container: string): string => `kith-pod=${uid}/${container}`;

/** The sockets of a container, in its folder: requests go to `app`, we speak with its process over `control`. */
export const socketsIn = (folder: string) => ({
  app: join(folder, 'app.sock'),
  control: join(folder, 'control.sock'),
});

/** A process that was started for a component and has not said a word yet. */
export interface Launched extends Jailed {
  child: ChildProcess;
  lastWords: () => string;
  /** Rejects if the process ends; never resolves. */
  ended: Promise<never>;
}

/** Starts the jailed process of one container, with its two listening sockets already in its hands. */
export async function launch(options: {
  jail: Jail;
  runtime: Runtime;
  uid: string;
  /** The transpiled component. */
  app: string;
  /** The container's own. */
  folder: string;
  nodeFlags: string[];
}): Promise<Launched> {
  const { jail, runtime, uid, app, folder, nodeFlags } = options;
  const sockets = socketsIn(folder);
  const listeners = [await handedListener(sockets.app), await handedListener(sockets.control)];
  try {
    const jailed = jail.run({
      reads: { runtime: runtime.folder, app },
      nodeFlags,
      arguments: (at) => [
        `${at('runtime')}/serve.js`,
        pathToFileURL(`${at('app')}/`).href,
        labelOf(uid, basename(folder)),
      ],
      stdio: ['ignore', 'ignore', 'pipe', ...listeners.map(({ descriptor }) => descriptor)],
      pidFile: join(folder, jailFile),
    });
    const { child } = jailed;
    let words = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-lastWordsMax);
    });
    // Neither the process nor its last words hold the agent back when that wants to end.
    (child.stderr as Socket).unref();
    child.unref();
    const lastWords = () => words.trim();
    return { ...jailed, lastWords, ended: endOf(child, lastWords) };
  } finally {
    await Promise.all(listeners.map((listener) => listener.release()));
  }
}

/** Ends a process that did not get as far as being a container. */
export async function kill({ child, pid }: Launched, clock: Clock): Promise<void> {
  const deadline = clock.now() + pidMsMax;
  const isBeginning = () => pid() === undefined && child.exitCode === null && child.signalCode === null;
  while (isBeginning() && clock.now() < deadline) await clock.sleep(pidPollMs);
  const known = pid();
  const identity = known === undefined ? undefined : identify(known);
  if (identity) signal(identity, 'SIGKILL');
  else child.kill('SIGKILL');
}

function endOf(child: ChildProcess, lastWords: () => string): Promise<never> {
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, by) =>
      reject(new Error(`The sandbox ended before it was ready (${by ?? code}). ${lastWords()}`.trim())),
    );
  });
  // Once it is ready, its end is its container's to tell.
  ended.catch(() => {});
  return ended;
}
