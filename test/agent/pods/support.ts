import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent, type Agent, type AgentOptions } from '../../../agent/agent.ts';
import type { Container, Node, Pod, PodSpec } from '../../../api/types.ts';
import { systemClock } from '../../../process/clock.ts';
import { silentLog } from '../../../process/log.ts';
import { seededRandom } from '../../../process/random.ts';
import { FakeApi } from '../../support/fake-api.ts';
import { FakeImages } from '../../support/fake-images.ts';
import { FakeSandbox } from '../../support/fake-sandbox.ts';
import { until } from '../../support/wait.ts';

let uids = 0;

/** A pod bound to node `attic` with one container `app`; only what differs is said. */
export function pod(
  name: string,
  options: { container?: Partial<Container>; spec?: Partial<PodSpec> } = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-of-${name}-${++uids}`, generation: 1 },
    spec: {
      nodeName: 'attic',
      restartPolicy: 'Always',
      containers: [{ name: 'app', image: 'hello:1', ...options.container }],
      ...options.spec,
    },
  };
}

/** One host with everything around it faked, on real time. */
export class Host {
  readonly api = new FakeApi();
  readonly sandbox = new FakeSandbox();
  readonly images = new FakeImages();
  #folder: string | undefined;
  agent!: Agent;

  /** Made when it is first needed: a host whose tests are not run has nobody to remove it. */
  get folder(): string {
    return (this.#folder ??= mkdtempSync(join(tmpdir(), 'kith-agent-')));
  }

  async start(options: Partial<AgentOptions> = {}): Promise<Agent> {
    this.agent = await startAgent({
      client: this.api,
      nodeName: 'attic',
      keys: { publicKey: 'a'.repeat(64), secretKey: Buffer.alloc(64, 7) },
      tier: 'own',
      sandboxes: [this.sandbox],
      images: this.images,
      dataFolder: this.folder,
      caps: { cpuMillis: 2000, memoryBytes: 2 ** 30, diskBytes: 2 ** 33 },
      clock: systemClock,
      random: seededRandom(1),
      log: silentLog,
      ...options,
    });
    return this.agent;
  }

  /** Registered, and with the range that a controller would give. */
  async ready(options: Partial<AgentOptions> = {}): Promise<Agent> {
    const agent = await this.start(options);
    await agent.registered;
    const node = this.api.find<Node>('Node', 'attic')!;
    this.api.put({ ...node, spec: { ...node.spec, podCIDR: '10.244.3.0/24' } });
    return agent;
  }

  statusOf(name: string) {
    return this.api.find<Pod>('Pod', name, 'default')?.status;
  }

  condition(name: string, type: string) {
    return this.statusOf(name)?.conditions?.find((each) => each.type === type)?.status;
  }

  async untilReady(name: string): Promise<void> {
    await until(`pod ${name} is ready`, () => this.condition(name, 'Ready') === 'True');
  }

  /** All that lies in the pod's log files. */
  logsOf(name: string): string {
    const uid = this.api.find<Pod>('Pod', name, 'default')!.metadata!.uid!;
    const folder = join(this.folder, 'pods', uid, 'logs', 'app');
    return readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('');
  }

  async close(): Promise<void> {
    try {
      await this.agent?.stop();
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
