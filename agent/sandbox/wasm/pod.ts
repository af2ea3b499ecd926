import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { within } from '../../../process/bounded.ts';
import type { Clock } from '../../../process/clock.ts';
import { writeFileAtomically } from '../../../process/folder.ts';
import { identify } from '../identity.ts';
import type { Jail } from '../jail/jail.ts';
import type { ContainerSpec, PodSandbox, PodSandboxSpec } from '../sandbox.ts';
import { WasmContainer, type Output } from './container.ts';
import { kill, launch, socketsIn, type Launched } from './launch.ts';
import { connectTo } from './listeners.ts';
import { recordName, type ContainerRecord } from './record.ts';
import type { Runtime } from './runtime.ts';
import type { TranspiledCache } from './transpiled.ts';
import type { WatchdogLimits } from './watchdog.ts';

const mebibyte = 1024 * 1024;
const wasmPageBytes = 64 * 1024;
/** 4 GiB: what 32-bit addresses reach. */
const wasmPagesMax = 65_536;

export const wasmLimits = {
  /** From the start of the process to the component's readiness; 0.1 s is usual. */
  startMsMax: 30_000,
  /** For an app that names no limit: a JavaScript app holds 20-60 MiB. */
  memoryBytes: 512 * mebibyte,
  /** A JavaScript app's memory begins at 10 MiB: below this none would even start. */
  appBytesMin: 16 * mebibyte,
  /** The JavaScript heap around the component, which holds requests in flight, not the app's data. */
  heapMiB: 96,
  /** Copies of a component that wait at the same time; each has its own memory. */
  instancesMax: 8,
  instanceBytes: 48 * mebibyte,
};
/** A live sandbox says hello in a millisecond; a stuck one is ended. */
const adoptMsMax = 3000;

interface PodTools {
  jail: Jail;
  runtime: Runtime;
  cache: TranspiledCache;
  clock: Clock;
  watchdog: WatchdogLimits;
  forget: () => void;
}

/** One pod's components: each in a process of its own, reached by the ports that it declares. */
export class WasmPod implements PodSandbox {
  readonly uid: string;
  readonly folder: string;
  readonly #spec: PodSandboxSpec;
  readonly #tools: PodTools;
  readonly #containers = new Map<string, WasmContainer>();
  /** Starts that have not come to their end. */
  readonly #starting = new Set<Promise<unknown>>();
  /** Rejects once the pod is removed: a start in flight must not outlive it. */
  readonly #removed = Promise.withResolvers<never>();
  #isRemoved = false;

  constructor(spec: PodSandboxSpec, folder: string, tools: PodTools) {
    this.uid = spec.uid;
    this.folder = folder;
    this.#spec = spec;
    this.#tools = tools;
    // Where nothing is starting nobody waits for it.
    this.#removed.promise.catch(() => {});
  }

  get containers(): ReadonlyMap<string, WasmContainer> {
    return this.#containers;
  }

  async start(spec: ContainerSpec): Promise<WasmContainer> {
    if (this.#containers.has(spec.name)) throw new Error(`Container ${spec.name} runs already in this pod.`);
    refuseWhatWasmHasNot(spec);
    const starting = this.#start(spec);
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  async #start(spec: ContainerSpec): Promise<WasmContainer> {
    const app = await this.#tools.cache.get(spec.image.path);
    if (this.#isRemoved) throw removedMeanwhile(spec.name);
    const folder = join(this.folder, spec.name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const memoryBytesMax = spec.memoryBytesMax ?? wasmLimits.memoryBytes;
    const { jail, runtime, clock } = this.#tools;
    const started = await launch({ jail, runtime, uid: this.uid, app, folder, nodeFlags });
    const met: { container?: WasmContainer } = {};
    try {
      const meeting = this.#meet(spec, folder, started, memoryBytesMax, met);
      const first = Promise.race([meeting, started.ended, this.#removed.promise]);
      return await within(clock, wasmLimits.startMsMax, first, () => tooLate(wasmLimits.startMsMax));
    } catch (error) {
      await kill(started, clock);
      const exit = await met.container?.exited;
      this.#containers.delete(spec.name);
      await rm(folder, { recursive: true, force: true });
      // Why it was ended says more than that it ended.
      if (exit?.reason === 'OOMKilled') throw new Error(`OOMKilled: ${exit.message}`, { cause: error });
      throw error;
    }
  }

  /** Takes over a container that an earlier run of the agent started. */
  async adopt(record: ContainerRecord, folder: string): Promise<void> {
    const socket = await connectTo(socketsIn(folder).control);
    const container = new WasmContainer({
      name: record.container,
      id: idOf(this.uid, record.container, record.digest),
      ports: record.ports,
      identity: record.process!,
      appSocket: socketsIn(folder).app,
      clock: this.#tools.clock,
      watchdog: this.#tools.watchdog,
      memoryBytesMax: record.memoryBytesMax,
      output: () => {},
    });
    const { clock } = this.#tools;
    const state = await within(clock, adoptMsMax, container.watch(socket), () => tooLate(adoptMsMax));
    if (state !== 'ready') throw new Error('it had not been started to the end');
    this.#keep(container);
  }

  async connect(port: number): Promise<Duplex> {
    for (const container of this.#containers.values())
      if (container.ports.includes(port)) return container.connect();
    const declared = [...this.#containers.values()].flatMap(({ ports }) => ports);
    throw new Error(
      `Nothing answers on port ${port} of pod ${this.#spec.namespace}/${this.#spec.name}: its containers declare ${declared.join(', ') || 'no port'}.`,
    );
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    this.#removed.reject(removedMeanwhile(this.#spec.name));
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#containers.values()].map((container) => container.stop(0)));
    await rm(this.folder, { recursive: true, force: true });
    this.#tools.forget();
  }

  leave(): void {
    for (const container of this.#containers.values()) container.leave();
  }

  /** From the first word of the process to the component's readiness. */
  async #meet(
    spec: ContainerSpec,
    folder: string,
    started: Launched,
    memoryBytesMax: number,
    met: { container?: WasmContainer },
  ): Promise<WasmContainer> {
    const sockets = socketsIn(folder);
    const socket = await connectTo(sockets.control);
    await once(socket, 'readable');
    const pid = started.pid();
    const identity = pid === undefined ? undefined : identify(pid);
    if (!identity) throw new Error('The sandbox has started, but its process cannot be found.');
    const record: ContainerRecord = {
      pod: this.#spec,
      container: spec.name,
      digest: spec.image.digest,
      ports: spec.ports,
      memoryBytesMax,
      process: identity,
    };
    const recorded = writeFileAtomically(join(folder, recordName), JSON.stringify(record));
    // Awaited below; a failure must not count as unhandled until then.
    recorded.catch(() => {});
    const container = new WasmContainer({
      name: spec.name,
      id: idOf(this.uid, spec.name, spec.image.digest),
      ports: spec.ports,
      identity,
      appSocket: sockets.app,
      clock: this.#tools.clock,
      watchdog: this.#tools.watchdog,
      memoryBytesMax,
      output: spec.output satisfies Output,
      child: { process: started.child, lastWords: started.lastWords },
    });
    met.container = container;
    await new Promise<void>((resolve, reject) => {
      const failed = (why: string) => reject(new Error(`The component cannot run: ${why}`));
      // A process that ends first is told by `ended`, with its last words.
      container.watch(socket, { ready: resolve, failed }).catch(() => {});
      // Over the socket, because Secrets are in it: an argument or a file could be read by others, or stay.
      container.configure({
        env: spec.env,
        instancesMax: instancesFor(memoryBytesMax),
        wasmPagesMax: wasmPagesFor(memoryBytesMax),
      });
    });
    await recorded;
    this.#keep(container);
    return container;
  }

  #keep(container: WasmContainer): void {
    this.#containers.set(container.name, container);
    void container.exited.then(() => {
      if (this.#containers.get(container.name) === container) this.#containers.delete(container.name);
    });
  }
}

const nodeFlags = [
  `--max-old-space-size=${wasmLimits.heapMiB}`,
  // 50 MB less under load than with V8's 16 MB, and not slower (measured).
  '--max-semi-space-size=2',
  '--disable-warning=ExperimentalWarning',
];

/** The memory that one copy of the component may grow to. */
function wasmPagesFor(memoryBytesMax: number): number {
  const pages = Math.floor(Math.max(wasmLimits.appBytesMin, memoryBytesMax) / wasmPageBytes);
  return Math.min(wasmPagesMax, pages);
}

/** As many as fit, if each took what a JavaScript app usually does. */
function instancesFor(memoryBytesMax: number): number {
  const fitting = Math.floor(memoryBytesMax / wasmLimits.instanceBytes);
  return Math.max(1, Math.min(wasmLimits.instancesMax, fitting));
}

function refuseWhatWasmHasNot(spec: ContainerSpec): void {
  if (spec.image.kind !== 'wasm')
    throw new Error(
      `The wasm sandbox cannot run ${spec.image.reference}: it is an image of kind ${spec.image.kind}.`,
    );
  if (spec.command?.length || spec.args?.length)
    throw new Error('A wasm component has no command line: leave out command and args, and use env.');
}

const idOf = (uid: string, name: string, digest: string) =>
  `wasm://${createHash('sha256').update(`${uid}/${name}/${digest}`).digest('hex')}`;

const removedMeanwhile = (name: string) => new Error(`The sandbox of ${name} was removed while it started.`);

function tooLate(ms: number): Error {
  return new Error(`The component was not ready after ${ms / 1000} s.`);
}
