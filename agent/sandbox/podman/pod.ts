import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { resolverSettings } from '../../network/dns.ts';
import type { Clock } from '../../../process/clock.ts';
import type { ContainerSpec, PodSandbox, PodSandboxSpec, RunningContainer } from '../sandbox.ts';
import type { PodmanApi } from './api.ts';
import {
  containerOptions,
  memoryMaxOf,
  podmanLimits,
  type ContainerRecord,
  type JoinedContainer,
} from './container-options.ts';
import { PodmanContainer } from './container.ts';
import { heldLimits } from './limits.ts';

interface PodTools {
  api: PodmanApi;
  clock: Clock;
  /** This agent's mark on its containers. */
  agent: string;
  enforces: { memory: boolean; cpu: boolean };
  /** Brings a process' network to the Services of a namespace; the returned function ends it. Undefined where this host cannot. */
  join: ((pid: number, namespace: string) => Promise<() => void>) | undefined;
  forget: () => void;
}

/**
 * One pod's containers: each alone, with a loopback of its own, unless the pod shares its processes. Then they join the one of them
 * that runs first, whose end therefore ends them all.
 */
export class PodmanPod implements PodSandbox {
  readonly uid: string;
  readonly #spec: PodSandboxSpec;
  readonly #tools: PodTools;
  readonly #containers = new Map<string, PodmanContainer>();
  /** Names under which podman holds something of this pod, running or not. */
  readonly #names = new Set<string>();
  readonly #starting = new Set<Promise<unknown>>();
  #isRemoved = false;

  constructor(spec: PodSandboxSpec, tools: PodTools) {
    this.uid = spec.uid;
    this.#spec = spec;
    this.#tools = tools;
  }

  get containers(): ReadonlyMap<string, RunningContainer> {
    return this.#containers;
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    if (this.#containers.has(spec.name)) throw new Error(`Container ${spec.name} runs already in this pod.`);
    if (spec.image.kind !== 'oci')
      throw new Error(
        `The podman sandbox cannot run ${spec.image.reference}: it is an image of kind ${spec.image.kind}.`,
      );
    // Of two that start at once, the later one must find the earlier.
    const earlier = this.#spec.sharesProcesses ? [...this.#starting] : [];
    const starting = Promise.allSettled(earlier).then(() => this.#start(spec));
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Takes over a container that an earlier run of the agent started. */
  async adopt(podmanId: string, name: string, record: ContainerRecord): Promise<void> {
    this.#names.add(name);
    const { api } = this.#tools;
    const streams = await api.hijack(
      'POST',
      `/containers/${podmanId}/attach?stream=true&stdout=true&stderr=true`,
    );
    const { State: state } = await api.ask<{ State: { Pid: number } }>('GET', `/containers/${podmanId}/json`);
    const leave = await this.#tools.join?.(state.Pid, this.#spec.namespace);
    this.#keep({
      podmanId,
      pid: state.Pid,
      streams,
      leave,
      name: record.container,
      ports: record.ports,
      tty: record.tty,
    });
  }

  async connect(port: number): Promise<Duplex> {
    const running = [...this.#containers.values()];
    // A port that nobody declared is the only container's, or the first one's.
    const container = running.find(({ ports }) => ports.includes(port)) ?? running[0];
    if (!container) throw new Error(`Nothing answers on port ${port}: no container of the pod runs.`);
    return container.connect(port);
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    await Promise.allSettled(this.#starting);
    // The newest first: podman removes none that another one has joined.
    for (const name of [...this.#names].toReversed()) await this.#removeContainer(name);
    this.#tools.forget();
  }

  leave(): void {
    for (const container of this.#containers.values()) container.leave();
  }

  async #start(spec: ContainerSpec): Promise<PodmanContainer> {
    const { api, agent } = this.#tools;
    const name = `kith-${createHash('sha256').update(`${agent}/${this.uid}/${spec.name}`).digest('hex').slice(0, 24)}`;
    // The run before, which is kept until then.
    await this.#removeContainer(name);
    this.#names.add(name);
    const joined = this.#joinedBy(spec);
    const { Id: podmanId } = await api.ask<{ Id: string }>('POST', '/containers/create', {
      body: containerOptions(name, agent, this.#spec, spec, {
        resolverFile: await this.#resolverFile(),
        joined,
      }),
    });
    let leave: (() => void) | undefined;
    try {
      // Attached before it starts, so that not a byte of its output is missed.
      await api.ask('POST', `/containers/${podmanId}/init`);
      const streams = await api.hijack(
        'POST',
        `/containers/${podmanId}/attach?stream=true&stdout=true&stderr=true`,
      );
      const { State: state } = await api.ask<{ State: { Pid: number } }>(
        'GET',
        `/containers/${podmanId}/json`,
      );
      this.#refuseWhatIsNotHeld(state.Pid, spec);
      // One that joins another is on that one's network.
      if (!joined) leave = await this.#tools.join?.(state.Pid, this.#spec.namespace);
      if (this.#isRemoved) throw new Error(`The sandbox of ${this.#spec.name} was removed while it started.`);
      await api.ask('POST', `/containers/${podmanId}/start`);
      return this.#keep({
        podmanId,
        pid: state.Pid,
        streams,
        leave,
        name: spec.name,
        ports: spec.ports,
        tty: spec.tty ?? false,
        output: spec.output,
      });
    } catch (error) {
      leave?.();
      await this.#removeContainer(name).catch(() => {});
      throw error;
    }
  }

  async #resolverFile(): Promise<string | undefined> {
    if (!this.#tools.join) return undefined;
    const { directory, namespace } = this.#spec;
    const file = join(directory, 'resolv.conf');
    await mkdir(directory, { recursive: true });
    await writeFile(file, resolverSettings(namespace), { mode: 0o644 });
    return file;
  }

  #joinedBy({ joins }: ContainerSpec): JoinedContainer | undefined {
    const { sharesProcesses = false } = this.#spec;
    if (joins) {
      const joined = this.#containers.get(joins.container);
      if (!joined) throw new Error(`Container ${joins.container} does not run, so nothing can look into it.`);
      return { podmanId: joined.podmanId, processes: joins.processes || sharesProcesses };
    }
    const [first] = sharesProcesses ? this.#containers.values() : [];
    return first && { podmanId: first.podmanId, processes: true };
  }

  /** podman ignores some limits without a word. What this host said that it holds must be held. */
  #refuseWhatIsNotHeld(pid: number, spec: ContainerSpec): void {
    const { enforces } = this.#tools;
    const held = heldLimits(pid);
    const memory = memoryMaxOf(spec);
    if (enforces.memory && (held.memoryBytesMax === undefined || held.memoryBytesMax > memory))
      throw new Error(
        `The memory limit of ${memory} bytes is not held: the kernel says ${held.memoryBytesMax ?? 'none'}.`,
      );
    if (enforces.memory && (held.processesMax === undefined || held.processesMax > podmanLimits.processesMax))
      throw new Error(
        `The limit of ${podmanLimits.processesMax} processes is not held: the kernel says ${held.processesMax ?? 'none'}.`,
      );
    if (enforces.cpu && spec.cpuMillisMax && held.cpuMillisMax === undefined)
      throw new Error(`The limit of ${spec.cpuMillisMax} millicores is not held by the kernel.`);
  }

  #keep(options: {
    podmanId: string;
    pid: number;
    streams: import('node:net').Socket;
    name: string;
    ports: readonly number[];
    tty: boolean;
    leave: (() => void) | undefined;
    output?: ContainerSpec['output'];
  }): PodmanContainer {
    const { api, clock } = this.#tools;
    const container = new PodmanContainer({ output: () => {}, ...options, api, clock });
    this.#containers.set(options.name, container);
    void container.exited.then(() => {
      options.leave?.();
      if (this.#containers.get(options.name) === container) this.#containers.delete(options.name);
    });
    return container;
  }

  async #removeContainer(name: string): Promise<void> {
    await this.#tools.api.removeContainer(name);
    this.#names.delete(name);
  }
}
