import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../process/clock.ts';
import { isAlive, signal, type ProcessIdentity } from '../identity.ts';
import type { ContainerSpec, Exit, RunningContainer } from '../sandbox.ts';
import { usageOf } from '../usage.ts';
import type { Configuration } from './child/serve.ts';
import { controlOver, type Control } from './control.ts';
import { connectTo } from './listeners.ts';
import { judge, type WatchdogLimits } from './watchdog.ts';

/** How often an adopted process, which is not our child, is looked at. */
const aliveCheckMs = 250;

export type Output = ContainerSpec['output'];

/** A component that runs, started by this agent or by an earlier one. */
export class WasmContainer implements RunningContainer {
  readonly name: string;
  readonly id: string;
  readonly ports: readonly number[];
  readonly exited: Promise<Exit>;
  readonly #identity: ProcessIdentity;
  readonly #appSocket: string;
  readonly #clock: Clock;
  readonly #memoryBytesMax: number | undefined;
  readonly #watchdog: WatchdogLimits;
  #output: Output;
  #control: Control | undefined;
  #beat: Timer | undefined;
  #alive: Timer | undefined;
  #verdict: Exit | undefined;
  #stopping = false;
  #settle!: (exit: Exit) => void;
  #beatsUnanswered = 0;
  #cpuMsAtAnswer = 0;

  constructor(options: {
    name: string;
    id: string;
    ports: readonly number[];
    identity: ProcessIdentity;
    appSocket: string;
    clock: Clock;
    memoryBytesMax: number | undefined;
    watchdog: WatchdogLimits;
    output: Output;
    /** Ours, if we started it. */
    child?: { process: ChildProcess; lastWords: () => string };
  }) {
    this.name = options.name;
    this.id = options.id;
    this.ports = options.ports;
    this.#identity = options.identity;
    this.#appSocket = options.appSocket;
    this.#clock = options.clock;
    this.#memoryBytesMax = options.memoryBytesMax;
    this.#watchdog = options.watchdog;
    this.#output = options.output;
    this.exited = new Promise((resolve) => (this.#settle = resolve));
    void this.exited.then(() => this.#end());
    const { child } = options;
    if (child) {
      const { process: started, lastWords } = child;
      const ended = (code: number | null, by: string | null) => this.#gone(code, by, lastWords());
      if (started.exitCode !== null || started.signalCode !== null)
        ended(started.exitCode, started.signalCode);
      else started.once('exit', ended);
    } else
      this.#alive = this.#clock.every(aliveCheckMs, () => {
        if (!isAlive(this.#identity)) this.#gone(null, null, '');
      });
  }

  get pid(): number {
    return this.#identity.pid;
  }

  /** Takes over the connected control socket and begins to watch. Resolves with what the sandbox says of itself. */
  watch(socket: Socket, onStarted?: { ready: () => void; failed: (why: string) => void }): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#control = controlOver(socket, {
        onHello: resolve,
        onReady: () => onStarted?.ready(),
        onFailed: (why) => onStarted?.failed(why),
        onPong: () => this.#answered(),
        onOutput: (stream, chunk) => this.#output(stream, chunk),
        onClose: () => {
          this.#control = undefined;
          reject(new Error(`The sandbox of container ${this.name} closed its control socket.`));
        },
      });
      this.#answered();
      this.#beat = this.#clock.every(this.#watchdog.beatMs, () => this.#onBeat());
    });
  }

  configure(configuration: Configuration): void {
    this.#control?.configure(configuration);
  }

  attach(output: Output): void {
    this.#output = output;
  }

  connect(): Promise<Duplex> {
    return connectTo(this.#appSocket);
  }

  stats(): Promise<{ cpuMillisTotal: number; memoryBytes: number }> {
    const usage = usageOf(this.pid);
    if (!usage) return Promise.reject(new Error(`Container ${this.name} has ended, or there is no /proc.`));
    return Promise.resolve({ cpuMillisTotal: usage.cpuMsTotal, memoryBytes: usage.memoryBytes });
  }

  async stop(graceMs: number): Promise<Exit> {
    this.#stopping = true;
    if (graceMs > 0 && signal(this.#identity, 'SIGTERM')) {
      const kill = this.#clock.after(graceMs, () => signal(this.#identity, 'SIGKILL'));
      void this.exited.then(() => kill.cancel());
    } else signal(this.#identity, 'SIGKILL');
    return this.exited;
  }

  /** Forgets the process without ending it: the agent stops, the app lives on. */
  leave(): void {
    this.#end();
  }

  #answered(): void {
    this.#beatsUnanswered = 0;
    this.#cpuMsAtAnswer = usageOf(this.pid)?.cpuMsTotal ?? 0;
  }

  #onBeat(): void {
    const usage = usageOf(this.pid);
    if (!usage) return;
    const verdict = judge(
      {
        beatsUnanswered: this.#beatsUnanswered,
        cpuMsUnanswered: usage.cpuMsTotal - this.#cpuMsAtAnswer,
        memoryBytes: usage.memoryBytes,
        threads: usage.threads,
      },
      this.#memoryBytesMax,
      this.#watchdog,
    );
    if (verdict === 'alive') {
      this.#beatsUnanswered++;
      return this.#control?.ping();
    }
    this.#verdict ??= { code: killedCode, signal: 'SIGKILL', ...verdict };
    signal(this.#identity, 'SIGKILL');
  }

  #gone(code: number | null, by: string | null, lastWords: string): void {
    this.#settle(this.#verdict ?? exitOf(code, by, lastWords, this.#stopping));
  }

  #end(): void {
    this.#beat?.cancel();
    this.#alive?.cancel();
    this.#control?.close();
  }
}

/** 128 + SIGKILL, as shells and Kubernetes count. */
const killedCode = 137;

/** V8's words when its heap is full, before it aborts. */
const heapFull = /heap out of memory|Allocation failed|out of memory/i;

function exitOf(code: number | null, by: string | null, lastWords: string, stopping: boolean): Exit {
  const exit = { code: code ?? killedCode, ...(by === null ? {} : { signal: by }) };
  if (code === 0) return { ...exit, reason: 'Completed' };
  if (heapFull.test(lastWords))
    return { ...exit, reason: 'OOMKilled', message: 'The JavaScript heap of the sandbox was full.' };
  if (code === null && by === null) return { ...exit, reason: stopping ? 'Completed' : 'Error' };
  return { ...exit, reason: 'Error', ...(lastWords === '' ? {} : { message: lastWords }) };
}
