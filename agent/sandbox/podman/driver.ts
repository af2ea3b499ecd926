import { createHash } from 'node:crypto';
import type { Clock } from '../../../process/clock.ts';
import type { Log } from '../../../process/log.ts';
import type { ServiceNetwork } from '../../network/service-network.ts';
import type { Capabilities, LocalImage, PodSandbox, PodSandboxSpec, Sandbox } from '../sandbox.ts';
import { PodmanApi, PodmanError } from './api.ts';
import { agentLabel, recordLabel, type ContainerRecord } from './container-options.ts';
import { PodmanPod } from './pod.ts';
import { PodmanService, type PodmanCommand } from './service.ts';

/** Runs OCI containers under podman: no network, a read-only root, no capabilities. */
export class PodmanSandbox implements Sandbox {
  readonly name = 'podman';
  readonly capabilities: Capabilities;
  readonly #service: PodmanService;
  readonly #api: PodmanApi;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agent: string;
  readonly #network: Pick<ServiceNetwork, 'join'> | undefined;
  readonly #pods = new Map<string, PodmanPod>();

  /** @param options.dataFolder tells this agent's containers from those of another one of this user */
  constructor(options: {
    dataFolder: string;
    command: PodmanCommand;
    enforces: { memory: boolean; cpu: boolean };
    /** @default containers reach nothing but themselves */
    network?: Pick<ServiceNetwork, 'join'>;
    clock: Clock;
    log: Log;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#network = options.network;
    this.#service = new PodmanService(options.command, options.clock);
    this.#api = new PodmanApi(this.#service);
    this.#agent = createHash('sha256').update(options.dataFolder).digest('hex').slice(0, 16);
    this.capabilities = {
      exec: true,
      stats: true,
      ports: 'tcp',
      sharedLoopback: false,
      isolation: 'os',
      enforces: options.enforces,
    };
  }

  async create(spec: PodSandboxSpec): Promise<PodSandbox> {
    return this.#pod(spec);
  }

  async recover(): Promise<PodSandbox[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`${agentLabel}=${this.#agent}`] }));
    const found = await this.#api.ask<
      { Id: string; Names: string[]; State: string; Labels: Record<string, string> }[]
    >('GET', `/containers/json?all=true&filters=${filters}`);
    const recovered = new Set<PodmanPod>();
    for (const { Id: id, Names: names, State: state, Labels: labels } of found) {
      const name = names[0] ?? id;
      try {
        if (state !== 'running') throw new Error(`it is ${state}`);
        const record = JSON.parse(labels[recordLabel] ?? '') as ContainerRecord;
        const pod = this.#pod(record.pod);
        await pod.adopt(id, name, record);
        recovered.add(pod);
      } catch (error) {
        this.#log.info('a container of an earlier run is not adopted and is removed', { name, why: error });
        await this.#api.removeContainer(id);
      }
    }
    return [...recovered];
  }

  async image(reference: string): Promise<LocalImage | undefined> {
    try {
      const found = await this.#api.ask<{ Id: string; Digest: string }>(
        'GET',
        `/images/${encodeURIComponent(reference)}/json`,
      );
      return { reference, digest: found.Digest, kind: 'oci', path: found.Id };
    } catch (error) {
      if (error instanceof PodmanError && error.status < 500) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const pod of this.#pods.values()) pod.leave();
    this.#pods.clear();
    await this.#service.close();
  }

  /** An app that cannot reach others is better than none, if its host says so. */
  async #join(network: Pick<ServiceNetwork, 'join'>, pid: number, namespace: string): Promise<() => void> {
    try {
      return await network.join(pid, namespace);
    } catch (error) {
      this.#log.warn('a container runs without the network of Services', { namespace, error });
      return () => {};
    }
  }

  #pod(spec: PodSandboxSpec): PodmanPod {
    const known = this.#pods.get(spec.uid);
    if (known) return known;
    const pod = new PodmanPod(spec, {
      api: this.#api,
      clock: this.#clock,
      agent: this.#agent,
      enforces: this.capabilities.enforces,
      join: this.#network && ((pid, namespace) => this.#join(this.#network!, pid, namespace)),
      forget: () => void this.#pods.delete(spec.uid),
    });
    this.#pods.set(spec.uid, pod);
    return pod;
  }
}
