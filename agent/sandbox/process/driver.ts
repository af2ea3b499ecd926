import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../process/clock.ts';
import { writeFileAtomically } from '../../../process/folder.ts';
import { identify, isAlive, signal, type ProcessIdentity } from '../identity.ts';
import type {
  Capabilities,
  ContainerSpec,
  Exit,
  PodSandbox,
  PodSandboxSpec,
  RunningContainer,
  Sandbox,
} from '../sandbox.ts';
import { usageOf } from '../usage.ts';

const aliveCheckMs = 250;
const killedCode = 137;
const loopback = '127.0.0.1';

interface Record {
  pod: PodSandboxSpec;
  container: string;
  ports: number[];
  process: ProcessIdentity;
}

/**
 * Plain processes of the user: no walls at all. A test bench for gateways and pods (upgrades, raw TCP, a baseline for speed);
 * `createSandboxes` does not offer it, and its isolation `none` keeps others' apps away.
 */
export class ProcessSandbox implements Sandbox {
  readonly name = 'process';
  readonly capabilities: Capabilities = {
    exec: false,
    stats: process.platform === 'linux',
    ports: 'tcp',
    sharedLoopback: true,
    isolation: 'none',
    enforces: { memory: false, cpu: false },
  };
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #pods = new Map<string, ProcessPod>();

  constructor(options: { dataFolder: string; clock: Clock }) {
    this.#folder = join(options.dataFolder, 'process-pods');
    this.#clock = options.clock;
  }

  async create(spec: PodSandboxSpec): Promise<PodSandbox> {
    return this.#pod(spec);
  }

  async recover(): Promise<PodSandbox[]> {
    const found = new Set<PodSandbox>();
    for (const uid of await namesIn(this.#folder))
      for (const name of await namesIn(join(this.#folder, uid))) {
        const file = join(this.#folder, uid, name);
        const record = await readRecord(file);
        if (!record || !isAlive(record.process)) {
          await rm(file, { force: true });
          continue;
        }
        const pod = this.#pod(record.pod);
        pod.adopt(record);
        found.add(pod);
      }
    return [...found];
  }

  async close(): Promise<void> {
    for (const pod of this.#pods.values()) pod.leave();
    this.#pods.clear();
  }

  #pod(spec: PodSandboxSpec): ProcessPod {
    const known = this.#pods.get(spec.uid);
    if (known) return known;
    const forget = () => void this.#pods.delete(spec.uid);
    const pod = new ProcessPod(spec, join(this.#folder, spec.uid), this.#clock, forget);
    this.#pods.set(spec.uid, pod);
    return pod;
  }
}

class ProcessPod implements PodSandbox {
  readonly uid: string;
  readonly #spec: PodSandboxSpec;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #forget: () => void;
  readonly #containers = new Map<string, ProcessContainer>();
  readonly #starts = new Set<Promise<unknown>>();
  #isRemoved = false;

  constructor(spec: PodSandboxSpec, folder: string, clock: Clock, forget: () => void) {
    this.uid = spec.uid;
    this.#spec = spec;
    this.#folder = folder;
    this.#clock = clock;
    this.#forget = forget;
  }

  get containers(): ReadonlyMap<string, RunningContainer> {
    return this.#containers;
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const start = this.#start(spec);
    this.#starts.add(start);
    try {
      return await start;
    } finally {
      this.#starts.delete(start);
    }
  }

  async #start(spec: ContainerSpec): Promise<RunningContainer> {
    if (this.#containers.has(spec.name)) throw new Error(`Container ${spec.name} runs already in this pod.`);
    const [program, ...words] = [...(spec.command ?? []), ...(spec.args ?? [])];
    if (program === undefined)
      throw new Error(`Container ${spec.name} names no command, and the process sandbox reads no image.`);
    const child = spawn(program, words, {
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.#spec.directory,
      // A group of its own, so that what it starts ends with it.
      detached: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', () => resolve());
      child.once('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`)));
    });
    const ended = new Promise<Exit>((resolve) =>
      child.once('exit', (code, by) =>
        resolve({
          code: code ?? killedCode,
          ...(by === null ? {} : { signal: by }),
          reason: code === 0 ? 'Completed' : 'Error',
        }),
      ),
    );
    child.stdout.on('data', (chunk: Buffer) => container?.write('stdout', chunk));
    child.stderr.on('data', (chunk: Buffer) => container?.write('stderr', chunk));
    const identity = identify(child.pid!) ?? { pid: child.pid!, startTime: '', bootId: '' };
    if (this.#isRemoved) {
      signal(identity, 'SIGKILL', { group: true });
      throw new Error(`The sandbox of ${this.#spec.name} was removed while it started.`);
    }
    const container = this.#keep(spec, identity, ended, spec.output);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const record: Record = { pod: this.#spec, container: spec.name, ports: spec.ports, process: identity };
    await writeFileAtomically(join(this.#folder, `${spec.name}.json`), JSON.stringify(record));
    return container;
  }

  adopt(record: Record): void {
    this.#keep({ name: record.container, ports: record.ports }, record.process, undefined, () => {});
  }

  connect(port: number): Promise<Duplex> {
    const declared = [...this.#containers.values()].flatMap(({ ports }) => ports);
    if (!declared.includes(port))
      return Promise.reject(
        new Error(
          `Nothing answers on port ${port}: the containers declare ${declared.join(', ') || 'none'}.`,
        ),
      );
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: loopback, allowHalfOpen: true, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(socket);
      });
    });
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    await Promise.all([...this.#containers.values()].map((container) => container.stop(0)));
    // A start in flight may be about to put its record there.
    await Promise.allSettled(this.#starts);
    await rm(this.#folder, { recursive: true, force: true });
    this.#forget();
  }

  leave(): void {
    for (const container of this.#containers.values()) container.leave();
  }

  #keep(
    spec: { name: string; ports: number[] },
    identity: ProcessIdentity,
    ended: Promise<Exit> | undefined,
    output: ContainerSpec['output'],
  ): ProcessContainer {
    const container = new ProcessContainer({
      ...spec,
      uid: this.uid,
      identity,
      ended,
      output,
      clock: this.#clock,
    });
    this.#containers.set(spec.name, container);
    void container.exited.then(async () => {
      if (this.#containers.get(spec.name) === container) this.#containers.delete(spec.name);
      await rm(join(this.#folder, `${spec.name}.json`), { force: true });
    });
    return container;
  }
}

class ProcessContainer implements RunningContainer {
  readonly name: string;
  readonly id: string;
  readonly ports: readonly number[];
  readonly exited: Promise<Exit>;
  readonly #identity: ProcessIdentity;
  readonly #clock: Clock;
  readonly #look: Timer | undefined;
  #output: ContainerSpec['output'];

  constructor(options: {
    name: string;
    uid: string;
    ports: number[];
    identity: ProcessIdentity;
    ended: Promise<Exit> | undefined;
    output: ContainerSpec['output'];
    clock: Clock;
  }) {
    const { name, uid, ports, identity, ended, output, clock } = options;
    this.name = name;
    this.ports = ports;
    this.#identity = identity;
    this.#clock = clock;
    this.#output = output;
    this.id = `process://${createHash('sha256').update(`${uid}/${name}/${identity.pid}`).digest('hex')}`;
    if (ended) this.exited = ended;
    else {
      let settle!: (exit: Exit) => void;
      this.exited = new Promise((resolve) => (settle = resolve));
      // Not our child: nobody tells us, and its exit code is lost with the agent that started it.
      this.#look = clock.every(aliveCheckMs, () => {
        if (isAlive(identity)) return;
        this.#look?.cancel();
        settle({
          code: killedCode,
          reason: 'Error',
          message: 'It ended; an earlier run of the agent had started it.',
        });
      });
    }
  }

  get pid(): number {
    return this.#identity.pid;
  }

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#output(stream, chunk);
  }

  attach(output: ContainerSpec['output']): void {
    this.#output = output;
  }

  async stop(graceMs: number): Promise<Exit> {
    if (graceMs > 0 && signal(this.#identity, 'SIGTERM', { group: true })) {
      const kill = this.#clock.after(graceMs, () => signal(this.#identity, 'SIGKILL', { group: true }));
      void this.exited.then(() => kill.cancel());
    } else signal(this.#identity, 'SIGKILL', { group: true });
    return this.exited;
  }

  async stats(): Promise<{ cpuMillisTotal: number; memoryBytes: number }> {
    const usage = usageOf(this.pid);
    if (!usage) throw new Error(`Container ${this.name} has ended.`);
    return { cpuMillisTotal: usage.cpuMsTotal, memoryBytes: usage.memoryBytes };
  }

  leave(): void {
    this.#look?.cancel();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function readRecord(file: string): Promise<Record | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record;
  } catch {
    return undefined;
  }
}
