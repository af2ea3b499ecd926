import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../process/clock.ts';
import { identify, isAlive, signal } from '../identity.ts';
import type { ContainerSpec, Exit, RunningContainer, Session, SessionOptions } from '../sandbox.ts';
import { PodmanError, type PodmanApi } from './api.ts';
import { keepersOf } from './keepers.ts';
import { Reach } from './reach.ts';
import { SaidAgain } from './said-again.ts';
import { demultiplexed } from './streams.ts';

/** 128 + SIGKILL, as shells and Kubernetes count. */
const killedCode = 137;
/** podman looks so often whether it has ended, once its output has: a look costs podman 7 ms of CPU. */
const waitInterval = '100ms';

/** A look costs a read in /proc. */
const execLookEveryMs = 100;

interface ExecState {
  ExitCode: number;
  /** 0 before its start and after its end. */
  Pid: number;
  Running: boolean;
  /** It has ended. */
  CanRemove: boolean;
}

interface Inspected {
  State: { Pid: number; ExitCode: number; OOMKilled: boolean; Running: boolean };
}

/** A container that runs under podman, started by this agent or by an earlier one. */
export class PodmanContainer implements RunningContainer {
  readonly name: string;
  readonly id: string;
  readonly pid: number;
  readonly ports: readonly number[];
  readonly exited: Promise<Exit>;
  readonly podmanId: string;
  readonly #api: PodmanApi;
  readonly #clock: Clock;
  readonly #tty: boolean;
  readonly #reach: Reach;
  #output: ContainerSpec['output'];
  #stopping = false;

  constructor(options: {
    name: string;
    podmanId: string;
    pid: number;
    ports: readonly number[];
    tty: boolean;
    output: ContainerSpec['output'];
    api: PodmanApi;
    clock: Clock;
    /** Its output as it comes. */
    streams: Socket;
  }) {
    this.name = options.name;
    this.podmanId = options.podmanId;
    this.id = `podman://${options.podmanId}`;
    this.pid = options.pid;
    this.ports = options.ports;
    this.#api = options.api;
    this.#clock = options.clock;
    this.#tty = options.tty;
    this.#output = options.output;
    this.#reach = new Reach(options.pid, options.clock);
    const written = this.#follow(options.streams);
    this.exited = this.#ended(written);
    void this.exited.then(() => this.#reach.close());
  }

  attach(output: ContainerSpec['output']): void {
    this.#output = output;
  }

  connect(port: number): Promise<Duplex> {
    return this.#reach.connect(port);
  }

  async stop(graceMs: number): Promise<Exit> {
    this.#stopping = true;
    const kill = (name: string) =>
      this.#api.ask('POST', `/containers/${this.podmanId}/kill?signal=${name}`).catch((error: unknown) => {
        // It has ended already, which is what was wanted.
        if (!(error instanceof PodmanError) || (error.status !== 404 && error.status !== 409)) throw error;
      });
    if (graceMs > 0) {
      await kill('SIGTERM');
      const late = this.#clock.after(graceMs, () => void kill('SIGKILL').catch(() => {}));
      void this.exited.then(() => late.cancel());
    } else await kill('SIGKILL');
    return this.exited;
  }

  async exec(command: string[], { stdin, tty }: SessionOptions): Promise<Session> {
    const { Id: id } = await this.#api.ask<{ Id: string }>('POST', `/containers/${this.podmanId}/exec`, {
      body: { Cmd: command, AttachStdin: stdin, AttachStdout: true, AttachStderr: true, Tty: tty },
    });
    const socket = await this.#api.hijack('POST', `/exec/${id}/start`, { Detach: false, Tty: tty });
    const state = () => this.#api.ask<ExecState>('GET', `/exec/${id}/json`);
    const ended = this.#execEnded(state);
    // Also where nobody waits for it.
    ended.catch(() => {});
    return this.#session(
      socket,
      { stdin, tty },
      {
        exited: async () => {
          const exit = await ended;
          // Its output has been read, and nobody asks podman for it again.
          for (const keeper of await keepersOf(id)) signal(keeper, 'SIGKILL');
          return exit;
        },
        resize: ({ width, height }) =>
          this.#api.ask('POST', `/exec/${id}/resize?w=${width}&h=${height}&running=true`),
        end: async () => {
          const { Pid: pid, Running: runs } = await state();
          const identity = runs && pid > 0 ? identify(pid) : undefined;
          if (identity) signal(identity, 'SIGKILL');
        },
      },
    );
  }

  /**
   * podman forgets a command soon after its end, which a slow reader of its output sees late: so the end is looked for beside the
   * output, and its exit code kept.
   */
  async #execEnded(state: () => Promise<ExecState>): Promise<Exit> {
    let now = await state();
    while (!now.CanRemove) {
      const command = now.Pid > 0 ? identify(now.Pid) : undefined;
      const runs = () => command !== undefined && isAlive(command);
      do await this.#clock.sleep(execLookEveryMs);
      while (runs());
      now = await state();
    }
    const { ExitCode: code } = now;
    return { code, reason: code === 0 ? 'Completed' : 'Error' };
  }

  async console({ stdin, tty }: SessionOptions): Promise<Session> {
    const query = `stream=true&stdout=true&stderr=true&stdin=${String(stdin)}`;
    const socket = await this.#api.hijack('POST', `/containers/${this.podmanId}/attach?${query}`);
    // Whether it has a terminal is the container's own matter.
    return this.#session(
      socket,
      { stdin, tty: this.#tty && tty ? true : this.#tty },
      {
        exited: () => this.exited,
        resize: ({ width, height }) =>
          this.#api.ask('POST', `/containers/${this.podmanId}/resize?w=${width}&h=${height}&running=true`),
        end: async () => {},
      },
    );
  }

  async stats(): Promise<{ cpuMillisTotal: number; memoryBytes: number }> {
    const { Stats: all } = await this.#api.ask<{ Stats: { CPUNano: number; MemUsage: number }[] }>(
      'GET',
      `/containers/stats?containers=${this.podmanId}&stream=false`,
    );
    const own = all[0];
    if (!own) throw new Error(`Container ${this.name} has ended.`);
    return { cpuMillisTotal: Math.round(own.CPUNano / 1e6), memoryBytes: own.MemUsage };
  }

  /** Forgets it without ending it: the agent stops, the app lives on. */
  leave(): void {
    this.#reach.close();
  }

  #session(
    socket: Socket,
    { stdin, tty }: SessionOptions,
    command: {
      exited: () => Promise<Exit>;
      resize: (size: { width: number; height: number }) => Promise<unknown>;
      end: () => Promise<void>;
    },
  ): Session {
    let isOver = false;
    const sizes = new SaidAgain(this.#clock, command.resize);
    const closed = new Promise<void>((resolve) => {
      socket.once('end', resolve);
      socket.once('close', () => resolve());
    });
    const outputs = tty ? { stdout: socket, stderr: undefined } : demultiplexed(socket);
    const exited = closed.then(command.exited).finally(() => {
      isOver = true;
      sizes.stop();
      socket.destroySoon();
    });
    exited.catch(() => {});
    return {
      stdin: stdin ? socket : undefined,
      ...outputs,
      exited,
      resize: (size) => sizes.say(size),
      close: () => {
        sizes.stop();
        if (!isOver) command.end().catch(() => {});
        socket.destroy();
      },
    };
  }

  async #follow(streams: Socket): Promise<void> {
    const take = async (stream: 'stdout' | 'stderr', from: AsyncIterable<Buffer>) => {
      for await (const chunk of from) this.#output(stream, chunk);
    };
    if (this.#tty) return take('stdout', streams as AsyncIterable<Buffer>).catch(() => {});
    const { stdout, stderr } = demultiplexed(streams);
    await Promise.all([take('stdout', stdout), take('stderr', stderr)]).catch(() => {});
  }

  async #ended(written: Promise<void>): Promise<Exit> {
    // All that it wrote belongs into its log before its end is told.
    await written;
    const { code, gone } = await this.#api
      .ask<number>(
        'POST',
        `/containers/${this.podmanId}/wait?condition=stopped&condition=exited&interval=${waitInterval}`,
      )
      .then(
        (code) => ({ code, gone: false }),
        // Removed under us, or podman's service has gone with it.
        () => ({ code: killedCode, gone: true }),
      );
    const state = gone
      ? undefined
      : await this.#api.ask<Inspected>('GET', `/containers/${this.podmanId}/json`).catch(() => undefined);
    if (code === 0) return { code, reason: 'Completed' };
    if (state?.State.OOMKilled) return { code, reason: 'OOMKilled' };
    return {
      code,
      reason: 'Error',
      ...(code > 128 && !this.#stopping ? { message: `It was ended by signal ${code - 128}.` } : {}),
    };
  }
}
