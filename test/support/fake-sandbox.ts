import { connect, createServer, type Server } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import type {
  Capabilities,
  ContainerSpec,
  Exit,
  PodSandbox,
  PodSandboxSpec,
  RunningContainer,
  Sandbox,
} from '../../agent/sandbox/sandbox.ts';

/** What answers on a port of a fake container. */
export type FakePort = (socket: Duplex) => void;

/** A container that does as the test says. */
export interface FakeContainer extends RunningContainer {
  readonly spec: ContainerSpec;
  /** Ends by itself. */
  exit(code: number, reason?: string): void;
  print(text: string, stream?: 'stdout' | 'stderr'): void;
  /** Graces of the stops it was asked for. */
  readonly stops: number[];
  attach(output: ContainerSpec['output']): void;
}

/**
 * A sandbox without processes. Faults: `nextCreateError`, `nextStartError`, `ignoreStop` (a container that does not end on
 * SIGTERM and takes its whole grace is up to the test). Its pods outlive `forgetAgent()`, as real ones outlive a killed agent.
 */
export class FakeSandbox implements Sandbox {
  readonly name = 'wasm';
  capabilities: Capabilities = {
    exec: false,
    stats: false,
    ports: 'tcp',
    sharedLoopback: true,
    isolation: 'os',
    enforces: { memory: true, cpu: true },
  };
  readonly pods = new Map<string, FakePod>();
  /** Everything that was asked for, in order: `create web-1`, `start web-1/app`, `stop …`, `remove …`. */
  readonly calls: string[] = [];
  nextCreateError: Error | undefined;
  nextStartError: Error | undefined;
  /** Stops resolve only when the test calls `exit`. */
  ignoreStop = false;
  /** What listens in the containers, by port; none: every connection is refused. */
  ports = new Map<number, FakePort>();
  onStart: (container: FakeContainer) => void = () => {};

  async create(spec: PodSandboxSpec): Promise<PodSandbox> {
    this.calls.push(`create ${spec.name}`);
    const error = this.nextCreateError;
    this.nextCreateError = undefined;
    if (error) throw error;
    const pod = new FakePod(spec, this);
    this.pods.set(spec.uid, pod);
    return pod;
  }

  async recover(): Promise<PodSandbox[]> {
    return [...this.pods.values()];
  }

  async close(): Promise<void> {}

  /** The machine rebooted: nothing lives. */
  reboot(): void {
    this.pods.clear();
  }

  container(podName: string, name = 'app'): FakeContainer {
    const pod = [...this.pods.values()].find(({ spec }) => spec.name === podName);
    const container = pod?.containers.get(name);
    if (!container) throw new Error(`no container ${name} runs in pod ${podName}`);
    return container;
  }
}

export class FakePod implements PodSandbox {
  readonly uid: string;
  readonly spec: PodSandboxSpec;
  readonly containers = new Map<string, FakeContainer>();
  readonly #owner: FakeSandbox;

  constructor(spec: PodSandboxSpec, owner: FakeSandbox) {
    this.uid = spec.uid;
    this.spec = spec;
    this.#owner = owner;
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    this.#owner.calls.push(`start ${this.spec.name}/${spec.name}`);
    const error = this.#owner.nextStartError;
    this.#owner.nextStartError = undefined;
    if (error) throw error;
    if (this.containers.has(spec.name)) throw new Error(`container ${spec.name} runs already`);
    const { promise, resolve } = Promise.withResolvers<Exit>();
    const stops: number[] = [];
    let { output } = spec;
    const end = (exit: Exit) => {
      if (this.containers.get(spec.name) === container) this.containers.delete(spec.name);
      resolve(exit);
    };
    const container: FakeContainer = {
      name: spec.name,
      id: `fake://${this.uid}/${spec.name}/${this.#owner.calls.length}`,
      pid: undefined,
      spec,
      stops,
      exited: promise,
      exit: (code, reason = code === 0 ? 'Completed' : 'Error') => end({ code, reason }),
      print: (text, stream = 'stdout') => output(stream, Buffer.from(text)),
      attach: (to) => {
        output = to;
      },
      stop: async (graceMs) => {
        stops.push(graceMs);
        this.#owner.calls.push(`stop ${this.spec.name}/${spec.name}`);
        if (!this.#owner.ignoreStop) end({ code: 143, signal: 'SIGTERM', reason: 'Error' });
        return promise;
      },
    };
    this.containers.set(spec.name, container);
    this.#owner.onStart(container);
    return container;
  }

  async connect(port: number): Promise<Duplex> {
    const serve = this.#owner.ports.get(port);
    if (!serve || this.containers.size === 0) throw new Error(`connect ECONNREFUSED port ${port}`);
    const [here, there] = socketPair();
    serve(there);
    return here;
  }

  async remove(): Promise<void> {
    if (!this.#owner.pods.has(this.uid)) return;
    this.#owner.calls.push(`remove ${this.spec.name}`);
    this.#owner.pods.delete(this.uid);
    for (const container of this.containers.values()) container.exit(137);
  }
}

/** Two ends of one connection, in memory, with half-close. */
export function socketPair(): [Duplex, Duplex] {
  const there = new PassThrough();
  const back = new PassThrough();
  return [Duplex.from({ readable: back, writable: there }), Duplex.from({ readable: there, writable: back })];
}

/** A port that is served by a real TCP server on loopback. */
export async function tcpPort(server: Server = createServer((socket) => socket.pipe(socket))) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const serve: FakePort = (socket) => {
    const inner = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    inner.on('error', () => socket.destroy());
    socket.on('error', () => inner.destroy());
    socket.on('close', () => inner.destroy());
    inner.on('close', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  };
  return { serve, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
