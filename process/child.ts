import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { jittered, type Random } from './random.ts';
import { within } from './bounded.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** A program of ours that runs beside this one and is started again when it dies. */
export interface SupervisedChild {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves with the fields of the child's first `ready` message; rejects (ChildFailed) if it ends for good or `boundMs` pass before that. */
  ready(boundMs: number): Promise<Record<string, unknown>>;
  /** It runs on, but is not started again: the whole is about to stop, and a child may end before its turn. */
  retire(): void;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** A child that ended for good, or did not serve in time. */
export class ChildFailed extends Error {
  /** What it wrote at the end. */
  readonly lastLines: readonly string[];
  constructor(message: string, lastLines: readonly string[]) {
    super(message);
    this.name = 'ChildFailed';
    this.lastLines = lastLines;
  }
}

/** A message of several lines, such as how to restore a store, is kept whole. */
const lastLinesMax = 40;

/** Restart delays: quick at first, so that a crash is hardly seen, then slow, so that a broken set-up does not burn the machine. */
const restartDelayMs = { first: 200, max: 30_000 };
/** Exit codes that a restart would not mend: wrong use, wrong configuration. */
const finalCodesDefault = [2, 78];
/** EX_TEMPFAIL: not now. Who asked for a start is told and may try again; what has served is tried again until it can serve. */
const notNowCode = 75;
/** A child that lived this long starts again from the first delay. */
const provenAfterMs = 60_000;

/**
 * Starts `command` with a channel (its leash: when this process dies, the child sees the channel close and stops itself) and
 * keeps it running. A child that ends with an exit code in `finalCodes` is not started again, nor one that ends with 75 (not now)
 * before it has ever served.
 */
export function superviseChild(options: {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  clock: Clock;
  random: Random;
  log: Log;
  /** Exit codes after which it is never started again. @default [2, 78] */
  finalCodes?: number[];
  onLine?: (line: string) => void;
  onFinal?: (failed: ChildFailed) => void;
}): SupervisedChild {
  const { name, clock, random, log, finalCodes = finalCodesDefault } = options;
  let child: ChildProcess | undefined;
  let stopping = false;
  let hasServed = false;
  let delayMs = restartDelayMs.first;
  let lastLines: string[] = [];
  let resolveReady: (fields: Record<string, unknown>) => void;
  let rejectReady: (error: Error) => void;
  const firstReady = new Promise<Record<string, unknown>>((resolve, reject) => {
    resolveReady = resolve;
    rejectReady = reject;
  });
  // Who does not ask for `ready` hears of a failure from the log.
  firstReady.catch(() => {});
  let ended = Promise.resolve();

  const lastError = () =>
    lastLines.findLast((line) => line.startsWith('Error')) ?? lastLines.at(-1) ?? 'none';

  const startLater = (why: string) => {
    log.warn(`${name} ended, starting it again`, { why, lastWords: lastError(), inMs: Math.round(delayMs) });
    clock.after(jittered(random, delayMs, 0.2), () => {
      if (!stopping) start();
    });
    delayMs = Math.min(restartDelayMs.max, delayMs * 2);
  };

  const start = () => {
    const startedAt = clock.now();
    let spawned: ChildProcess;
    try {
      spawned = spawn(options.command, options.args, {
        env: options.env ?? process.env,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // Its own group: a terminal's ^C reaches this process alone, which then stops its children in order.
        detached: true,
      });
    } catch (error) {
      // What the system refuses at this moment (an update is just replacing the program) is no reason to end the others.
      return startLater((error as Error).message);
    }
    // Out of file descriptors, Node gives a child without pid and streams, which says why a moment later and never closes.
    if (!spawned.stdout || !spawned.stderr) {
      spawned.on('error', (error) => startLater(error.message));
      return;
    }
    child = spawned;
    spawned.on('message', (message) => {
      const { ready } = message as { ready?: Record<string, unknown> };
      if (!ready) return;
      hasServed = true;
      resolveReady(ready);
    });
    for (const stream of [spawned.stdout, spawned.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        lastLines = [...lastLines.slice(1 - lastLinesMax), line];
        options.onLine?.(line);
      });
    ended = new Promise<void>((resolve) => {
      spawned.once('error', (error) => {
        rejectReady(new Error(`${name} did not start: ${error.message}`));
        resolve();
      });
      spawned.once('close', (code, signal) => {
        resolve();
        child = undefined;
        if (stopping) return;
        const why = signal ?? `exit code ${code}`;
        const isFinal = code !== null && (finalCodes.includes(code) || (code === notNowCode && !hasServed));
        if (isFinal) {
          const failed = new ChildFailed(
            `${name} ended with ${why}. Its last words: ${lastError()}`,
            lastLines,
          );
          rejectReady(failed);
          options.onFinal?.(failed);
          return;
        }
        if (clock.now() - startedAt > provenAfterMs) delayMs = restartDelayMs.first;
        startLater(why);
      });
    });
  };
  start();

  return {
    name,
    get pid() {
      return child?.pid;
    },
    ready: (boundMs) => {
      const late = `${name} was not ready after ${Math.round(boundMs / 1000)} s`;
      return within(
        clock,
        boundMs,
        firstReady,
        () => new ChildFailed(`${late}. Its last words: ${lastError()}`, lastLines),
      );
    },
    retire() {
      stopping = true;
    },
    async stop(graceMs) {
      stopping = true;
      const current = child;
      if (!current) return;
      current.kill('SIGTERM');
      const kill = clock.after(graceMs, () => current.kill('SIGKILL'));
      await ended;
      kill.cancel();
    },
  };
}

/** Tells the parent that supervises us, if there is one, that we serve. */
export function tellReady(fields: Record<string, unknown>): void {
  process.send?.({ ready: fields });
}
