import { isConditionTrue } from '../api/conditions.ts';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { UsageReport } from '../api/metrics.ts';
import type { Node, Pod } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { informer } from '../client/informer.ts';
import type { Clock } from '../process/clock.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomically } from '../process/folder.ts';
import type { Log } from '../process/log.ts';
import { randomUid, type Random } from '../process/random.ts';
import { proveAlive } from '../swarm/alive.ts';
import type { Tier } from '../swarm/certificate.ts';
import type { StreamHandler } from '../swarm/swarm.ts';
import type { Duplex } from 'node:stream';
import type { Images } from './images/images.ts';
import { withDriverImages } from './images/with-drivers.ts';
import { chooseCaps, type Caps, type ChosenCap, type Machine } from './node/caps.ts';
import { register } from './node/registration.ts';
import { reportUsage } from './node/usage-reports.ts';
import type { NodeIdentity } from './node/status.ts';
import { PodAddresses } from './pods/addresses.ts';
import { Assignments } from './pods/assignments.ts';
import { DiskTrouble } from './pods/disk-trouble.ts';
import { recordEvents } from './pods/events.ts';
import type { LogLimits } from './pods/logs/container-log.ts';
import { envSourcesFrom, Pods } from './pods/pods.ts';
import { StatusReporter } from './pods/reporter.ts';
import { sealingKey } from './pods/seal.ts';
import type { PodTools } from './pods/tools.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { dataHandler } from './streams/data.ts';
import { OpenTo } from './streams/open-to.ts';
import { streamsHandler, type Reach, type StreamLimits } from './streams/streams.ts';
import type { ShareLimits } from './streams/shares.ts';
import { connectSoon, type TunnelLimits } from './streams/tunnels.ts';

export interface AgentOptions {
  /** The API over the control link; may fail for as long as it likes. */
  client: Client;
  nodeName: string;
  /** The node's own keys; the secret one also seals what lies on disk. */
  keys: { publicKey: string; secretKey: Uint8Array };
  owner?: string;
  /** How far the cluster trusts this host; without an OS sandbox only a host of tier `own` runs anything. */
  tier?: Tier;
  sandboxes: readonly Sandbox[];
  images: Images;
  /** Serves `/blobs/…` and `/images/…` on data links. */
  blobs?: StreamHandler;
  /** This agent's own folder; another live agent must not use it (`process/lock.ts`). */
  dataFolder: string;
  /** What the owner set; the rest gets defaults. */
  caps?: Partial<Caps>;
  /** Tells the controller what is in use here. @default nobody is told */
  tellUsage?: (report: UsageReport) => Promise<unknown>;
  /** Asks another host on the controller's behalf whether it lives. */
  reach?: Reach;
  clock: Clock;
  random: Random;
  log: Log;
  /** @default 0.1.0 */
  version?: string;
  /** How long the API may take to say what is still wanted before the pods on disk start. @default 5000 */
  offlineStartMs?: number;
  logLimits?: Partial<LogLimits>;
  tunnelLimits?: Partial<TunnelLimits>;
  blobLimits?: Partial<ShareLimits>;
  streamLimits?: StreamLimits;
}

/** One pod of this host, for its owner to see. */
export interface PodSummary {
  uid: string;
  namespace: string;
  name: string;
  phase: string;
  ready: boolean;
  restarts: number;
  podIP: string | undefined;
  /** Process ids on the host, where there are any. */
  pids: number[];
}

export interface Agent {
  readonly nodeName: string;
  /** What the host lends, each with its reason. */
  readonly caps: ChosenCap[];
  /** Serves links of purpose `data`. */
  readonly dataHandler: StreamHandler;
  /** Serves links of purpose `streams`. */
  readonly streamsHandler: StreamHandler;
  /** Resolves once the Node is registered with its status. Never, while there is no controller. */
  readonly registered: Promise<void>;
  pods(): PodSummary[];
  /**
   * A stream to a pod of this host, for another one here: who may open it over a link may so here. Rejects where the pod does not
   * answer, and with `undefined` as its value where it is not here.
   */
  connect(podUid: string, port: number): Promise<Duplex | undefined>;
  /** An image came or went: the Node says so soon. */
  refreshNode(): void;
  /**
   * Stops. With `keep` the sandboxes live on, for the next agent to adopt; else they end within their grace, at most
   * `graceMsMax` (10 s). Assignments stay on disk in both cases: the next start runs them again.
   */
  stop(options?: { keep?: boolean; graceMsMax?: number }): Promise<void>;
}

/** The pods of a host that stops get this long to end, whatever grace they asked for: a shutdown does not wait. */
const stopGraceMs = 10_000;

/**
 * Starts the agent: finds what is on disk and what still lives, registers the node, and looks after its pods. Works without a
 * controller: what was assigned before is run again after `offlineStartMs`.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { client, clock, random, log, nodeName, sandboxes, images } = options;
  const dataFolder = makePrivateFolder(options.dataFolder);
  const { caps, chosen } = chooseCaps(options.caps, await machineOf(dataFolder));
  for (const { name, value, reason } of chosen) log.info('this host lends', { cap: name, value, reason });

  const identity: NodeIdentity = {
    name: nodeName,
    key: options.keys.publicKey,
    owner: options.owner,
    tier: options.tier,
    caps,
    sandboxes,
    version: options.version ?? '0.1.0',
    bootID: randomUid(random),
  };
  const nodeFile = join(dataFolder, 'node.json');
  const known = readJsonFile<Node>(nodeFile);
  let node: Node | undefined = known?.metadata?.name === nodeName ? known : undefined;
  const onNode = (newer: Node) => {
    const moved = newer.spec?.podCIDR !== node?.spec?.podCIDR;
    node = newer;
    if (!moved) return;
    pods.wake();
    const kept: Node = { metadata: { name: nodeName, labels: newer.metadata?.labels }, spec: newer.spec };
    writeFileAtomically(nodeFile, JSON.stringify(kept)).catch((error: unknown) =>
      log.warn('the node could not be noted on disk', { error }),
    );
  };

  const reporter = new StatusReporter({ client, clock, random, log });
  const events = recordEvents({ client, clock, random, log, nodeName });
  const tools: PodTools = {
    clock,
    random,
    log: log.child('pods'),
    client,
    images: withDriverImages(images, sandboxes),
    sandboxes,
    assignments: new Assignments(join(dataFolder, 'pods'), sealingKey(options.keys.secretKey), log),
    diskTrouble: new DiskTrouble(clock, log.child('pods')),
    addresses: new PodAddresses(),
    reporter,
    events,
    envSources: envSourcesFrom(client),
    nodeName,
    own: options.tier === undefined || options.tier === 'own',
    allocatable: caps,
    podCIDR: () => node?.spec?.podCIDR,
    logLimits: options.logLimits,
  };
  const pods = new Pods(tools, {
    caps,
    node: () => node,
    refuse: () => refuseWithoutIsolation(sandboxes, options.tier),
    offlineStartMs: options.offlineStartMs,
  });

  const podInformer = informer<Pod>(
    client,
    'Pod',
    { fieldSelector: `spec.nodeName=${nodeName}` },
    { clock, random, log },
  );
  const nodeInformer = informer<Node>(
    client,
    'Node',
    { fieldSelector: `metadata.name=${nodeName}` },
    { clock, random, log },
  );
  const registration = register({
    client,
    clock,
    random,
    log: log.child('node'),
    identity,
    node,
    images: () => images.list(),
    diskFreeBytes: async () => (await machineOf(dataFolder)).diskFreeBytes,
    onNode,
  });
  nodeInformer.onChange((type, newer) => {
    if (type !== 'DELETED') registration.observe(newer);
  });
  const openTo = new OpenTo({
    client,
    clock,
    random,
    log: log.child('open-to'),
    file: join(dataFolder, 'open-to.json'),
    inUse: () => new Set(pods.all().map(({ local }) => local.namespace)),
  });
  podInformer.onChange((type, pod) => {
    if (type !== 'DELETED') openTo.follow(pod.metadata?.namespace ?? '');
  });
  await pods.start(podInformer);
  const usage =
    options.tellUsage &&
    reportUsage({
      pods: () =>
        pods
          .all()
          .flatMap(({ uid, sandbox }) => (sandbox ? [{ uid, containers: sandbox.containers.values() }] : [])),
      send: options.tellUsage,
      clock,
      random,
      log: log.child('usage'),
    });

  return {
    nodeName,
    caps: chosen,
    dataHandler: dataHandler({
      pods,
      clock,
      log,
      blobs: options.blobs,
      limits: options.tunnelLimits,
      rule: openTo,
      blobLimits: options.blobLimits,
      prove: (nonce) => proveAlive(nonce, { secretKey: Buffer.from(options.keys.secretKey) }),
    }),
    streamsHandler: streamsHandler({
      pods,
      clock,
      log,
      reach: options.reach ?? (async () => undefined),
      ...options.streamLimits,
    }),
    registered: registration.registered,
    async connect(podUid, port) {
      const worker = pods.get(podUid);
      if (!worker) return undefined;
      const refusal = await openTo.refusal(worker.pod, {
        certificate: { role: 'node', owner: options.owner ?? '' },
      });
      if (refusal) throw new Error(refusal.reason);
      if (!worker.sandbox) throw new Error(`pod ${podUid} does not run`);
      return connectSoon(clock, worker.sandbox.connect(port));
    },
    refreshNode: () => registration.refresh(),
    pods: () =>
      pods.all().map(({ uid, local, sandbox }) => ({
        uid,
        namespace: local.namespace,
        name: local.name,
        phase: local.status?.phase ?? 'Pending',
        // The status of before a reboot says nothing while no sandbox lives.
        ready: sandbox !== undefined && isConditionTrue(local.status?.conditions, 'Ready'),
        restarts: Object.values(local.containers).reduce(
          (sum, { starts }) => sum + Math.max(0, starts - 1),
          0,
        ),
        podIP: local.podIP,
        pids: [...(sandbox?.containers.values() ?? [])].flatMap(({ pid }) =>
          pid === undefined ? [] : [pid],
        ),
      })),
    async stop({ keep = false, graceMsMax = stopGraceMs } = {}) {
      registration.stop();
      usage?.stop();
      reporter.stop();
      events.stop();
      await Promise.all([podInformer.stop(), nodeInformer.stop(), pods.stop({ keep, graceMsMax })]);
      await openTo.stop();
    },
  };
}

/** Where no sandbox holds its apps by the operating system's means, only the owner's own cluster may use the machine. */
function refuseWithoutIsolation(
  sandboxes: readonly Sandbox[],
  tier: Tier | undefined,
): { reason: string; message: string } | undefined {
  const held = sandboxes.some(({ capabilities }) => capabilities.isolation === 'os');
  if (held || tier === undefined || tier === 'own') return undefined;
  return {
    reason: 'Forbidden',
    message:
      'this machine has no OS sandbox (install bubblewrap), so it runs only apps of its owner (tier own)',
  };
}

async function machineOf(folder: string): Promise<Machine> {
  const machine = { cores: availableParallelism(), memoryBytes: totalmem() };
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return { ...machine, diskFreeBytes: bavail * bsize, diskTotalBytes: blocks * bsize };
  } catch {
    // A file system that cannot be asked: the fixed default stands.
    return machine;
  }
}
