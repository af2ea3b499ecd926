import type { Deployment, EndpointSlice, Node, Pod, ReplicaSet, Service } from '../api/types.ts';
import { unavailable } from '../api/errors.ts';
import type { Client, KubeObject } from '../client/client.ts';
import { informer, type Informer } from '../client/informer.ts';
import { directClient } from '../controller/apiserver/direct-client.ts';
import { Registry } from '../controller/apiserver/resources/registry.ts';
import { startControllers } from '../controller/controllers.ts';
import { readyCondition } from '../controller/nodes/presence.ts';
import type { Hearing } from '../controller/nodes/liveness.ts';
import { memoryLog } from '../controller/store/memory/memory-log.ts';
import { openStore } from '../controller/store/open-store.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import { seededRandom } from '../process/random.ts';
import { SimHost } from './sim-host.ts';
import { SimLog } from './sim-log.ts';

export interface ClusterOptions {
  seed: number;
  clock: Clock;
  log: Log;
  hostNames: readonly string[];
  /** Sabotage: the controller believes that even dead hosts beat on. */
  hearsTheDead?: boolean;
}

/** How long one host takes to ask another, there and back. */
const probeMs = 30;

/** A whole cluster in one process: the real store, API, controllers and scheduler, and hosts that are simulated below the pod diff. */
export class Cluster {
  readonly hosts: readonly SimHost[];
  readonly simLog: SimLog;
  readonly client: Client;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly sets: Informer<ReplicaSet>;
  readonly slices: Informer<EndpointSlice>;
  /** While set, the controller hears nobody: its own line is cut. */
  deaf = false;
  readonly #deafSince = new Map<string, number | undefined>();
  readonly #ends: (() => Promise<void>)[] = [];

  constructor(options: ClusterOptions, registry: Registry) {
    const { seed, clock, log, hostNames } = options;
    this.simLog = new SimLog(clock);
    this.client = directClient(registry);
    const tools = { client: this.client, clock, log, simLog: this.simLog };
    this.hosts = hostNames.map(
      (name, index) => new SimHost(name, { ...tools, random: seededRandom(seed * 100 + index) }),
    );
    const random = seededRandom(seed * 100 + 97);
    const watch = <T extends KubeObject>(kind: string) =>
      informer<T>(this.client, kind, {}, { clock, random, log });
    this.pods = watch<Pod>('Pod');
    this.nodes = watch<Node>('Node');
    this.sets = watch<ReplicaSet>('ReplicaSet');
    this.slices = watch<EndpointSlice>('EndpointSlice');
  }

  static async start(options: ClusterOptions): Promise<Cluster> {
    const { seed, clock, log } = options;
    const store = await openStore({
      driver: memoryLog(clock, { syncDelayMs: 1 }),
      clock,
      log,
      snapshotEveryMs: 0,
    });
    const registry = new Registry({ store, clock, random: seededRandom(seed * 100 + 98), log });
    await registry.begin();
    const cluster = new Cluster(options, registry);
    await Promise.all(
      [cluster.pods, cluster.nodes, cluster.sets, cluster.slices].map((each) => each.ready()),
    );
    cluster.#tell();
    const random = seededRandom(seed * 100 + 99);
    const controllers = await startControllers({
      client: cluster.client,
      clock,
      random,
      log,
      hearing: cluster.#hearing(clock, options.hearsTheDead),
    });
    cluster.#ends.push(
      ...cluster.hosts.map((host) => () => host.stop()),
      () => controllers.stop(),
      async () =>
        void (await Promise.all(
          [cluster.pods, cluster.nodes, cluster.sets, cluster.slices].map((each) => each.stop()),
        )),
      () => registry.close(),
      () => store.close(),
    );
    await Promise.all(cluster.hosts.map((host) => host.start()));
    return cluster;
  }

  host(name: string | undefined): SimHost | undefined {
    return this.hosts.find((each) => each.name === name);
  }

  setDeaf(deaf: boolean): void {
    this.deaf = deaf;
    for (const host of this.hosts) this.#deafSince.set(host.name, host.lastHeardAt);
    this.simLog.say(deaf ? "the controller's own line is cut" : "the controller's own line is back");
  }

  async apply(objects: readonly (Deployment | Service)[]): Promise<void> {
    for (const object of objects) await this.client.create(object);
  }

  async stop(): Promise<void> {
    for (const end of this.#ends) await end();
  }

  #hearing(clock: Clock, hearsTheDead = false): Hearing {
    return {
      lastHeardAt: (name) =>
        hearsTheDead ? clock.now() : this.deaf ? this.#deafSince.get(name) : this.host(name)?.lastHeardAt,
      goodbye: (name) => this.host(name)?.saidGoodbye ?? false,
      probe: async (via, target) => {
        await clock.sleep(probeMs);
        if (this.deaf) throw unavailable("the controller's own line is cut");
        const [helper, sought] = [this.host(via), this.host(target)];
        return Boolean(helper?.isUp && helper.line.isUp && sought?.isUp && sought.reachable);
      },
    };
  }

  /** Writes into the log what the API says happened. */
  #tell(): void {
    this.nodes.onChange((_type, node, old) => {
      const reason = readyCondition(node)?.reason;
      if (!old || reason !== readyCondition(old)?.reason)
        this.simLog.say(`node ${node.metadata?.name}: ${reason}`);
    });
    this.pods.onChange((type, pod, old) => {
      const { name, deletionTimestamp } = pod.metadata ?? {};
      if (type === 'ADDED') this.simLog.say(`pod ${name} is created`);
      if (type === 'DELETED') this.simLog.say(`pod ${name} is gone`);
      if (pod.spec?.nodeName !== old?.spec?.nodeName)
        this.simLog.say(`pod ${name} goes to ${pod.spec?.nodeName}`);
      if (type === 'MODIFIED' && deletionTimestamp && !old?.metadata?.deletionTimestamp) {
        this.simLog.say(`pod ${name} is to end`);
      }
    });
  }
}
