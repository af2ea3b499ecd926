import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { httpClient } from '../../../client/http-client.ts';
import { contextIn, type KubeContext } from '../../../client/kubeconfig.ts';
import { tlsTransport, type TlsTransport } from '../../../client/tls-transport.ts';
import { TestSwarm } from '../../e2e/support/swarm.ts';
import { testPodman, type TestPodman } from '../../support/podman.ts';
import { until } from '../../support/wait.ts';
import type { Row } from './row.ts';
import { Trial } from './trial.ts';
import type { Version } from './versions.ts';

/** The image of the hello app: a component, run by the wasm sandbox. */
export const helloImage = 'hello:v1';
/** Only rows of the lane `host` place pods here, and do to it what is done to hosts. */
export const laneHost = 'barn';

/**
 * What all rows of all versions stand on: `kith up` with the wasm and, where there is one, the podman sandbox, and a second host.
 * Each trial has a namespace, a folder and a kubeconfig of its own.
 */
export class Ground {
  readonly #swarm: TestSwarm;
  readonly #podman: TestPodman | undefined;
  readonly #transport: TlsTransport;
  readonly #context: KubeContext;
  /** Of a machine that joined, for the person whom its invite named. */
  readonly #joinedContext: KubeContext;
  /** Not by kubectl: by this the effects of commands are read back. */
  readonly client: Client;
  /** Why there is no podman here; undefined where there is. */
  readonly whyNoPodman: string | undefined;

  private constructor(
    swarm: TestSwarm,
    podman: TestPodman | string,
    context: KubeContext,
    joinedContext: KubeContext,
  ) {
    this.#joinedContext = joinedContext;
    this.#swarm = swarm;
    this.#podman = typeof podman === 'string' ? undefined : podman;
    this.whyNoPodman = typeof podman === 'string' ? podman : undefined;
    this.#context = context;
    this.#transport = tlsTransport(context);
    this.client = httpClient(this.#transport, { userAgent: 'kith-test' });
  }

  static async prepare(): Promise<Ground> {
    const swarm = new TestSwarm();
    const podman = await testPodman();
    try {
      await swarm.hub();
      await swarm.up([], typeof podman === 'string' ? {} : podman.environment);
      await swarm.buildHello();
      await swarm.join(laneHost);
      const context = contextIn(await readFile(join(swarm.folder, 'attic', 'kubeconfig'), 'utf8'))!;
      const ground = new Ground(swarm, podman, context, await joinedContext(swarm));
      await ground.client.create(adminBinding);
      await ground.#setAsideLaneHost();
      return ground;
    } catch (error) {
      if (typeof podman !== 'string') await podman.close();
      await swarm.stop();
      throw error;
    }
  }

  async #setAsideLaneHost(): Promise<void> {
    const ref = { kind: 'Node', name: laneHost };
    await until('the second host is ready', async () => {
      const { status } = await this.client.get<Node>(ref);
      return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
    });
    const taint = { key: 'lane', value: 'host', effect: 'NoSchedule' };
    await this.client.patch(ref, 'strategic', { spec: { taints: [taint] } });
  }

  /** A place for one row and one kubectl. */
  async trial(version: Version, row: Row, number: number): Promise<Trial> {
    const name = `v${version.version.replaceAll('.', '-')}-${number}`;
    const home = join(this.#swarm.folder, `home-${version.version}`);
    const folder = join(this.#swarm.folder, 'trials', name);
    await mkdir(home, { recursive: true });
    await mkdir(folder, { recursive: true });
    // Called `kubectl`, as by its users: it tells the server its own name, which then owns fields.
    const program = join(home, 'kubectl');
    await symlink(version.path, program).catch(ignoreThere);
    return Trial.begin({
      version: { ...version, path: program },
      row,
      name,
      folder,
      home,
      client: this.client,
      gatewayPort: this.#swarm.gatewayPort,
      context: this.#context,
      joinedContext: this.#joinedContext,
    });
  }

  /** Stops everything and holds that nothing is left of it. */
  async stop(): Promise<void> {
    this.#transport.close();
    try {
      await this.#swarm.stop();
    } finally {
      await this.#podman?.close();
    }
  }

  /** The ends of all logs, for a failure that its own words do not explain. */
  lastWords(): string {
    return this.#swarm.lastWords();
  }
}

function ignoreThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

const joinedOwner = 'ann';
const apiGroup = 'rbac.authorization.k8s.io';
const adminBinding = {
  apiVersion: `${apiGroup}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'joined-owner' },
  roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup, kind: 'User', name: joinedOwner }],
};

/** Has a machine join that is no host, and asks for its kubeconfig. */
async function joinedContext(swarm: TestSwarm): Promise<KubeContext> {
  const kith = swarm.kith('desk');
  // A machine of tier own would be the founder's.
  const words = ['invite', '--tier', 'friend', '--role', 'user', '--for', joinedOwner, '--output', 'json'];
  const { invite } = JSON.parse(await swarm.founder.run(words)) as { invite: string };
  const joined = await swarm.start('join-desk', kith, ['join', invite, '--name', 'desk']);
  await joined.ready;
  return contextIn(await kith.run(['kubeconfig']))!;
}
