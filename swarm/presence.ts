import DHT from 'hyperdht';
import type { KeyPair, Server } from 'hyperdht';
import type { Clock } from '../process/clock.ts';
import { announceTopic } from './topic.ts';

/** HyperDHT's command that asks a node what it knows of a key. */
const FIND_PEER = 2;
/**
 * How often we look whether the DHT still has us. HyperDHT itself only pings the nodes it announced to, and a node that was
 * restarted answers pings but has forgotten us; it would take five minutes until the next announcement.
 */
export const PRESENCE_MS = 1_500;
/** Nodes forget a topic after some time; HyperDHT's own discovery renews every ten minutes. */
const TOPIC_MS = 5 * 60_000;

export interface Presence {
  stop(): void;
}

/** Keeps a server's record (and a topic) on the DHT, also after the DHT was away. */
export function keepAnnounced(options: {
  dht: DHT;
  server: Server;
  keyPair: KeyPair;
  clock: Clock;
  topic?: Buffer | undefined;
}): Presence {
  const { dht, server, keyPair, clock, topic } = options;
  const target = DHT.hash(keyPair.publicKey);
  let busy = false;
  /** Whether this run's address has been told at all. */
  let isSpread = false;
  let topicAt = -Infinity;

  const knows = async () => {
    const own = dht.remoteAddress();
    const holders = server.relayAddresses.filter(({ host, port }) => host !== own?.host || port !== own.port);
    const replies = await Promise.allSettled(
      holders.map((node) => dht.request({ command: FIND_PEER, target }, node, { retry: false })),
    );
    // One that has forgotten us means that the DHT was restarted; one that is silent may just be one lost packet.
    const answered = replies.filter((reply) => reply.status === 'fulfilled');
    return answered.length > 0 && answered.every((reply) => reply.value.value !== null);
  };
  const look = async () => {
    const known = isSpread && (await knows());
    if (!known) {
      // To all of the closest nodes, where HyperDHT itself would tell three: one that still passes on to the address of an earlier
      // run of ours would cost each dialler that asks it a time-out.
      await dht.announce(target, keyPair, []).finished();
      // Also the record's holders that a dialler punches through.
      server.refresh();
      isSpread = true;
    }
    if (topic && (!known || clock.now() - topicAt > TOPIC_MS)) {
      topicAt = clock.now();
      await announceTopic(dht, topic, keyPair);
    }
  };
  const tick = () => {
    if (busy || dht.destroyed) return;
    busy = true;
    // While the DHT is away every look fails; the next one is never far.
    look()
      .catch(() => {})
      .finally(() => (busy = false));
  };
  tick();
  const timer = clock.every(PRESENCE_MS, tick);
  return { stop: () => timer.cancel() };
}
