import { isDeepStrictEqual } from 'node:util';
import { microTimestamp, timestamp } from '../../api/conditions.ts';
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import { providerIdOf } from '../../api/nodes.ts';
import type { Lease, Node, NodeStatus } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../process/clock.ts';
import type { Log } from '../../process/log.ts';
import { jittered, type Random } from '../../process/random.ts';
import { newNode, nodeMetadata, nodeStatus, type NodeIdentity } from './status.ts';

/** The Lease says "I am here" for tools that ask the API; the controller itself hears it on the wire each second. */
export const leasePeriodMs = 10_000;
const leaseDurationSeconds = 40;
/** Images and disk are looked at this often; a status is written when it changed, and anyway each `statusRenewMs`. */
const statusPeriodMs = 10_000;
const statusRenewMs = 300_000;
/** After a failed attempt; short, since until the node is registered nothing can be placed on it. */
const retryMs = 1_000;

const leaseNamespace = 'kube-node-lease';

/** Keeps this host's Node and Lease in the API. */
export interface Registration {
  /** The Node as last seen; undefined before the first answer. */
  readonly node: Node | undefined;
  /** Resolves once the Node is registered and its status written for the first time. */
  readonly registered: Promise<void>;
  /** Takes the API's newer copy from a watch. */
  observe(node: Node): void;
  /** Writes the status soon: an image came, a cap changed. */
  refresh(): void;
  stop(): void;
}

export function register(options: {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  identity: NodeIdentity;
  /** The range that was given before, for a start without a controller. */
  node?: Node;
  images: () => Promise<{ names: string[]; sizeBytes: number }[]>;
  diskFreeBytes?: () => Promise<number | undefined>;
  /** Called with each newer copy: the pod range is in it. */
  onNode?: (node: Node) => void;
}): Registration {
  const { client, clock, random, log, identity } = options;
  const stop = new AbortController();
  const registered = Promise.withResolvers<void>();
  const ref = { kind: 'Node', name: identity.name };
  let node = options.node;
  let written: { status: NodeStatus; at: number } | undefined;
  let wake: (() => void) | undefined;
  /** What came up while a status was on its way: it is not in that one. */
  let isStale = false;

  const refresh = () => {
    isStale = true;
    wake?.();
  };

  const see = (newer: Node) => {
    // The address of the host is in its status and comes from the range, which may come with any answer.
    if (node?.spec?.podCIDR !== newer.spec?.podCIDR) refresh();
    node = newer;
    options.onNode?.(newer);
  };

  const ensure = async () => {
    let current: Node;
    try {
      current = await client.get<Node>(ref);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      try {
        see(await client.create<Node>(newNode(identity)));
        return;
      } catch (raced) {
        if (!isAlreadyExists(raced)) throw raced;
        current = await client.get<Node>(ref);
      }
    }
    see(await adopt(current));
  };

  /** Takes a Node of this name over: same labels and annotations of ours, the rest stays as others have set it. */
  const adopt = async (current: Node): Promise<Node> => {
    const wanted = nodeMetadata(identity);
    const held = current.metadata ?? {};
    const has = (kind: 'labels' | 'annotations') =>
      Object.entries(wanted[kind]).every(([key, value]) => held[kind]?.[key] === value);
    const providerID = providerIdOf(identity.key);
    if (has('labels') && has('annotations') && current.spec?.providerID === providerID) return current;
    return client.patch<Node>(ref, 'merge', { metadata: wanted, spec: { providerID } });
  };

  const writeStatus = async () => {
    const status = nodeStatus(identity, {
      images: await options.images(),
      podCIDR: node?.spec?.podCIDR,
      diskFreeBytes: await options.diskFreeBytes?.(),
      before: node?.status,
      date: timestamp(clock.date()),
    });
    const unchanged =
      written &&
      clock.now() - written.at < statusRenewMs &&
      isDeepStrictEqual(still(status), still(written.status)) &&
      isDeepStrictEqual(conditionWords(status), conditionWords(node?.status, status));
    if (unchanged) return;
    see(await client.patch<Node>(ref, 'strategic', { status }, { subresource: 'status' }));
    written = { status, at: clock.now() };
  };

  const renewLease = async () => {
    const renewTime = microTimestamp(clock.date());
    const lease = { kind: 'Lease', namespace: leaseNamespace, name: identity.name };
    try {
      await client.patch<Lease>(lease, 'merge', { spec: { renewTime, holderIdentity: identity.name } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await client.create<Lease>({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {
          name: identity.name,
          namespace: leaseNamespace,
          ...(node?.metadata?.uid
            ? {
                ownerReferences: [
                  { apiVersion: 'v1', kind: 'Node', name: identity.name, uid: node.metadata.uid },
                ],
              }
            : {}),
        },
        spec: { holderIdentity: identity.name, leaseDurationSeconds, renewTime },
      });
    }
  };

  const keepStatus = async () => {
    for (;;) {
      let pauseMs = statusPeriodMs;
      try {
        if (!written) await ensure();
        isStale = false;
        await writeStatus();
        registered.resolve();
        if (isStale) continue;
      } catch (error) {
        if (isNotFound(error)) written = undefined;
        log.debug('the node could not be written, trying again', { error });
        pauseMs = written ? statusPeriodMs : retryMs;
      }
      await pause(pauseMs);
    }
  };

  const keepLease = async () => {
    await registered.promise;
    for (;;) {
      await renewLease().catch((error: unknown) => log.debug('the lease could not be renewed', { error }));
      await clock.sleep(jittered(random, leasePeriodMs, 0.05), stop.signal);
    }
  };

  const pause = async (ms: number) => {
    const early = new AbortController();
    wake = () => early.abort(new Error('woken'));
    // Woken is no failure; stopped is told by the next line.
    await clock
      .sleep(jittered(random, ms, 0.1), AbortSignal.any([early.signal, stop.signal]))
      .catch(() => {});
    if (stop.signal.aborted) throw stop.signal.reason;
  };

  for (const loop of [keepStatus, keepLease])
    loop().catch(() => {
      // Stopped.
    });
  return {
    get node() {
      return node;
    },
    registered: registered.promise,
    observe: see,
    refresh,
    stop: () => stop.abort(new Error('the agent stops')),
  };
}

/** A status without what changes by the mere passing of time. */
function still(status: NodeStatus): unknown {
  return { ...status, conditions: conditionWords(status) };
}

/** Type, status and reason of the conditions that `of` names: what someone else may have overwritten. */
function conditionWords(status: NodeStatus | undefined, of: NodeStatus | undefined = status): unknown {
  const types = new Set(of?.conditions?.map(({ type }) => type));
  return (status?.conditions ?? [])
    .filter(({ type }) => types.has(type))
    .map(({ type, status: value, reason }) => [type, value, reason])
    .toSorted(([a], [b]) => (a! < b! ? -1 : 1));
}
