import { usagePath } from '../api/metrics.ts';
import type { Client } from '../client/client.ts';
import { httpClient } from '../client/http-client.ts';
import { sessionTransport, type SessionTransport } from '../client/session-transport.ts';
import { textOf } from '../client/body.ts';
import type { Transport } from '../client/transport.ts';
import type { Clock } from '../process/clock.ts';
import { serveControl } from '../process/control.ts';
import { makePrivateFolder } from '../process/folder.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import { readKeyPair } from '../swarm/keys.ts';
import { openMember, type MemberFiles } from '../swarm/open-member.ts';
import { startAgent, type Agent } from './agent.ts';
import { openImages } from './images/open-images.ts';
import { ServiceNetwork } from './network/service-network.ts';
import { imageQuotaBytes, type Caps } from './node/caps.ts';
import { NodePeers } from './peers.ts';
import { createSandboxes } from './sandbox/create.ts';

export interface AgentProgramOptions {
  member: MemberFiles;
  /** Public keys of controllers that are known; more are found by the cluster's topic. */
  controllers: string[];
  /** The agent's own folder, which this process holds. */
  folder: string;
  imagesFolder: string;
  caps: Partial<Caps>;
  /** The home folder, for the ear to `kith leave`. */
  controlHome: string;
  clock: Clock;
  random: Random;
  log: Log;
}

export interface RunningAgent {
  readonly nodeName: string;
  readonly caps: Agent['caps'];
  readonly registered: Promise<void>;
  /** What holds the apps on this machine, in words for its owner. */
  readonly isolation: string;
  /** Says goodbye, ends the pods within their grace, and leaves the swarm; kith join brings all of it back. */
  stop(): Promise<void>;
  /** The API over this host's link to the controller. */
  readonly transport: SessionTransport;
  /** Called once this host has left the cluster for good. */
  onLeave(listener: () => void): void;
}

/** Pods end within their own grace when the host leaves; then it goes anyway. */
const drainMsMax = 60_000;
const drainPollMs = 100;
/** A controller that starts anew is found again well within this. */
const tellMsMax = 20_000;
const tellAgainMs = 250;

/** `kith agent`: this machine as a host of the cluster. */
export async function runAgent(options: AgentProgramOptions): Promise<RunningAgent> {
  const { clock, random, log, folder } = options;
  const swarm = await openMember(options.member, { clock, random, log });
  const { name: nodeName, owner, tier } = swarm.certificate;
  const controllers = async () => [
    ...new Set([...options.controllers, ...(await swarm.findControllers().catch(() => []))]),
  ];
  const control = swarm.keep(controllers, 'control');
  const transport = sessionTransport(control);
  const client: Client = httpClient(transport, { userAgent: `kith-agent/${nodeName}` });
  const peers = new NodePeers({ swarm, client, clock, nodeName });
  const images = await openImages({
    folder: options.imagesFolder,
    peers: () => peers.all(),
    quotaBytes: imageQuotaBytes(options.caps),
    clock,
    log,
  });
  const network = new ServiceNetwork({
    client,
    clock,
    random,
    log: log.child('network'),
    open: async ({ podUid, address, port, node }, keyOf) =>
      (await agent.connect(podUid, port)) ??
      peers.tunnel(await keyOf(node), { ':authority': `${address}:${port}`, 'kith-pod-uid': podUid }),
  });
  const sandboxes = await createSandboxes({
    dataFolder: makePrivateFolder(`${folder}/sandbox`),
    // Wires are laid by root: rootless, a container's network belongs to a namespace in which we are nobody.
    ...(process.getuid?.() === 0 && { network }),
    clock,
    log,
  });
  const keys = await readKeyPair(options.member.keyFile);
  const agent: Agent = await startAgent({
    client,
    nodeName,
    keys: { publicKey: swarm.key, secretKey: keys.secretKey },
    owner,
    tier,
    sandboxes,
    images,
    blobs: (stream, headers) => images.serve(stream, headers),
    dataFolder: folder,
    caps: options.caps,
    reach: (key, nonce) => peers.reach(key, nonce),
    tellUsage: (report) => post(transport, usagePath, report),
    clock,
    random,
    log,
  });
  const streams = swarm.keep(controllers, 'streams', agent.streamsHandler);
  await swarm.listen({ admit: () => {}, handlers: { data: agent.dataHandler } });

  /** Says a step of leaving to the controller. Saying it twice does no harm, so a link that breaks meanwhile only costs time. */
  const tell = async (body: { phase: 'drain' | 'done' }) => {
    const bound = new AbortController();
    const late = clock.after(tellMsMax, () => bound.abort(new Error('no controller answered')));
    let last: Error | undefined;
    try {
      for (;;) {
        await control.live(bound.signal);
        try {
          return await post(transport, '/apis/kith.home.arpa/v1/leave', body);
        } catch (error) {
          if (error instanceof Refused) throw error;
          last = error as Error;
        }
        await clock.sleep(tellAgainMs, bound.signal);
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
      const why = last?.message ?? control.lastError?.message ?? (error as Error).message;
      throw new Error(
        `the controller could not be told within ${tellMsMax / 1000} s (${why}). This host is still a member; leave again when the controller is back.`,
        { cause: error },
      );
    } finally {
      late.cancel();
    }
  };

  const leaveListeners: (() => void)[] = [];
  const ear = await serveControl(options.controlHome, 'agent', {
    leave: async () => {
      await tell({ phase: 'drain' });
      const deadline = clock.now() + drainMsMax;
      while (agent.pods().length > 0 && clock.now() < deadline) await clock.sleep(drainPollMs);
      const forced = agent.pods().length;
      await tell({ phase: 'done' });
      // The caller reads the answer before this process goes.
      clock.after(drainPollMs, () => leaveListeners.forEach((listener) => listener()));
      return { node: nodeName, forced };
    },
  });

  const held = sandboxes.some(({ capabilities }) => capabilities.isolation === 'os');
  return {
    nodeName,
    caps: agent.caps,
    transport,
    registered: agent.registered,
    isolation: held
      ? 'each in a sandbox without network, files or privileges (bubblewrap)'
      : "without an OS sandbox, hence its owner's own only: install bubblewrap to lend it to others",
    onLeave: (listener) => leaveListeners.push(listener),
    async stop() {
      ear.close();
      // The goodbye goes first: others take over while our pods end.
      await control.stop();
      await agent.stop();
      await streams.stop();
      await network.close();
      peers.close();
      await swarm.close();
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    },
  };
}

/** The controller's no, as opposed to its silence. */
class Refused extends Error {}

async function post(transport: Transport, path: string, body: unknown): Promise<void> {
  const response = await transport.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await textOf(response.body);
  if (response.status >= 300)
    throw new Refused(`the controller answered ${response.status} to ${path}: ${text.slice(0, 300)}`);
}
