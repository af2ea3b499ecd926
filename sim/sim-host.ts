import { isAlreadyExists } from '../api/errors.ts';
import { PodAddresses } from '../agent/pods/addresses.ts';
import type { LocalPod } from '../agent/pods/local-pod.ts';
import { StatusReporter } from '../agent/pods/reporter.ts';
import { restore } from '../agent/pods/restore.ts';
import { timestamp } from '../api/conditions.ts';
import type { Node, Pod } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { informer, type Informer } from '../client/informer.ts';
import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import { overLine, SimLine } from './sim-client.ts';
import type { SimLog } from './sim-log.ts';
import { SimPod } from './sim-pod.ts';

/** As the wire has it (docs/architecture.md). */
const heartbeatMs = 1_000;

export interface SimHostTools {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  simLog: SimLog;
}

/** A home computer with an agent: it can die, come back, say goodbye, and lose its line to the controller. */
export class SimHost {
  readonly name: string;
  readonly line = new SimLine();
  /** Whether other hosts can reach it while its line to the controller is cut. */
  reachable = true;
  isUp = false;
  saidGoodbye = false;
  downSince = -Infinity;
  readonly pods = new Map<string, SimPod>();
  readonly #tools: SimHostTools;
  readonly #client: Client;
  readonly #disk = new Map<string, LocalPod>();
  #informers: Informer<Pod | Node>[] = [];
  #reporter: StatusReporter | undefined;
  #heardUntil: number | undefined;
  #beatPhase = 0;

  constructor(name: string, tools: SimHostTools) {
    this.name = name;
    this.#tools = tools;
    this.#client = overLine(tools.client, this.line, tools.clock, tools.random);
  }

  /** When the controller last heard a beat. */
  get lastHeardAt(): number | undefined {
    return this.isUp && this.line.isUp ? this.#lastBeat() : this.#heardUntil;
  }

  /** Boots. A host that dies meanwhile has simply not got so far. */
  async start(): Promise<void> {
    try {
      await this.#boot();
    } catch (error) {
      if (this.isUp) throw error;
    }
  }

  async #boot(): Promise<void> {
    const { clock, random, log, simLog } = this.#tools;
    this.isUp = true;
    this.saidGoodbye = false;
    this.#beatPhase = clock.now();
    this.line.mend();
    await this.#register();
    if (!this.isUp) return;
    const addresses = new PodAddresses();
    this.#reporter = new StatusReporter({ client: this.#client, clock, random, log });
    const nodes = informer<Node>(
      this.#client,
      'Node',
      { fieldSelector: `metadata.name=${this.name}` },
      { clock, random, log },
    );
    const pods = informer<Pod>(
      this.#client,
      'Pod',
      { fieldSelector: `spec.nodeName=${this.name}` },
      { clock, random, log },
    );
    this.#informers = [nodes, pods];
    await Promise.all([nodes.ready(), pods.ready()]);
    if (!this.isUp) return;
    const tools = {
      client: this.#client,
      clock,
      random,
      reporter: this.#reporter,
      addresses,
      podCIDR: () => nodes.all()[0]?.spec?.podCIDR,
      forget: (uid: string) => void (this.pods.delete(uid), this.#disk.delete(uid)),
      say: (what: string) => simLog.say(`host ${this.name}: ${what}`),
    };
    const moment = () => ({ now: clock.now(), date: clock.date().toISOString() });
    const take = (pod: Pod) => {
      const uid = pod.metadata?.uid ?? '';
      const known = this.pods.get(uid);
      const saved = this.#disk.get(uid);
      if (saved?.podIP) addresses.take(saved.podIP);
      if (known) known.want(pod);
      else this.pods.set(uid, new SimPod(pod, tools, saved && restore(saved, undefined, moment())));
    };
    for (const pod of pods.all()) take(pod);
    for (const uid of this.#disk.keys()) if (!this.pods.has(uid)) this.#disk.delete(uid);
    pods.onChange((type, pod) => {
      if (type === 'DELETED') this.pods.get(pod.metadata?.uid ?? '')?.want(undefined);
      else take(pod);
    });
  }

  /** SIGKILL, or the plug: the agent and its sandboxes are gone without a word. What is on disk stays. */
  kill(): void {
    this.#end();
    this.#tools.simLog.say(`host ${this.name} is killed`);
  }

  /** A shutdown: it says so, then goes. */
  goodbye(): void {
    this.#end();
    this.saidGoodbye = true;
    this.#tools.simLog.say(`host ${this.name} says goodbye`);
  }

  cut(reachable: boolean): void {
    this.#heardUntil = this.#lastBeat();
    this.reachable = reachable;
    this.line.cut();
    this.#tools.simLog.say(`host ${this.name} is cut off${reachable ? ', but others reach it' : ''}`);
  }

  mend(): void {
    this.#beatPhase = this.#tools.clock.now();
    this.reachable = true;
    this.line.mend();
    this.#tools.simLog.say(`host ${this.name} is linked again`);
  }

  async stop(): Promise<void> {
    if (this.isUp) this.#end();
    await Promise.allSettled(this.#informers.map((each) => each.stop()));
  }

  #end(): void {
    const { clock } = this.#tools;
    this.#heardUntil = this.lastHeardAt;
    this.isUp = false;
    this.downSince = clock.now();
    this.line.cut();
    this.#reporter?.stop();
    for (const each of this.#informers) void each.stop();
    for (const [uid, pod] of this.pods) {
      this.#disk.set(uid, pod.saved);
      pod.vanish();
    }
    this.pods.clear();
  }

  #lastBeat(): number {
    const now = this.#tools.clock.now();
    return now - ((now - this.#beatPhase) % heartbeatMs);
  }

  async #register(): Promise<void> {
    const { clock } = this.#tools;
    const metadata = { name: this.name, labels: { 'kubernetes.io/hostname': this.name } };
    const lastTransitionTime = timestamp(clock.date());
    const status = {
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime }],
    };
    try {
      await this.#client.create<Node>({ apiVersion: 'v1', kind: 'Node', metadata });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return;
    }
    await this.#client.patch(
      { kind: 'Node', name: this.name },
      'strategic',
      { status },
      { subresource: 'status' },
    );
  }
}
