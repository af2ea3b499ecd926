import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../process/clock.ts';

/** Without a connection for so long it ends by itself: nothing is left of it when the agent is killed, or has no such pods. */
const idleSeconds = 60;
/**
 * podman keeps two processes for each exec for so long after its end, five minutes by itself: we read its exit code at once. Read from
 * podman 4.4 on (CONTAINERS_CONF_OVERRIDE); an older one keeps to its own settings.
 */
const execKeptSeconds = 5;
const startMsMax = 10_000;
const lookEveryMs = 20;
const wordsMax = 2_000;

/** podman's command with its own options, such as `--root`, and what is added to its environment. */
export interface PodmanCommand {
  program: string;
  options: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** podman's REST service as a child of ours, on a socket that only we reach. Started when it is first needed. */
export class PodmanService {
  readonly #command: PodmanCommand;
  readonly #clock: Clock;
  #folder: Promise<string> | undefined;
  #child: ChildProcess | undefined;
  #starting: Promise<string> | undefined;
  #isClosed = false;

  constructor(command: PodmanCommand, clock: Clock) {
    this.#command = command;
    this.#clock = clock;
  }

  /** Where it listens, once it does. @throws Error with its own words */
  async socket(): Promise<string> {
    // What the end of its connections wakes must not start it anew.
    if (this.#isClosed) throw new Error('podman’s service is closed: its agent stops');
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null && this.#starting)
      return this.#starting;
    this.#starting = this.#start();
    // Tried anew with the next call.
    this.#starting.catch(() => (this.#starting = undefined));
    return this.#starting;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#child?.kill('SIGTERM');
    const folder = await this.#folder;
    if (folder) await rm(folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  async #start(): Promise<string> {
    // Not in the data folder: a socket's path is short, and who knows how long that one is.
    this.#folder ??= mkdtemp(join(tmpdir(), 'kith-podman-'));
    const socket = join(await this.#folder, 'api.sock');
    await rm(socket, { force: true });
    const override = join(await this.#folder, 'override.conf');
    await writeFile(override, `[engine]\nexit_command_delay = ${execKeptSeconds}\n`);
    const { program, options, env } = this.#command;
    const child = spawn(
      program,
      [...options, 'system', 'service', '--time', String(idleSeconds), `unix://${socket}`],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, CONTAINERS_CONF_OVERRIDE: override, ...env },
      },
    );
    this.#child = child;
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-wordsMax)));
    let ended: string | undefined;
    child.once('error', (error) => (ended = error.message));
    child.once('exit', (code, signal) => (ended = `it ended with ${code ?? signal}: ${words.trim()}`));
    for (let waited = 0; waited < startMsMax; waited += lookEveryMs) {
      if (ended !== undefined) throw new Error(`podman's service cannot be started: ${ended}`);
      if (await exists(socket)) return socket;
      await this.#clock.sleep(lookEveryMs);
    }
    child.kill('SIGKILL');
    throw new Error(`podman's service was not there after ${startMsMax / 1000} s: ${words.trim()}`);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
