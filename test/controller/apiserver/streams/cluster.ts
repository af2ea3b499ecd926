import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodSpec, Pod } from '../../../../api/types.ts';
import { startAgent, type Agent, type AgentOptions } from '../../../../agent/agent.ts';
import type { Sandbox } from '../../../../agent/sandbox/sandbox.ts';
import { writeContext } from '../../../../client/kubeconfig.ts';
import { sessionTransport } from '../../../../client/session-transport.ts';
import { Tokens } from '../../../../controller/apiserver/auth/tokens.ts';
import { forwarderFiles, startForwarder } from '../../../../controller/apiserver/forwarder.ts';
import { noiseListener } from '../../../../controller/apiserver/noise-listener.ts';
import { clientAuthority } from '../../../../controller/apiserver/tls/client-authority.ts';
import { ClientCertificates } from '../../../../controller/apiserver/tls/client-certificates.ts';
import { servingCertificate } from '../../../../controller/apiserver/tls/serving-certificate.ts';
import { tlsListener, type TlsListener } from '../../../../controller/apiserver/tls-listener.ts';
import {
  adminUser,
  ownerHeader,
  ownerOf,
  userOfCertificate,
  type User,
} from '../../../../controller/apiserver/users.ts';
import { systemClock } from '../../../../process/clock.ts';
import { silentLog } from '../../../../process/log.ts';
import { seededRandom } from '../../../../process/random.ts';
import type { Link } from '../../../../swarm/swarm.ts';
import { FakeImages } from '../../../support/fake-images.ts';
import { testnet, type Testnet } from '../../../support/testnet.ts';
import { findVersions } from '../../../kubectl/support/versions.ts';
import { until } from '../../../support/wait.ts';
import { testCluster, type TestCluster } from '../cluster.ts';

export interface Outcome {
  code: number;
  out: Buffer;
  err: string;
}

/** Every kubectl of this machine, newest first. With CI=true there is one. */
export const kubectls: readonly string[] = findVersions()
  .map(({ path }) => path)
  .toReversed();

export const strangerToken = 'stranger-token';

/**
 * The API on TLS, one agent over real links of a swarm, and whichever sandbox is given: what kubectl asks for passes through all of
 * it.
 */
export class StreamCluster {
  readonly folder: string;
  readonly api: TestCluster;
  readonly listener: TlsListener;
  readonly agent: Agent;
  readonly kubeconfig: string;
  /** Of another machine, which has joined: all goes over its link, as the person who owns it. */
  readonly joinedKubeconfig: string;
  readonly joined: TlsListener;
  readonly certificates: ClientCertificates;
  readonly #net: Testnet;
  readonly #sandbox: Sandbox;
  readonly link: Link;

  private constructor(parts: {
    folder: string;
    api: TestCluster;
    listener: TlsListener;
    agent: Agent;
    kubeconfig: string;
    joinedKubeconfig: string;
    joined: TlsListener;
    certificates: ClientCertificates;
    net: Testnet;
    sandbox: Sandbox;
    link: Link;
  }) {
    this.folder = parts.folder;
    this.api = parts.api;
    this.listener = parts.listener;
    this.agent = parts.agent;
    this.kubeconfig = parts.kubeconfig;
    this.joinedKubeconfig = parts.joinedKubeconfig;
    this.joined = parts.joined;
    this.certificates = parts.certificates;
    this.#net = parts.net;
    this.#sandbox = parts.sandbox;
    this.link = parts.link;
  }

  static async create(
    makeSandbox: (folder: string) => Sandbox | Promise<Sandbox>,
    options: Partial<AgentOptions> = {},
  ): Promise<StreamCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'kith-streams-'));
    const net = await testnet();
    const sandbox = await makeSandbox(folder);
    let link: Link | undefined;
    const api = await testCluster(systemClock, { nodeStreams: () => link?.session });
    const stranger: User = { name: 'stranger', groups: ['system:authenticated'] };
    const certificate = await servingCertificate(join(folder, 'tls'), systemClock);
    const tokens = new Tokens().add('token', adminUser).add(strangerToken, stranger);
    const authority = await clientAuthority(join(folder, 'keys'), systemClock);
    const certificates = new ClientCertificates({ authority, store: api.store, clock: systemClock });
    const listener = await tlsListener({
      apiServer: api.apiServer,
      certificate,
      tokens,
      clientCertificates: certificates,
      port: 0,
      clock: systemClock,
    });
    const agent = await startAgent({
      client: api.client,
      nodeName: 'attic',
      keys: { publicKey: 'a'.repeat(64), secretKey: Buffer.alloc(64, 7) },
      tier: 'own',
      sandboxes: [sandbox],
      images: new FakeImages(),
      dataFolder: join(folder, 'agent'),
      caps: { cpuMillis: 2000, memoryBytes: 2 ** 30, diskBytes: 2 ** 33 },
      clock: systemClock,
      random: seededRandom(1),
      log: silentLog,
      ...options,
    });
    await agent.registered;
    await api.client.patch({ kind: 'Node', name: 'attic' }, 'merge', { spec: { podCIDR: '10.244.3.0/24' } });
    const controller = await net.makeMember({ role: 'controller', name: 'controller' });
    const node = await net.makeMember({ role: 'node', name: 'attic' });
    const linked = Promise.withResolvers<Link>();
    const serve = noiseListener({
      apiServer: api.apiServer,
      clock: systemClock,
      userOf: ({ peer }, headers) =>
        headers[ownerHeader] === undefined
          ? userOfCertificate(peer.certificate)
          : ownerOf(peer.certificate, true),
    });
    await controller.listen({
      admit: () => {},
      handlers: { control: serve },
      onLink: (each) => void (each.purpose === 'streams' && linked.resolve(each)),
    });
    node.keep(() => [controller.key], 'streams', agent.streamsHandler);
    link = await linked.promise;
    const kubeconfig = join(folder, 'kubeconfig');
    await writeContext(kubeconfig, {
      name: 'kith',
      server: listener.server,
      ca: certificate.ca,
      token: 'token',
    });
    const desk = await net.makeMember({ role: 'node', name: 'desk' });
    const control = desk.keep(() => [controller.key], 'control');
    await control.live();
    const forwarderFolder = join(folder, 'forwarder');
    const joined = await startForwarder({
      transport: sessionTransport(control),
      folder: forwarderFolder,
      port: 0,
      clock: systemClock,
    });
    const joinedKubeconfig = join(folder, 'joined-kubeconfig');
    await writeContext(joinedKubeconfig, {
      name: 'kith',
      server: joined.server,
      ca: await readFile(forwarderFiles(forwarderFolder).ca, 'utf8'),
      token: (await readFile(forwarderFiles(forwarderFolder).token, 'utf8')).trim(),
    });
    return new StreamCluster({
      folder,
      api,
      listener,
      agent,
      kubeconfig,
      joinedKubeconfig,
      joined,
      certificates,
      net,
      sandbox,
      link,
    });
  }

  /** A pod that runs on the host. */
  async run(name: string, spec: Partial<PodSpec> = {}): Promise<Pod> {
    await this.api.client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: {
        nodeName: 'attic',
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'app', image: 'hello:1' }],
        ...spec,
      },
    } as Pod);
    return this.ready(name);
  }

  async ready(name: string): Promise<Pod> {
    const get = () => this.api.client.get<Pod>({ kind: 'Pod', namespace: 'default', name });
    await until(
      `pod ${name} is ready`,
      async () =>
        (await get()).status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
        false,
    );
    return get();
  }

  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { ...process.env, KUBECONFIG: this.kubeconfig, HOME: this.folder, ...more };
  }

  /** Runs a command of kubectl to its end. */
  kubectl(
    program: string,
    args: string[],
    options: { input?: Buffer | string; environment?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
  ): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = execFile(
        program,
        args,
        {
          env: this.environment(options.environment),
          timeout: options.timeoutMs ?? 30_000,
          encoding: 'buffer',
          maxBuffer: 256 * 1024 * 1024,
        },
        (error, out, err) => {
          const code = error ? Number((error as { code?: unknown }).code ?? -1) : 0;
          resolve({ code, out, err: err.toString() });
        },
      );
      child.stdin!.on('error', () => {});
      child.stdin!.end(options.input ?? '');
    });
  }

  /** Starts kubectl and leaves it running. */
  start(program: string, args: string[], options: { environment?: NodeJS.ProcessEnv } = {}): ChildProcess {
    return spawn(program, args, {
      env: this.environment(options.environment),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  async close(): Promise<void> {
    await this.agent.stop();
    await this.#sandbox.close();
    await this.joined.close(500);
    await this.listener.close(500);
    await this.#net.close();
    await this.api.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
