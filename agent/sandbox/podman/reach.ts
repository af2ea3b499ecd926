import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Clock, Timer } from '../../../process/clock.ts';

/** It holds some 40 MB: probes and requests that come often keep it, one that came alone does not. */
export const reachIdleMsMax = 30_000;

interface Asked {
  resolve: (socket: Duplex) => void;
  reject: (error: Error) => void;
}

/**
 * Connections to the ports of a container that has no network: a helper of ours enters its network namespace, and there only its
 * loopback is. One for each container with traffic, for as long as there is some.
 */
export class Reach {
  readonly #pid: number;
  readonly #clock: Clock;
  readonly #asked = new Map<number, Asked>();
  #next = 0;
  #helper: { child: ChildProcess; ready: Promise<void> } | undefined;
  #idle: Timer | undefined;

  /** @param pid the container's first process */
  constructor(pid: number, clock: Clock) {
    this.#pid = pid;
    this.#clock = clock;
  }

  async connect(port: number): Promise<Duplex> {
    this.#idle?.cancel();
    const { child, ready } = (this.#helper ??= this.#start());
    await ready;
    const id = this.#next++;
    try {
      return await new Promise<Duplex>((resolve, reject) => {
        this.#asked.set(id, { resolve, reject });
        child.send({ id, port }, (error) => error && reject(error));
      });
    } finally {
      this.#asked.delete(id);
      if (this.#asked.size === 0) this.#rest();
    }
  }

  close(): void {
    this.#idle?.cancel();
    this.#helper?.child.disconnect();
    this.#helper = undefined;
  }

  #rest(): void {
    this.#idle?.cancel();
    this.#idle = this.#clock.after(reachIdleMsMax, () => this.close());
  }

  #start(): { child: ChildProcess; ready: Promise<void> } {
    const script = fileURLToPath(
      new URL(import.meta.url.endsWith('.ts') ? './child/reach.ts' : './child/reach.js', import.meta.url),
    );
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', script];
    // Rootless, the container's network belongs to its user namespace, in which we are the owner and so may enter.
    const user = process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials'];
    const child = spawn('nsenter', ['-t', String(this.#pid), ...user, '-n', '--', ...node], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'] },
    });
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-1_000)));
    const ready = new Promise<void>((resolve, reject) => {
      const gone = (why: string) => {
        const error = new Error(`the container's network cannot be entered: ${why} ${words.trim()}`);
        reject(error);
        if (this.#helper?.child === child) this.#helper = undefined;
        for (const asked of this.#asked.values()) asked.reject(error);
      };
      child.once('error', (error) => gone(error.message));
      child.once('exit', (code, signal) => gone(`its helper ended with ${code ?? signal}.`));
      child.on('message', (message: { ready?: true; id?: number; error?: string }, handle) => {
        if (message.ready) return resolve();
        const asked = this.#asked.get(message.id!);
        const socket = handle as Socket | undefined;
        if (!socket) return asked?.reject(new Error(message.error ?? 'the connection was lost'));
        socket.allowHalfOpen = true;
        if (asked) asked.resolve(socket);
        else socket.destroy();
      });
    });
    // Whoever connects hears of it.
    ready.catch(() => {});
    return { child, ready };
  }
}
